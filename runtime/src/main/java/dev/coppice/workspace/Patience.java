package dev.coppice.workspace;

import dev.coppice.process.Exit;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;

/// Waits for others, but only as long as a workspace is wanted.
final class Patience {
    private static final Duration LOOK_FIRST = Duration.ofMillis(1);
    private static final Duration LOOK_MAX = Duration.ofMillis(50);

    private final BooleanSupplier isTimeUp;
    private final BooleanSupplier isStopped;

    private Patience(BooleanSupplier isTimeUp, BooleanSupplier isStopped) {
        this.isTimeUp = isTimeUp;
        this.isStopped = isStopped;
    }

    static Patience of(Launching launching) {
        return new Patience(launching::isTimeUp, launching::isStopped);
    }

    /// For what never takes long.
    static Patience endless() {
        return new Patience(() -> false, () -> false);
    }

    /// @param what what is being done, for a person
    /// @throws TimeUpException if the time is up
    /// @throws WorkspaceException if nobody wants the workspace any more
    void check(String what) {
        if (isStopped.getAsBoolean()) {
            throw new WorkspaceException("stopped while " + what);
        }
        if (isTimeUp.getAsBoolean()) {
            throw new TimeUpException(
                    Exit.Limit.WALL, "The time of the attempt was up while " + what + ".");
        }
    }

    /// Waits until the latch is open; throws as [#check] does.
    void await(CountDownLatch latch, String what) throws InterruptedException {
        while (!latch.await(LOOK_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
            check(what);
        }
    }

    /// Waits for a lock; throws as [#check] does.
    void lock(Lock lock, String what) throws InterruptedException {
        while (!lock.tryLock(LOOK_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
            check(what);
        }
    }

    /// Something that is tried until it succeeds.
    @FunctionalInterface
    interface Try<X extends Exception> {
        boolean succeeds() throws X;
    }

    /// Tries until it succeeds; throws as [#check] does.
    <X extends Exception> void until(Try<X> attempt, String what) throws X, InterruptedException {
        for (Duration wait = LOOK_FIRST; !attempt.succeeds(); ) {
            check(what);
            Thread.sleep(wait);
            wait = wait.compareTo(LOOK_MAX) < 0 ? wait.multipliedBy(2) : LOOK_MAX;
        }
    }
}
