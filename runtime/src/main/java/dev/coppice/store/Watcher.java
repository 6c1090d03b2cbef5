package dev.coppice.store;

import dev.coppice.engine.EventLog.Subscription;
import dev.coppice.model.JobId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells listeners of appended events, whoever appended them.
///
/// Commits of this process wake it. Those of other processes are seen by SQLite's `data_version`,
/// which costs some microseconds to ask for and changes with every commit of another connection; it
/// is asked for only while somebody listens. Its thread starts with the first listener.
final class Watcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);

    /// So late a person may see what another process did.
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private final StoreFile file;
    private final List<Listening> listeners = new CopyOnWriteArrayList<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // Guarded by the lock.
    private boolean committed;
    private boolean closed;
    private @Nullable Thread thread;

    Watcher(StoreFile file) {
        this.file = file;
    }

    /// Calls `listener` for each job to which events are appended from now on.
    Subscription subscribe(Consumer<JobId> listener) throws SQLException {
        lock.lock();
        try {
            if (closed) {
                throw file.closed();
            }
            if (thread == null) {
                // Opened here, so that nothing appended after this call is missed.
                Sight sight = Sight.open(file);
                thread = Thread.ofPlatform().daemon().name("store-watch").start(() -> watch(sight));
            }
            Listening listening = new Listening(listener);
            listeners.add(listening);
            changed.signalAll();
            return listening;
        } finally {
            lock.unlock();
        }
    }

    /// This process has committed.
    void wake() {
        lock.lock();
        try {
            committed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Ends the calls.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void watch(Sight sight) {
        boolean failing = false;
        while (awaitCause()) {
            try {
                for (JobId job : sight.look()) {
                    listeners.forEach(listening -> listening.tell(job));
                }
                failing = false;
            } catch (SQLException e) {
                // Whoever reads or appends is told by an exception; here a later look may succeed.
                if (!failing) {
                    LOG.warn("can't look for new events", file.failure(e));
                }
                failing = true;
            }
        }
        try {
            sight.close();
        } catch (SQLException e) {
            LOG.warn("a connection to the store {} was not closed", file.path(), e);
        }
    }

    /// Waits until it is time to look; false: closed.
    private boolean awaitCause() {
        lock.lock();
        try {
            while (!closed && listeners.isEmpty()) {
                changed.await();
            }
            long left = LOOK_EVERY.toNanos();
            while (!closed && !committed && left > 0) {
                left = changed.awaitNanos(left);
            }
            committed = false;
            return !closed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private final class Listening implements Subscription {
        private final Consumer<JobId> listener;
        private volatile boolean ended;

        private Listening(Consumer<JobId> listener) {
            this.listener = listener;
        }

        private void tell(JobId job) {
            if (ended) {
                return;
            }
            try {
                listener.accept(job);
            } catch (RuntimeException e) {
                LOG.error("a listener failed when told of job {}", job, e);
            }
        }

        @Override
        public void close() {
            ended = true;
            listeners.remove(this);
        }
    }
}
