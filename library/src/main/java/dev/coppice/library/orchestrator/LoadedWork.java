package dev.coppice.library.orchestrator;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.git.BranchName;
import dev.coppice.git.Git;
import dev.coppice.git.RefUpdate;
import dev.coppice.git.RefsUpdated;
import dev.coppice.model.CommitId;
import dev.coppice.model.WorkResult;
import dev.coppice.workspace.BranchTemplate;
import dev.coppice.workspace.Slug;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The work of the tasks that a state file tells done, as commits. Each gets a branch in the job that goes on with it: who
/// depends on it starts from there, and the result has it.
final class LoadedWork {
    private final Optional<Git> git;
    private final Map<String, CommitId> commits;

    /// @param git empty where agents work without worktrees, and so from no commit
    /// @param commits by the tasks' ids
    LoadedWork(Optional<Git> git, Map<String, CommitId> commits) {
        this.git = git;
        this.commits = Map.copyOf(commits);
    }

    /// Whether what the task did is not here any more.
    boolean isGone(Task task) {
        return task.status() == TaskStatus.DONE
                && commit(task.id()).isPresent()
                && commit(task.id()).filter(this::isHere).isEmpty();
    }

    private Optional<CommitId> commit(String task) {
        return Optional.ofNullable(commits.get(task));
    }

    private boolean isHere(CommitId commit) {
        return git.flatMap(there -> there.refs().resolve(commit.value())).isPresent();
    }

    /// What a task brought, with its work on the task's branch.
    ///
    /// @param order what was claimed
    /// @param words what was said of it
    WorkResult onBranch(AttemptOrder order, WorkResult words) {
        Optional<CommitId> commit = commit(order.task().id().value());
        if (commit.isEmpty()) {
            return words;
        }
        BranchName branch =
                new BranchTemplate(order.request().settings().layout().branchTemplate())
                        .branch(
                                order.job(),
                                order.worker(),
                                Slug.of(order.task().id(), order.task().description()));
        RefUpdate creation = RefUpdate.create(branch.ref(), commit.get());
        return switch (git.orElseThrow().refs().update(List.of(creation))) {
            case RefsUpdated.Refused(String reason) ->
                    throw new OrchestrationException(
                            "The work of task %s can't be put on branch %s: %s"
                                    .formatted(order.task().id(), branch, reason));
            case RefsUpdated.Done _ ->
                    new WorkResult(
                            words.output(),
                            words.outputCut(),
                            Optional.of(branch.value()),
                            commit,
                            words.files());
        };
    }
}
