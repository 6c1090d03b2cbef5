package dev.coppice.git;

import dev.coppice.model.CommitId;
import java.util.List;

/// How the work in a worktree is to be committed.
///
/// @param branch the branch that gets the commit
/// @param base the commit that the work was based on
/// @param exclusions what must not enter, even where the agent committed it
/// @param merged commits that the work has merged, and that become parents too
public record WorkOrder(
        BranchName branch,
        CommitId base,
        Exclusions exclusions,
        List<CommitId> merged,
        Authorship authorship,
        CommitMessage message) {

    public WorkOrder {
        merged = List.copyOf(merged);
    }
}
