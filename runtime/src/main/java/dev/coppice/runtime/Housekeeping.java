package dev.coppice.runtime;

import dev.coppice.engine.EventLogException;
import dev.coppice.git.BranchName;
import dev.coppice.model.JobId;
import dev.coppice.report.JobView;
import dev.coppice.workspace.BranchTemplate;
import dev.coppice.workspace.CleanOrder;
import dev.coppice.workspace.Cleaning;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes what jobs that are over left.
final class Housekeeping {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    /// A plan takes far less; what is older was left by one that was killed.
    private static final Duration UNKNOWN_FOR = Duration.ofDays(1);

    private final Coppice coppice;
    private final InstantSource clock;

    Housekeeping(Coppice coppice, InstantSource clock) {
        this.coppice = coppice;
        this.clock = clock;
    }

    Cleaning clean(Optional<Instant> before) throws InterruptedException {
        return clean(before, this::isUnderWay);
    }

    List<Path> removeFolders(Instant moment) throws InterruptedException {
        Expiry expiry = Expiry.before(moment, coppice.log(), coppice::view);
        if (!expiry.roots().isEmpty() && coppice.isCheckout()) {
            clean(Optional.empty(), job -> !expiry.all().contains(job) || isUnderWay(job));
        }
        return expiry.removeFolders(this::isUnderWay);
    }

    /// @param isSpared whether nothing of a job may be touched
    private Cleaning clean(Optional<Instant> before, Predicate<JobId> isSpared)
            throws InterruptedException {
        Set<BranchName> targets = new HashSet<>();
        for (JobId id : coppice.jobs()) {
            readable(id)
                    .flatMap(job -> job.request().target())
                    .filter(name -> BranchName.problem(name).isEmpty())
                    .map(BranchName::new)
                    .ifPresent(targets::add);
        }
        BranchTemplate template =
                new BranchTemplate(coppice.configuration().settings().layout().branchTemplate());
        return coppice.workspaces().clean(new CleanOrder(targets, template, before, isSpared));
    }

    /// A history that can't be read keeps nobody from cleaning up after the other jobs.
    private Optional<JobView> readable(JobId id) {
        try {
            return coppice.view(id);
        } catch (EventLogException e) {
            LOG.error("The history of job {} can't be read", id, e);
            return Optional.empty();
        }
    }

    /// Of a job that is not stored nobody knows whether it is over: a plan alone is never stored. One whose history can't
    /// be read may be.
    private boolean isUnderWay(JobId id) {
        try {
            return coppice.view(id)
                    .map(job -> !job.status().isOver())
                    .orElseGet(() -> id.madeAt().isAfter(clock.instant().minus(UNKNOWN_FOR)));
        } catch (EventLogException e) {
            LOG.error("Nothing of job {} is removed, since its history can't be read", id, e);
            return true;
        }
    }
}
