package dev.coppice.git;

import dev.coppice.model.CommitId;
import java.util.Optional;

/// Where a checkout stands.
public sealed interface Head {
    /// On a branch with at least one commit.
    record Branch(BranchName name, CommitId commit) implements Head {}

    /// On a commit, on no branch.
    record Detached(CommitId commit) implements Head {}

    /// On a branch that has no commit yet.
    record Unborn(BranchName name) implements Head {}

    /// The commit stood on, if there is one.
    default Optional<CommitId> at() {
        return switch (this) {
            case Branch(BranchName _, CommitId commit) -> Optional.of(commit);
            case Detached(CommitId commit) -> Optional.of(commit);
            case Unborn _ -> Optional.empty();
        };
    }

    /// The branch stood on, if there is one, born or not.
    default Optional<BranchName> on() {
        return switch (this) {
            case Branch(BranchName name, CommitId _) -> Optional.of(name);
            case Detached _ -> Optional.empty();
            case Unborn(BranchName name) -> Optional.of(name);
        };
    }
}
