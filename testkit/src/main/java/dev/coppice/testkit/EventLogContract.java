package dev.coppice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.engine.EventLog;
import dev.coppice.engine.EventLogException;
import dev.coppice.model.Event;
import dev.coppice.model.Event.Level;
import dev.coppice.model.Event.Noted;
import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What every [EventLog] promises. Extended once for each implementation.
public abstract class EventLogContract {
    private static final Instant AT = Instant.parse("2026-11-21T09:30:00.123456789Z");
    private static final JobId JOB = JobId.of(AT, 1);
    private static final JobId LATER_JOB = JobId.of(AT.plusSeconds(1), 0);
    private static final JobId UNKNOWN_JOB = JobId.of(AT.minusSeconds(1), 0);

    /// More than any test stores in one job.
    private static final int ALL = 1_000_000;

    /// Opens a log on the histories of this test. Each call opens another one on the same histories,
    /// as another process would; the test closes it.
    protected abstract EventLog open();

    @Test
    void eventsComeBackInTheOrderInWhichTheyWereAppended() {
        try (EventLog log = open()) {
            assertThat(log.append(JOB, 1, AT, notes("one", "two"))).isTrue();
            assertThat(log.append(JOB, 3, AT.plusNanos(1), notes("three"))).isTrue();

            assertThat(log.read(JOB, 0, ALL))
                    .containsExactly(
                            new Recorded(JOB, 1, AT, note("one")),
                            new Recorded(JOB, 2, AT, note("two")),
                            new Recorded(JOB, 3, AT.plusNanos(1), note("three")));
        }
    }

    @Test
    void awkwardTextComesBackUnchanged() {
        List<Event> awkward =
                notes(
                        "quotes \" ' ` $(rm) \\ back\nnew\r\n\tline",
                        "nul \0 escape \u001b delete \u007f",
                        "emoji 🌳, Grüße, 日本語",
                        "half an emoji \ud83c and the other half \udf33",
                        "");
        try (EventLog log = open()) {
            log.append(JOB, 1, AT, awkward);

            assertThat(log.read(JOB, 0, ALL)).extracting(Recorded::event).isEqualTo(awkward);
        }
    }

    @Test
    void anAppendThatExpectsAnotherSequenceIsRefusedAndStoresNothing() {
        try (EventLog log = open()) {
            assertThat(log.append(JOB, 2, AT, notes("a job begins with 1"))).isFalse();
            assertThat(log.append(JOB, 0, AT, notes("a job begins with 1"))).isFalse();
            assertThat(log.jobs()).isEmpty();

            log.append(JOB, 1, AT, notes("one", "two"));
            assertThat(log.append(JOB, 1, AT, notes("again"))).isFalse();
            assertThat(log.append(JOB, 2, AT, notes("stale", "also stale"))).isFalse();
            assertThat(log.append(JOB, 4, AT, notes("a gap"))).isFalse();

            assertThat(texts(log, JOB)).containsExactly("one", "two");
        }
    }

    @Test
    void appendingNothingOnlyAsksWhetherTheSequenceIsTheNext() {
        try (EventLog log = open()) {
            assertThat(log.append(JOB, 1, AT, List.of())).isTrue();
            assertThat(log.jobs()).isEmpty();

            log.append(JOB, 1, AT, notes("one"));
            assertThat(log.append(JOB, 1, AT, List.of())).isFalse();
            assertThat(log.append(JOB, 2, AT, List.of())).isTrue();
            assertThat(log.append(JOB, 2, AT, notes("two"))).isTrue();
        }
    }

    @Test
    void aReaderNeverSeesAPartOfABatch() {
        int batches = 40;
        int size = 5;
        try (EventLog writer = open();
                EventLog reader = open()) {
            Callable<Boolean> writes =
                    () ->
                            IntStream.range(0, batches)
                                    .allMatch(i ->
                                            writer.append(
                                                    JOB,
                                                    1L + (long) i * size,
                                                    AT,
                                                    Collections.nCopies(size, note("n"))));
            Callable<Boolean> reads =
                    () -> {
                        int seen = 0;
                        while (seen < batches * size) {
                            seen = reader.read(JOB, 0, ALL).size();
                            assertThat(seen % size).isZero();
                        }
                        return true;
                    };

            assertThat(together(List.of(writes, reads))).containsOnly(true);
        }
    }

