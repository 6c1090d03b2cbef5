package dev.coppice.runtime;

import dev.coppice.engine.EventLogException;
import dev.coppice.folder.JobFolder;
import dev.coppice.git.Leftovers;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Recorded;
import dev.coppice.report.JobView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The root jobs that ended before some moment, with all that came of them, and whose folders are still there.
///
/// @param roots the root jobs
/// @param all these, and the jobs that their workers started
record Expiry(List<JobView> roots, Set<JobId> all) {
    private static final Logger LOG = LoggerFactory.getLogger(Expiry.class);
    private static final String WORKTREE = "worktree";

    /// What is to be deleted is moved here before, beside the jobs' folders, so that nobody finds half of it.
    private static final String REMOVED = ".removed";

    /// Where a workspace lies below a root job's folder: `depth_0/worker_1/worktree`.
    private static final int WORKSPACE_DEPTH = 3;

    Expiry {
        roots = List.copyOf(roots);
        all = Set.copyOf(all);
    }

    /// @param jobs shows a job
    static Expiry before(Instant moment, Histories log, Function<JobId, Optional<JobView>> jobs) {
        List<JobView> roots = new ArrayList<>();
        Set<JobId> all = new HashSet<>();
        for (JobId id : log.jobs()) {
            try {
                expired(id, moment, log, jobs)
                        .ifPresent(job -> {
                            List<JobId> below =
                                    job.descendants(jobs).stream().map(JobView::id).toList();
                            roots.add(job);
                            all.add(id);
                            all.addAll(below);
                        });
            } catch (EventLogException e) {
                LOG.error("The folder of job {} stays, since its history can't be read", id, e);
            }
        }
        return new Expiry(roots, all);
    }

    private static Optional<JobView> expired(
            JobId id, Instant moment, Histories log, Function<JobId, Optional<JobView>> jobs) {
        // most jobs are told by their first event alone
        return id.madeAt().isBefore(moment) && hasFolder(log.read(id, 0, 1))
                ? jobs.apply(id)
                        .filter(job -> job.status().isOver())
                        .filter(job -> job.endedAt().filter(moment::isAfter).isPresent())
                : Optional.empty();
    }

    private static boolean hasFolder(List<Recorded> first) {
        return !first.isEmpty()
                && first.getFirst().event() instanceof Event.JobSubmitted(JobRequest request)
                && request.depth() == 0
                && Files.isDirectory(JobFolder.of(request, first.getFirst().job()).root());
    }

    /// Removes the folders in which no workspace is left, and returns them.
    ///
    /// @param isUnderWay whether a job is not over, as it stands now: somebody may have begun it again meanwhile
    List<Path> removeFolders(Predicate<JobId> isUnderWay) {
        List<Path> removed = new ArrayList<>();
        for (JobView job : roots) {
            Path folder = JobFolder.of(job.request(), job.id()).root();
            if (!hasWorkspace(folder) && !isUnderWay.test(job.id())) {
                remove(folder);
                removed.add(folder);
            }
        }
        return removed;
    }

    private static void remove(Path folder) {
        Path aside = folder.resolveSibling(REMOVED);
        Leftovers.delete(aside); // of a removal that was cut off
        try {
            Files.move(folder, aside, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " can't be removed", e);
        }
        Leftovers.delete(aside);
    }

    private static boolean hasWorkspace(Path folder) {
        try (Stream<Path> found =
                Files.find(
                        folder,
                        WORKSPACE_DEPTH,
                        (path, attributes) ->
                                attributes.isDirectory() && path.endsWith(WORKTREE))) {
            return found.findAny().isPresent();
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " can't be looked at", e);
        }
    }
}
