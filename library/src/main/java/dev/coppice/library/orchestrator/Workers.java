package dev.coppice.library.orchestrator;

import dev.coppice.engine.Driver;
import dev.coppice.engine.Engine;
import dev.coppice.model.JobId;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Preparation;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An orchestrator's own workers and its leader: begins them and ends them. Between a stop and the next start none begins.
///
/// Safe for use by many threads.
final class Workers {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);

    private final Coppice coppice;

    /// Held while agents are begun or asked to end, so that none begins after all were asked to. Nobody is called back
    /// and nothing is waited for meanwhile.
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.

    /// Whether tasks that are added are taken until somebody stops that.
    private boolean isStaying;

    /// The runs under way that nobody has stopped.
    private final Set<Run> runs = new HashSet<>();

    /// The jobs in which the leader sums up a run.
    private final Set<JobId> summaries = new HashSet<>();

    private int starts;

    /// Of the starts, how many had come when the agents were last seen to have ended.
    private int startsEnded;

    Workers(Coppice coppice) {
        this.coppice = coppice;
    }

    /// Lets workers take the tasks until they are stopped. Where that fails all is as before.
    void start(Session now) {
        boolean wasStaying;
        int begun;
        lock.lock();
        try {
            wasStaying = isStaying;
            isStaying = true;
            begun = ++starts;
        } finally {
            lock.unlock();
        }
        try {
            drive(now);
        } catch (RuntimeException e) {
            takeBack(begun, wasStaying);
            throw e;
        }
    }

    private void takeBack(int begun, boolean wasStaying) {
        lock.lock();
        try {
            if (starts == begun) { // else another start holds
                isStaying = wasStaying;
            }
        } finally {
            lock.unlock();
        }
    }

    /// Lets workers take the tasks until the run is closed. Where that fails there is no run.
    Run run(Session now) {
        Run run = new Run(now.job());
        lock.lock();
        try {
            starts++;
            runs.add(run);
        } finally {
            lock.unlock();
        }
        try {
            drive(now);
        } catch (RuntimeException e) {
            run.close();
            throw e;
        }
        return run;
    }

    /// Has the tasks taken, where workers take tasks. A job without tasks has nothing to be driven for.
    void drive(Session now) {
        now.watch().catchUp();
        boolean hasTasks = now.watch().view().all().findAny().isPresent();
        lock.lock();
        try {
            if (hasTasks && isTaking(now.job())) {
                Engine.Resumption _ = coppice.resume(now.job());
            }
        } finally {
            lock.unlock();
        }
    }

    /// A run of another job takes none of this one's.
    private boolean isTaking(JobId job) {
        return isStaying || runs.stream().anyMatch(run -> run.job.equals(job));
    }

    /// Whether tasks are taken.
    boolean isStarted() {
        lock.lock();
        try {
            return isStaying || !runs.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /// Whether tasks are taken, and will be when no run is under way.
    boolean isStaying() {
        lock.lock();
        try {
            return isStaying;
        } finally {
            lock.unlock();
        }
    }

    /// Begins nothing more, asks the agents to end, and waits until they have; after `limit` it ends them.
    ///
    /// @return false where nothing had been started since the last stop
    /// @throws InterruptedException when the thread is interrupted; the agents are then ended without waiting for them
    boolean stop(Session now, Duration limit) throws InterruptedException {
        int begun;
        Set<JobId> summing;
        lock.lock();
        try {
            begun = starts;
            if (startsEnded == begun) {
                return false;
            }
            isStaying = false;
            runs.clear();
            summing = Set.copyOf(summaries);
            coppice.engine().pauseAll();
        } finally {
            lock.unlock();
        }
        Thread patience = Thread.ofVirtual().start(() -> killAfter(limit));
        try {
            Driver.Turn _ = coppice.await(now.job());
            for (JobId summary : summing) {
                abandon(summary);
            }
        } catch (InterruptedException e) {
            coppice.engine().killAll();
            throw e;
        } finally {
            patience.interrupt();
        }
        lock.lock();
        try {
            startsEnded = Math.max(startsEnded, begun);
        } finally {
            lock.unlock();
        }
        return true;
    }

    /// Waits until the job is laid down, and ends it, since nobody goes on with it.
    private void abandon(JobId job) throws InterruptedException {
        Driver.Turn _ = coppice.await(job);
        Engine.Answer _ = coppice.engine().cancel(job, Optional.empty());
        Driver.Turn _ = coppice.await(job);
    }

    private void killAfter(Duration limit) {
        try {
            Thread.sleep(limit);
            coppice.engine().killAll();
        } catch (InterruptedException _) {
            LOG.debug("the agents ended in time");
        }
    }

    /// A run under way, from its start until it is closed.
    final class Run implements AutoCloseable {
        private final JobId job;

        private Run(JobId job) {
            this.job = job;
        }

        /// Carries out the job in which the leader sums the run up; empty where somebody has stopped the run.
        ///
        /// @throws InterruptedException once the job was canceled, when the thread is interrupted
        Optional<JobId> sumUp(Preparation.Ready ready) throws InterruptedException {
            JobId job;
            lock.lock();
            try {
                if (!runs.contains(this)) {
                    return Optional.empty();
                }
                job = coppice.submit(ready);
                summaries.add(job);
            } finally {
                lock.unlock();
            }
            try {
                Driver.Turn _ = coppice.awaitOrCancel(job);
                return Optional.of(job);
            } finally {
                lock.lock();
                try {
                    summaries.remove(job);
                } finally {
                    lock.unlock();
                }
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                runs.remove(this);
            } finally {
                lock.unlock();
            }
        }
    }
}
