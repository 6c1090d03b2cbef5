package dev.coppice.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.folder.Secrets;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.testkit.MemoryEventLog;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JobEventsTest {
    private static final JobId JOB = JobId.of(Instant.EPOCH, 0);

    private final MemoryEventLog log = new MemoryEventLog();
    private final Histories histories = new Histories(log, new Secrets(List.of()));
    private final List<Long> taken = new CopyOnWriteArrayList<>();

    private void happens(long sequence) {
        Event event = new Event.Noted(Event.Level.INFO, Optional.empty(), "note " + sequence);
        assertThat(log.append(JOB, sequence, Instant.EPOCH, List.of(event))).isTrue();
    }

    @Test
    void eachEventIsHandedOnOnceAndInOrder() {
        happens(1);
        happens(2);
        try (JobEvents events = histories.events(JOB, 1, e -> taken.add(e.sequence()))) {
            events.catchUp();
            assertThat(taken).containsExactly(2L);
            events.start();
            happens(3);
            happens(4);
        }
        assertThat(taken).containsExactly(2L, 3L, 4L);
    }

    @Test
    void theTakerSeesWhatItCaused() {
        AtomicReference<JobEvents> self = new AtomicReference<>();
        try (JobEvents events =
                histories.events(
                        JOB,
                        0,
                        e -> {
                            taken.add(e.sequence());
                            if (e.sequence() == 1) {
                                happens(3);
                                self.get().catchUp();
                                assertThat(taken).containsExactly(1L, 2L, 3L);
                            }
                        })) {
            self.set(events);
            happens(1);
            happens(2);
            events.catchUp();
        }
        assertThat(taken).containsExactly(1L, 2L, 3L);
    }

    @Test
    void whatTheTakerThrowsComesOutOfTheClosing() {
        JobEvents events =
                histories.events(
                        JOB,
                        0,
                        _ -> {
                            throw new IllegalStateException("no room");
                        });
        happens(1);
        events.start();

        assertThatThrownBy(events::close)
                .isInstanceOf(CompletionException.class)
                .hasRootCauseMessage("no room");
    }

    @Test
    void theTakerMayClose() throws InterruptedException {
        AtomicReference<JobEvents> self = new AtomicReference<>();
        CountDownLatch closed = new CountDownLatch(1);
        JobEvents events =
                histories.events(
                        JOB,
                        0,
                        _ -> {
                            self.get().close();
                            closed.countDown();
                        });
        self.set(events);
        events.start();
        happens(1);

        closed.await();

        events.close();
    }

    @Test
    void whoCatchesUpMayCloseWhileTheThreadWaitsForItsTurn() {
        AtomicReference<JobEvents> self = new AtomicReference<>();
        JobEvents events =
                histories.events(
                        JOB,
                        0,
                        e -> {
                            taken.add(e.sequence());
                            if (e.sequence() == 1) {
                                self.get().start();
                                self.get().close();
                            }
                        });
        self.set(events);
        happens(1);

        events.catchUp();

        assertThat(taken).containsExactly(1L);
    }
}
