package dev.coppice.bench;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Waits until nothing of ours goes on in the background, so that it is in nobody's measured time.
final class Stillness {
    private static final Duration LOOK = Duration.ofMillis(10);

    /// So many looks in a row without a child process count as still.
    private static final int LOOKS = 20;

    private Stillness() {}

    /// Waits until this process has had no child process for a while.
    static void await() {
        int still = 0;
        while (still < LOOKS) {
            boolean isBusy = ProcessHandle.current().children().findAny().isPresent();
            still = isBusy ? 0 : still + 1;
            LockSupport.parkNanos(TimeUnit.NANOSECONDS.convert(LOOK));
        }
    }
}
