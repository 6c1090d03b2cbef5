package dev.coppice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AlarmTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final Instant NEVER = Instant.MAX;

    private final Alarm alarm = new Alarm(InstantSource.fixed(NOW));

    @Test
    void aRingWhileNobodyWaitsIsNotLost() throws InterruptedException {
        alarm.ring();
        alarm.ring();
        alarm.await(Optional.empty());
        // Both rings were one: the next wait is for time.
        alarm.await(Optional.of(NOW));
    }

    @Test
    void aTimeThatHasComeIsNotWaitedFor() throws InterruptedException {
        alarm.await(Optional.of(NOW));
        alarm.await(Optional.of(Instant.MIN));
    }

    @Test
    void aRingEndsAWaitOfAnyLength() throws InterruptedException {
        for (Optional<Instant> until : List.of(Optional.<Instant>empty(), Optional.of(NEVER))) {
            CountDownLatch woken = new CountDownLatch(1);
            Thread waiter = Thread.ofVirtual().start(() -> awaitRing(until, woken));
            alarm.ring();
            waiter.join();
            assertThat(woken.getCount()).isZero();
        }
    }

    private void awaitRing(Optional<Instant> until, CountDownLatch woken) {
        try {
            alarm.await(until);
            woken.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
