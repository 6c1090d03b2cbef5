package dev.coppice.server.rest;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// How long a caller may take to send a body: against those that send a byte now and then to hold a connection.
/// Safe for use by many threads.
final class Patience {
    private final long longestNanos;
    private final Set<Wait> open = ConcurrentHashMap.newKeySet();

    Patience(Duration longest) {
        this.longestNanos = longest.toNanos();
    }

    /// Interrupts this thread when the time is over, unless the wait was closed before.
    Wait begin() {
        Wait wait = new Wait(Thread.currentThread(), System.nanoTime());
        open.add(wait);
        return wait;
    }

    /// Ends the waits whose time is over.
    void look(long nanoTime) {
        for (Wait wait : open) {
            if (nanoTime - wait.since > longestNanos) {
                wait.over();
            }
        }
    }

    /// One wait, owned by the thread that waits.
    final class Wait implements AutoCloseable {
        private final Thread waiting;
        private final long since;
        // Guarded by this.
        private boolean isOver;
        private boolean isClosed;

        private Wait(Thread waiting, long since) {
            this.waiting = waiting;
            this.since = since;
        }

        private synchronized void over() {
            if (!isClosed && !isOver) {
                isOver = true;
                waiting.interrupt();
            }
        }

        /// Whether the time was over before the wait was.
        synchronized boolean isOver() {
            return isOver;
        }

        /// Ends the wait; the thread is not interrupted by it any more.
        @Override
        public synchronized void close() {
            open.remove(this);
            isClosed = true;
            if (isOver) {
                Thread.interrupted();
            }
        }
    }
}
