package dev.coppice.git;

import dev.coppice.model.CommitId;
import java.util.Optional;

/// Makes a [Head] of what git answers.
final class Heads {
    private Heads() {}

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
            return branch.<Head>map(name -> new Head.Branch(name, at))
                    .orElseGet(() -> new Head.Detached(at));
        }
        return new Head.Unborn(
                branch.orElseThrow(() -> new GitException("HEAD names neither branch nor commit")));
    }
}
