package dev.coppice.process;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One process that was started, and its end as the operating system tells it. Any thread may wait.
final class Started {
    /// The process's own end, which leaves its descendants out.
    ///
    /// @param exit by itself or by a signal; nothing for a process that is no child of ours, since
    ///     only its parent is told
    /// @param cpu used by it and by descendants it waited for; zero where the system doesn't say
    record End(Optional<Exit> exit, Duration cpu) {
        static final End UNTOLD = new End(Optional.empty(), Duration.ZERO);
    }

    private final long pid;
    private final long startTicks;
    private final boolean leavesOrphansToUs;
    private final CompletableFuture<End> end;

    /// @param startTicks 0 when it had ended before it could be read
    /// @param leavesOrphansToUs whether the system hands its orphans to this process
    Started(long pid, long startTicks, boolean leavesOrphansToUs, CompletableFuture<End> end) {
        this.pid = pid;
        this.leavesOrphansToUs = leavesOrphansToUs;
        this.startTicks = startTicks;
        this.end = end;
    }

    long pid() {
        return pid;
    }

    long startTicks() {
        return startTicks;
    }

    boolean leavesOrphansToUs() {
        return leavesOrphansToUs;
    }

    /// Done when it has ended; exceptionally when nobody waits for it any more, since all is being
    /// ended.
    CompletableFuture<End> onEnd() {
        return end;
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

    /// Only after it has ended.
    End end() {
        return end.resultNow();
    }
}
