package dev.coppice.workspace;

import dev.coppice.git.BranchName;
import dev.coppice.git.Exclusions;
import dev.coppice.model.CommitId;
import dev.coppice.model.JobId;
import dev.coppice.model.TaskId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An attempt's worktree, ready to work in.
///
/// @param path its folder, without links in it
/// @param on the branch that it stands on, as the request had it
/// @param base the commit that the task's work begins from
/// @param exclusions what must never enter a commit: the environment, copied and linked files, and what the
///     request reserved
/// @param variables the whole environment for the programs that run in it: the request's and this room's
/// @param warnings what a person should know about how it was prepared
public record Workspace(
        JobId job,
        TaskId task,
        int number,
        int attempt,
        Path path,
        Optional<BranchName> on,
        CommitId base,
        Exclusions exclusions,
        Map<String, String> variables,
        List<String> warnings) {

    public Workspace {
        variables = Map.copyOf(variables);
        warnings = List.copyOf(warnings);
    }

    /// The branch of a task that brings a commit.
    ///
    /// @throws IllegalStateException for one that brings none
    public BranchName branch() {
        return on.orElseThrow(() -> new IllegalStateException(task + " has no branch"));
    }
}
