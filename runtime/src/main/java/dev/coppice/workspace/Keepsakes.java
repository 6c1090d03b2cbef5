package dev.coppice.workspace;

import dev.coppice.git.Git;
import dev.coppice.git.RefName;
import dev.coppice.git.RefUpdate;
import dev.coppice.git.RefsUpdated;
import dev.coppice.model.CommitId;
import dev.coppice.model.JobId;
import java.util.List;
import java.util.Optional;

/// Refs that keep commits of a job alive which no branch names, `refs/coppice/attempts/<job>/<commit>`: from when they are
/// made until the job is cleaned.
public final class Keepsakes {
    static final String FOLDER = "refs/coppice/attempts/";

    private Keepsakes() {}

    /// Keeps a commit from git's garbage collection.
    ///
    /// @throws WorkspaceException if git refuses
    public static void keep(Git git, JobId job, CommitId commit) {
        RefName ref = new RefName(FOLDER + job + "/" + commit);
        if (git.refs().commit(ref).isPresent()) {
            return;
        }
        switch (git.refs().update(List.of(RefUpdate.create(ref, commit)))) {
            case RefsUpdated.Done _ -> {}
            case RefsUpdated.Refused(String reason) ->
                    throw new WorkspaceException("cannot keep " + commit + ": " + reason);
        }
    }

    /// The job that a ref keeps a commit for, if it is such a ref.
    static Optional<JobId> job(RefName ref) {
        String[] parts = ref.value().substring(FOLDER.length()).split("/", -1);
        return parts.length == 2 ? JobId.parse(parts[0]) : Optional.empty();
    }
}
