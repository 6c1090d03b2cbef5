package dev.coppice.runtime;

import dev.coppice.attempt.Delivering;
import dev.coppice.git.Authorship;
import dev.coppice.git.BranchName;
import dev.coppice.git.Git;
import dev.coppice.git.Identity;
import dev.coppice.model.CommitId;
import dev.coppice.model.Integration;
import dev.coppice.model.Integration.Delivery;
import dev.coppice.report.JobView;
import java.time.Instant;
import java.util.Optional;

/// Brings a reviewed result into a branch, as its user.
final class Merging {
    private Merging() {}

    static Delivery deliver(Git git, JobView job, BranchName target, Instant now) {
        CommitId result = job.resultCommit().orElseThrow();
        Identity user = git.committer();
        Delivery delivery =
                Delivering.deliver(
                        git,
                        job.id(),
                        job.request().request(),
                        target,
                        result,
                        new Authorship(user, user, now));
        return asBefore(job, delivery).orElse(delivery);
    }

    /// The merge of an earlier time, where there was nothing left to merge.
    private static Optional<Delivery> asBefore(JobView job, Delivery delivery) {
        return job.integration()
                .map(Integration::delivery)
                .filter(before ->
                        before instanceof Delivery.Delivered earlier
                                && delivery instanceof Delivery.Delivered now
                                && earlier.target().equals(now.target())
                                && now.commit().equals(job.resultCommit().orElseThrow()));
    }
}
