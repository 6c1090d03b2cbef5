package dev.coppice.attempt;

import dev.coppice.git.Checkout;
import dev.coppice.git.Fingerprint;
import dev.coppice.model.JobId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The user's checkout, looked at before and after each attempt. Users work on meanwhile, so a change is
/// told and nothing more; each only once a job. Safe for use by many threads.
final class UsersCheckout {
    /// How it was last seen, and by how many attempts of a job it is being watched.
    private record Seen(Fingerprint last, int watching) {}

    private final Checkout checkout;
    private final Map<JobId, Seen> jobs = new ConcurrentHashMap<>();

    UsersCheckout(Checkout checkout) {
        this.checkout = checkout;
    }

    /// Begins to watch for an attempt of a job, until that is closed.
    Watching watch(JobId job) {
        jobs.compute(
                job,
                (_, seen) ->
                        seen == null
                                ? new Seen(checkout.fingerprint(), 1)
                                : new Seen(seen.last(), seen.watching() + 1));
        return new Watching(job);
    }

    /// The watching for one attempt.
    final class Watching implements AutoCloseable {
        private final JobId job;

        private Watching(JobId job) {
            this.job = job;
        }

        /// The paths that changed and were not told of for this job, sorted.
        List<String> changes() {
            Fingerprint now = checkout.fingerprint();
            Seen before = jobs.get(job);
            jobs.computeIfPresent(job, (_, seen) -> new Seen(now, seen.watching()));
            return before == null ? List.of() : List.copyOf(now.changedPaths(before.last()));
        }

        @Override
        public void close() {
            jobs.computeIfPresent(
                    job,
                    (_, seen) ->
                            seen.watching() == 1
                                    ? null
                                    : new Seen(seen.last(), seen.watching() - 1));
        }
    }
}
