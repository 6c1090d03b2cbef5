package dev.coppice.git;

import java.util.Optional;

/// Where a checkout stands.
public sealed interface Head {
    /// On a branch with at least one commit.
    record Branch(BranchName name, CommitId commit) implements Head {}

    /// On a commit, on no branch.
    record Detached(CommitId commit) implements Head {}

    /// On a branch that has no commit yet.
    record Unborn(BranchName name) implements Head {}

    /// Reads the answers of `symbolic-ref --quiet HEAD` and `rev-parse --verify --quiet HEAD^{commit}`.
    static Head read(GitAnswer name, GitAnswer id) {
        return of(
                name.exit() == 0 ? new RefName(name.text()).branch() : Optional.empty(),
                id.exit() == 0 ? Optional.of(new CommitId(id.text())) : Optional.empty());
    }

    /// @throws GitException if there is neither a branch nor a commit
    static Head of(Optional<BranchName> branch, Optional<CommitId> commit) {
        if (commit.isPresent()) {
            CommitId at = commit.get();
            return branch.<Head>map(name -> new Branch(name, at))
                    .orElseGet(() -> new Detached(at));
        }
        return new Unborn(
                branch.orElseThrow(() -> new GitException("HEAD names neither branch nor commit")));
    }

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
