package dev.coppice.runtime;

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
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// The root jobs that ended before some moment, with all that came of them, and whose folders are still there.
///
/// @param roots the root jobs
/// @param all these, and the jobs that their workers started
record Expiry(List<JobView> roots, Set<JobId> all) {
    private static final String WORKTREE = "worktree";

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
            // most jobs are told by their first event alone
            if (id.madeAt().isBefore(moment) && hasFolder(log.read(id, 0, 1))) {
                jobs.apply(id)
                        .filter(job -> job.status().isOver())
                        .filter(job -> job.endedAt().filter(moment::isAfter).isPresent())
                        .ifPresent(job -> {
                            roots.add(job);
                            all.add(id);
                            job.descendants(jobs).forEach(child -> all.add(child.id()));
                        });
            }
        }
        return new Expiry(roots, all);
    }

    private static boolean hasFolder(List<Recorded> first) {
        return !first.isEmpty()
                && first.getFirst().event() instanceof Event.JobSubmitted(JobRequest request)
                && request.depth() == 0
                && Files.isDirectory(JobFolder.of(request, first.getFirst().job()).root());
    }

    /// Removes the folders in which no workspace is left, and returns them.
    List<Path> removeFolders() {
        List<Path> removed = new ArrayList<>();
        for (JobView job : roots) {
            Path folder = JobFolder.of(job.request(), job.id()).root();
            if (!hasWorkspace(folder)) {
                Leftovers.delete(folder);
                removed.add(folder);
            }
        }
        return removed;
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
