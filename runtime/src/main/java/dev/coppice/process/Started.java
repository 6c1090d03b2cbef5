package dev.coppice.process;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One process that was started, and its end as the operating system tells it. Any thread may wait.
final class Started {
    /// The process's own end, which leaves its descendants out.
    ///
    /// @param exit by itself or by a signal; limits and stops are not known here
    /// @param cpu used by it and by descendants it waited for; zero where the system doesn't say
    record End(Exit exit, Duration cpu) {}

    private final long pid;
    private final CompletableFuture<End> end;

    Started(long pid, CompletableFuture<End> end) {
        this.pid = pid;
        this.end = end;
    }

    long pid() {
        return pid;
    }

    boolean hasEnded() {
        return end.isDone();
    }

    /// Waits at most this long; true when it has ended.
    boolean await(long nanos) throws InterruptedException {
        try {
            end.get(nanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for process " + pid + " failed", e.getCause());
        }
    }

    /// Only after [#await] said true.
    End end() {
        return end.resultNow();
    }
}
