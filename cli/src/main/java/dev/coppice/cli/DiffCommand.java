package dev.coppice.cli;

import dev.coppice.model.CommitId;
import dev.coppice.model.FileChange;
import dev.coppice.report.AttemptView;
import dev.coppice.report.JobView;
import dev.coppice.report.Plain;
import dev.coppice.report.TaskView;
import dev.coppice.runtime.Coppice;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// `diff`: what a job's result changes against its base, or a task against its own.
final class DiffCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec)
                .parameter("JOB", "Its id")
                .optional("TASK", "Its id; without one the whole result")
                .usual();
    }

    @Override
    public int run(Invocation call) {
        try (Coppice coppice = call.open()) {
            JobView job = call.job(coppice);
            Optional<TaskView> task = call.task(job);
            Optional<CommitId> from =
                    task.isPresent()
                            ? task.flatMap(TaskView::lastAttempt).flatMap(AttemptView::base)
                            : job.request().base();
            Optional<CommitId> to =
                    task.isPresent() ? task.flatMap(TaskView::commit) : job.resultCommit();
            if (from.isEmpty() || to.isEmpty()) {
                call.out()
                        .say(
                                task.map(t -> t.id().value()).orElse(job.id().value())
                                        + " has no commit, so there is nothing to compare");
            }
            String patch =
                    from.isPresent() && to.isPresent()
                            ? coppice.git().commits().patch(from.get(), to.get())
                            : "";
            if (call.isJson()) {
                call.out()
                        .line(
                                Json.write(
                                        Json.object(
                                                "from", from,
                                                "to", to,
                                                "files", files(job, task),
                                                "patch", patch)));
            } else {
                call.out().print(Plain.lines(patch));
            }
        }
        return ExitCode.DONE.number();
    }

    private static List<String> files(JobView job, Optional<TaskView> task) {
        List<TaskView> of = task.map(List::of).orElse(job.tasks());
        return of.stream()
                .flatMap(each -> each.files().stream())
                .map(FileChange::path)
                .distinct()
                .sorted()
                .toList();
    }
}