    @Test
    void ofManyAppendsForOneSequenceExactlyOneWins() {
        int rivals = 6;
        int rounds = 25;
        try (EventLog log = open();
                EventLog other = open()) {
            List<Callable<List<String>>> all = new ArrayList<>();
            for (int i = 0; i < rivals; i++) {
                EventLog mine = i % 2 == 0 ? log : other;
                String name = "rival " + i + " at ";
                all.add(() -> sequencesWon(mine, name, rounds));
            }

            List<String> won = together(all).stream().flatMap(List::stream).toList();

            assertThat(won).hasSize(rounds);
            assertThat(texts(log, JOB)).containsExactlyInAnyOrderElementsOf(won);
            assertThat(log.read(JOB, 0, ALL))
                    .extracting(Recorded::sequence)
                    .isEqualTo(LongStream.rangeClosed(1, rounds).boxed().toList());
        }
    }

    /// Tries for every sequence and gives the texts of the appends that won.
    private static List<String> sequencesWon(EventLog log, String name, int rounds) {
        List<String> won = new ArrayList<>();
        for (int sequence = 1; sequence <= rounds; sequence++) {
            if (log.append(JOB, sequence, AT, notes(name + sequence))) {
                won.add(name + sequence);
            }
        }
        return won;
    }

    @Test
    void appendsToManyJobsAtOnceAreAllStored() {
        int jobs = 16;
        int events = 20;
        try (EventLog log = open();
                EventLog other = open()) {
            List<Callable<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < jobs; i++) {
                EventLog mine = i % 2 == 0 ? log : other;
                JobId job = JobId.of(AT.plusMillis(i), i);
                all.add(() ->
                        LongStream.rangeClosed(1, events)
                                .allMatch(n -> mine.append(job, n, AT, notes(job + " " + n))));
            }

            assertThat(together(all)).containsOnly(true);
            assertThat(log.jobs()).hasSize(jobs);
            for (JobId job : log.jobs()) {
                assertThat(texts(log, job))
                        .isEqualTo(
                                IntStream.rangeClosed(1, events)
                                        .mapToObj(n -> job + " " + n)
                                        .toList());
            }
        }
    }

    @Test
    void aHistoryIsReadInPages() {
        try (EventLog log = open()) {
            log.append(JOB, 1, AT, notes("1", "2", "3", "4", "5"));
            log.append(LATER_JOB, 1, AT, notes("of another job"));

            assertThat(log.read(JOB, 0, 2)).extracting(Recorded::sequence).containsExactly(1L, 2L);
            assertThat(log.read(JOB, 2, 2)).extracting(Recorded::sequence).containsExactly(3L, 4L);
            assertThat(log.read(JOB, 4, 2)).extracting(Recorded::sequence).containsExactly(5L);
            assertThat(log.read(JOB, 5, 2)).isEmpty();
            assertThat(log.read(JOB, 99, 2)).isEmpty();
        }
    }

    @Test
    void theLastEventIsFoundWithoutReadingTheOthers() {
        try (EventLog log = open()) {
            log.append(JOB, 1, AT, notes("1", "2"));
            log.append(LATER_JOB, 1, AT, notes("of another job"));

            assertThat(log.last(JOB)).contains(new Recorded(JOB, 2, AT, note("2")));
        }
    }

    @Test
    void aJobThatNobodySubmittedHasNoEvents() {
        try (EventLog log = open()) {
            log.append(JOB, 1, AT, notes("1"));

            assertThat(log.read(UNKNOWN_JOB, 0, ALL)).isEmpty();
            assertThat(log.last(UNKNOWN_JOB)).isEmpty();
        }
    }

    @Test
    void theNewestJobComesFirst() {
        try (EventLog log = open()) {
            log.append(LATER_JOB, 1, AT, notes("submitted later, stored first"));
            log.append(JOB, 1, AT, notes("1"));
            log.append(JOB, 2, AT, notes("2"));

            assertThat(log.jobs()).containsExactly(LATER_JOB, JOB);
        }
    }

    @Test
    void whatOneLogStoredAnotherReadsAndContinues() {
        try (EventLog log = open();
                EventLog other = open()) {
            log.append(JOB, 1, AT, notes("1"));
            assertThat(texts(other, JOB)).containsExactly("1");
            assertThat(other.append(JOB, 1, AT, notes("also 1"))).isFalse();
            assertThat(other.append(JOB, 2, AT, notes("2"))).isTrue();

            assertThat(texts(log, JOB)).containsExactly("1", "2");
        }
    }

    @Test
    void historiesOutliveTheLogThatWroteThem() {
        try (EventLog log = open()) {
            log.append(JOB, 1, AT, notes("1", "2"));
        }
        try (EventLog log = open()) {
            assertThat(texts(log, JOB)).containsExactly("1", "2");
            assertThat(log.append(JOB, 3, AT, notes("3"))).isTrue();
        }
        try (EventLog log = open()) {
            assertThat(texts(log, JOB)).containsExactly("1", "2", "3");
        }
    }

    @Test
    void aListenerHearsOfTheAppendsOfItsOwnLog() {
        try (EventLog log = open()) {
            log.append(LATER_JOB, 1, AT, notes("before the subscription"));
            Heard heard = new Heard();
            try (EventLog.Subscription subscription = log.subscribe(heard.jobs::add)) {
                assertThat(subscription).isNotNull();
                log.append(JOB, 1, AT, notes("1"));
                heard.awaits(JOB);
                log.append(JOB, 2, AT, notes("2"));
                heard.awaits(JOB);
            }
        }
    }

    @Test
    void aListenerHearsOfTheAppendsOfAnotherLog() {
        try (EventLog log = open();
                EventLog other = open()) {
            Heard heard = new Heard();
            try (EventLog.Subscription subscription = log.subscribe(heard.jobs::add)) {
                assertThat(subscription).isNotNull();
                other.append(JOB, 1, AT, notes("1"));
                heard.awaits(JOB);
                other.append(LATER_JOB, 1, AT, notes("1"));
                heard.awaits(LATER_JOB);
            }
        }
    }

    @Test
    void aClosedSubscriptionHearsNothingMore() {
        try (EventLog log = open()) {
            Heard closed = new Heard();
            Heard heard = new Heard();
            log.subscribe(closed.jobs::add).close();
            try (EventLog.Subscription subscription = log.subscribe(heard.jobs::add)) {
                assertThat(subscription).isNotNull();
                log.append(JOB, 1, AT, notes("1"));
                heard.awaits(JOB);

                assertThat(closed.jobs).isEmpty();
            }
        }
    }

    @Test
    void aListenerThatBreaksDoesNotSilenceTheOthers() {
        try (EventLog log = open()) {
            Heard heard = new Heard();
            try (EventLog.Subscription broken =
                            log.subscribe(job -> {
                                throw new IllegalStateException("a broken listener");
                            });
                    EventLog.Subscription subscription = log.subscribe(heard.jobs::add)) {
                assertThat(broken).isNotEqualTo(subscription);
                log.append(JOB, 1, AT, notes("1"));
                heard.awaits(JOB);
                log.append(LATER_JOB, 1, AT, notes("1"));
                heard.awaits(LATER_JOB);
            }
        }
    }

    @Test
    void aClosedLogSaysThatItIsClosed() {
        EventLog log = open();
        log.close();
        log.close();

        for (Callable<?> use :
                List.<Callable<?>>of(
                        () -> log.append(JOB, 1, AT, notes("1")),
                        () -> log.read(JOB, 0, 1),
                        () -> log.last(JOB),
                        log::jobs,
                        () -> log.subscribe(job -> {}))) {
            assertThatThrownBy(use::call)
                    .isInstanceOf(EventLogException.class)
                    .hasMessageContaining("closed");
        }
    }

    private static Event note(String text) {
        return new Noted(Level.INFO, Optional.empty(), text);
    }

    private static List<Event> notes(String... texts) {
        return Arrays.stream(texts).map(EventLogContract::note).toList();
    }

    private static List<String> texts(EventLog log, JobId job) {
        return log.read(job, 0, ALL).stream()
                .map(recorded -> recorded.event() instanceof Noted noted ? noted.text() : "")
                .toList();
    }

    /// Runs all at once, each in a thread of its own, and gives what they return, in order. They are platform threads:
    /// where there is one processor, a virtual one that looks again and again would never let another run.
    private static <T> List<T> together(List<? extends Callable<T>> all) {
        try (ExecutorService executor = Executors.newCachedThreadPool()) {
            List<T> results = new ArrayList<>();
            for (Future<T> future : executor.invokeAll(all)) {
                results.add(future.get());
            }
            return results;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    /// The jobs of which a listener was told.
    private static final class Heard {
        /// Ends a hang, and is far more than any log needs.
        private static final long PATIENCE_SECONDS = 60;

        private final BlockingQueue<JobId> jobs = new LinkedBlockingQueue<>();

        /// Waits until the listener is told of `job`; what else it heard is dropped.
        void awaits(JobId job) {
            try {
                @Nullable JobId heard;
                do {
                    heard = jobs.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                } while (heard != null && !heard.equals(job));
                assertThat(heard).as("heard of").isEqualTo(job);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for " + job, e);
            }
        }
    }
}
