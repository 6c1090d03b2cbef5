package dev.coppice.attempt;

import dev.coppice.git.Checkout;
import dev.coppice.git.Fingerprint;
import dev.coppice.model.JobId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// The user's checkout, looked at before and after each attempt. Users work on meanwhile, so a change is
/// told and nothing more; each only once a job. One look serves all attempts of a job whose programs had
/// ended when it began. Safe for use by many threads.
final class UsersCheckout {
    private final Checkout checkout;
    private final Map<JobId, Seen> jobs = new ConcurrentHashMap<>();

    UsersCheckout(Checkout checkout) {
        this.checkout = checkout;
    }

    /// Begins to watch for an attempt of a job, until that is closed.
    Watching watch(JobId job) {
        Seen seen =
                jobs.compute(
                        job,
                        (_, known) -> {
                            Seen one = known == null ? new Seen() : known;
                            one.watching++;
                            return one;
                        });
        return new Watching(job, seen);
    }

    /// @param begun when, by [System#nanoTime]
    private record Look(long begun, Fingerprint found) {
        List<String> changesSince(Look before) {
            return List.copyOf(found.changedPaths(before.found));
        }
    }

    private Look look() {
        return new Look(System.nanoTime(), checkout.fingerprint());
    }

    /// What was last seen for one job.
    private final class Seen {
        private final ReentrantLock lock = new ReentrantLock();
        private Optional<Look> last = Optional.empty();

        /// How many attempts watch; changed within [ConcurrentHashMap#compute] alone.
        private int watching;

        private void begin() {
            lock.lock();
            try {
                if (last.isEmpty()) {
                    last = Optional.of(look());
                }
            } finally {
                lock.unlock();
            }
        }

        private List<String> changes(long since) {
            lock.lock();
            try {
                if (last.isPresent() && last.get().begun() - since > 0) {
                    return List.of();
                }
                Look now = look();
                List<String> changed = last.map(now::changesSince).orElse(List.of());
                last = Optional.of(now);
                return changed;
            } finally {
                lock.unlock();
            }
        }
    }

    /// The watching for one attempt.
    final class Watching implements AutoCloseable {
        private final JobId job;
        private final Seen seen;

        private Watching(JobId job, Seen seen) {
            this.job = job;
            this.seen = seen;
        }

        /// The first look, unless another attempt of the job had it.
        void begin() {
            seen.begin();
        }

        /// The paths that changed and were not told of for this job, sorted; none where there was no first look.
        ///
        /// @param since when the attempt's last program had ended, by [System#nanoTime]: a look that began later, for
        ///     another attempt, saw all that they did and was told of
        List<String> changes(long since) {
            return seen.changes(since);
        }

        @Override
        public void close() {
            jobs.computeIfPresent(job, (_, known) -> --known.watching == 0 ? null : known);
        }
    }
}
