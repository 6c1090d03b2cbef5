package dev.coppice.attempt;

import dev.coppice.git.Git;
import dev.coppice.git.RefName;
import dev.coppice.git.RefUpdate;
import dev.coppice.git.RefsUpdated;
import dev.coppice.model.CommitId;
import dev.coppice.model.JobId;
import java.util.List;

/// Refs that keep commits alive which no branch names yet.
final class Keepsakes {
    private Keepsakes() {}

    /// Keeps a commit from git's garbage collection for as long as the job is there.
    static void keep(Git git, JobId job, CommitId commit) {
        RefName ref = new RefName("refs/coppice/attempts/" + job + "/" + commit);
        if (git.refs().commit(ref).isPresent()) {
            return;
        }
        switch (git.refs().update(List.of(RefUpdate.create(ref, commit)))) {
            case RefsUpdated.Done _ -> {}
            case RefsUpdated.Refused refused ->
                    throw new IllegalStateException(
                            "cannot keep " + commit + ": " + refused.reason());
        }
    }
}
