package dev.coppice.engine;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Lets one thread wait until it is rung or a time has come. A ring while nobody waits is not lost.
final class Alarm {
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition rung = lock.newCondition();
    private boolean ringing;

    Alarm(InstantSource clock) {
        this.clock = clock;
    }

    void ring() {
        lock.lock();
        try {
            ringing = true;
            rung.signal();
        } finally {
            lock.unlock();
        }
    }

    void await(Optional<Instant> until) throws InterruptedException {
        lock.lock();
        try {
            while (!ringing) {
                if (until.isEmpty()) {
                    rung.await();
                } else {
                    Duration left = Duration.between(clock.instant(), until.get());
                    if (!left.isPositive()) {
                        return;
                    }
                    rung.awaitNanos(TimeUnit.NANOSECONDS.convert(left));
                }
            }
            ringing = false;
        } finally {
            lock.unlock();
        }
    }
}
