package dev.coppice.store;

import dev.coppice.engine.EventLogException;
import dev.coppice.model.JobId;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stores appends. A commit costs a write that waits for the disk, whatever is in it; so one thread
/// owns the connection that writes, puts all appends that wait into one transaction, and answers
/// each when that is on the disk.
///
/// It is a platform thread, since the wait for the disk is a foreign call, which would hold a virtual
/// thread's carrier. It starts with the first append: who only reads has none.
final class GroupCommit implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    /// More would make the first of them wait for long and gain little.
    private static final int APPENDS_MAX = 500;

    private final StoreFile file;
    private final Runnable committed;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // Guarded by the lock. Each append that waits has a thread that waits for it: not more of them.
    private final Queue<Append> waiting = new ArrayDeque<>();
    private @Nullable Thread thread;
    private boolean closed;

    // The thread's own; there is none before the first append and after a failure.
    private @Nullable Rows rows;

    /// @param committed is run after each commit, by the thread that commits
    GroupCommit(StoreFile file, Runnable committed) {
        this.file = file;
        this.committed = committed;
    }

    /// Stores rows as the next ones of a job, all or none, and returns when they are on the disk. Whoever is interrupted
    /// before stores nothing; whoever is while the disk writes may have stored them.
    ///
    /// @param at as it will be stored
    /// @param jsons one for each row
    /// @return whether they were stored; refused where `expected` is not the job's next sequence
    boolean append(JobId job, long expected, String at, List<String> jsons) {
        Append append = new Append(job, expected, at, jsons, new CompletableFuture<>());
        try {
            if (Thread.interrupted()) { // the answer may come so soon that nothing waits for it
                throw new InterruptedException("before");
            }
            enqueue(append);
            return append.answer().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EventLogException("interrupted while the store " + file.path() + " wrote", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof SQLException cause
                    ? file.failure(cause)
                    : new EventLogException("the store " + file.path() + " failed", e);
        }
    }

    private void enqueue(Append append) {
        lock.lock();
        try {
            if (closed) {
                throw file.closed();
            }
            waiting.add(append);
            changed.signalAll();
            if (thread == null) {
                thread = Thread.ofPlatform().daemon().name("store-commit").start(this::run);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Stores what waits, then ends the thread. Interrupted, it leaves the rest to the thread.
    @Override
    public void close() {
        @Nullable Thread ending;
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            ending = thread;
        } finally {
            lock.unlock();
        }
        if (ending != null) {
            try {
                ending.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        for (List<Append> batch = take(); !batch.isEmpty(); batch = take()) {
            try {
                commit(batch);
            } catch (RuntimeException | Error e) {
                // Also where memory ran out: nobody may wait for ever.
                giveUpRows();
                batch.forEach(append -> append.answer().completeExceptionally(e));
            }
        }
        giveUpRows();
    }

    private void commit(List<Append> batch) {
        boolean adding = false;
        try {
            if (rows == null) {
                rows = Rows.open(file);
            }
            rows.begin();
            adding = true;
            List<Boolean> added = rows.add(batch);
            adding = false;
            rows.commit();
            for (int i = 0; i < added.size(); i++) {
                batch.get(i).answer().complete(added.get(i));
            }
            committed.run();
        } catch (SQLException e) {
            giveUpRows();
            if (adding && batch.size() > 1) {
                // Nothing is stored, and one of them may be the cause: the others shall not suffer.
                batch.forEach(append -> commit(List.of(append)));
            } else {
                batch.forEach(append -> append.answer().completeExceptionally(e));
            }
        }
    }

    /// Closes the connection, which undoes what it has not committed; the next batch gets a new one.
    private void giveUpRows() {
        if (rows != null) {
            try {
                rows.close();
            } catch (SQLException e) {
                LOG.warn("a connection to the store {} was not closed", file.path(), e);
            }
            rows = null;
        }
    }

    /// Waits for appends; none are left once it returns none.
    private List<Append> take() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            List<Append> batch = new ArrayList<>();
            while (batch.size() < APPENDS_MAX && !waiting.isEmpty()) {
                batch.add(waiting.remove());
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }
}
