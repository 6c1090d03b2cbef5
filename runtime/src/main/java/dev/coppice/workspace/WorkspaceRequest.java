package dev.coppice.workspace;

import dev.coppice.git.BranchName;
import dev.coppice.model.CommitId;
import dev.coppice.model.JobId;
import dev.coppice.model.Settings;
import dev.coppice.model.TaskId;
import dev.coppice.process.Marker;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The workspace that an attempt needs.
///
/// @param number the task's worker, from 1 in plan order
/// @param attempt from 1
/// @param on the task's branch, which is made, or begun anew; empty for a task that brings no commit, whose workspace
///     stands on no branch
/// @param baseBranch what the job began from, by the name that the user knows; for `COPPICE_BASE_BRANCH`
/// @param base the commit that the workspace stands on
/// @param path the workspace's folder; the folder above it is the worker's, and some files are kept beside
/// @param environment what makes it usable
/// @param reserved further paths in it, from its top, that are written by others and must never enter a commit
/// @param variables the whole environment of the programs that prepare it, but for what this room adds
/// @param marker by which the processes of this attempt are known
/// @param log where the output of those programs goes
public record WorkspaceRequest(
        JobId job,
        TaskId task,
        int number,
        int attempt,
        Slug slug,
        Optional<BranchName> on,
        String baseBranch,
        CommitId base,
        Path path,
        Settings.Environment environment,
        List<String> reserved,
        Map<String, String> variables,
        Marker marker,
        Path log) {

    /// @throws IllegalArgumentException for a path that is not absolute, or has no folder above it
    public WorkspaceRequest {
        path = path.normalize();
        if (!path.isAbsolute() || path.getNameCount() < 2) {
            throw new IllegalArgumentException("not a place for a workspace: " + path);
        }
        reserved = List.copyOf(reserved);
        variables = Map.copyOf(variables);
    }
}
