package dev.coppice.server.rest;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// How long a caller may take to send a body: against those that send a byte now and then to hold a connection.
/// Safe for use by many threads.
final class Patience implements AutoCloseable {
    private final Duration longest;
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("rest-patience").factory());

    Patience(Duration longest) {
        this.longest = longest;
    }

    /// Interrupts this thread when the time is over, unless the wait was closed before.
    Wait begin() {
        return new Wait(Thread.currentThread());
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    /// One wait, owned by the thread that waits.
    final class Wait implements AutoCloseable {
        private final Thread waiting;
        private final ScheduledFuture<?> end;
        // Guarded by this.
        private boolean isOver;
        private boolean isClosed;

        private Wait(Thread waiting) {
            this.waiting = waiting;
            this.end = clock.schedule(this::over, longest.toMillis(), TimeUnit.MILLISECONDS);
        }

        private synchronized void over() {
            if (!isClosed) {
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
            isClosed = true;
            end.cancel(false);
            if (isOver) {
                Thread.interrupted();
            }
        }
    }
}
