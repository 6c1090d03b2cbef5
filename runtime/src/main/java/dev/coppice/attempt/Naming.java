package dev.coppice.attempt;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.folder.JobFolder;
import dev.coppice.git.Authorship;
import dev.coppice.git.BranchName;
import dev.coppice.git.CommitMessage;
import dev.coppice.git.Identity;
import dev.coppice.model.JobId;
import dev.coppice.model.Task;
import dev.coppice.workspace.BranchTemplate;
import dev.coppice.workspace.Slug;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What an attempt's folder, branch and commits are called.
final class Naming {
    private Naming() {}

    static Slug slug(Task task) {
        return Slug.of(task.id(), task.description());
    }

    /// The task's branch: the one that was handed over with it, else one of the template's form.
    static BranchName branch(AttemptOrder order) {
        return order.task()
                .handoff()
                .map(handed -> new BranchName(handed.branch()))
                .orElseGet(() -> fromTemplate(order));
    }

    private static BranchName fromTemplate(AttemptOrder order) {
        return new BranchTemplate(order.request().settings().layout().branchTemplate())
                .branch(order.job(), order.worker(), slug(order.task()));
    }

    /// The branch that the finished ones are joined into.
    static BranchName resultBranch(JobId job) {
        return BranchTemplate.result(job);
    }

    static JobFolder.TaskFolder folder(AttemptOrder order) {
        return JobFolder.of(order.request(), order.job()).task(order.worker(), order.task().id());
    }

    /// Who does the task, as files and documents have it.
    static String worker(AttemptOrder order) {
        return order.request().numbers().name(order.worker(), order.task().id());
    }

    static Authorship authorship(AttemptOrder order, Identity committer, Instant when) {
        String worker = worker(order);
        return new Authorship(new Identity(worker, worker + "@coppice.invalid"), committer, when);
    }

    static CommitMessage message(AttemptOrder order) {
        List<CommitMessage.Trailer> trailers = new ArrayList<>();
        trailers.add(new CommitMessage.Trailer("Coppice-Job", order.job().value()));
        trailers.add(new CommitMessage.Trailer("Coppice-Worker", worker(order)));
        trailers.add(new CommitMessage.Trailer("Coppice-Task", order.task().id().value()));
        trailers.add(
                new CommitMessage.Trailer("Coppice-Attempt", Integer.toString(order.attempt())));
        trailers.add(new CommitMessage.Trailer("Coppice-Agent", order.task().agent().value()));
        return new CommitMessage(order.task().name(), trailers);
    }
}
