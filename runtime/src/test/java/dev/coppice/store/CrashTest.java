package dev.coppice.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.engine.EventLog;
import dev.coppice.model.Event;
import dev.coppice.model.Event.Level;
import dev.coppice.model.Event.Noted;
import dev.coppice.model.JobId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The store under processes that are killed, and between processes.
final class CrashTest {
    private static final Instant AT = Instant.parse("2026-11-21T10:00:00Z");

    @TempDir private Path folder;

    @Test
    void whatWasAcknowledgedSurvivesKill9() throws Exception {
        List<String> acknowledged = new ArrayList<>();
        try (AppendsUntilKilled writer = AppendsUntilKilled.start(file(), cache(), 0)) {
            acknowledged.addAll(writer.awaitLinesOfEach(100));
            acknowledged.addAll(writer.kill());
        }

        try (Store store = Stores.open(file())) {
            Map<JobId, Long> lasts = lastAcknowledged(acknowledged);
            assertThat(lasts).containsOnlyKeys(AppendsUntilKilled.jobs(0));
            lasts.forEach((job, sequence) -> {
                long last = store.last(job).orElseThrow().sequence();
                // One more append may have been stored without being acknowledged.
                assertThat(last).isBetween(sequence, sequence + 2).isEven();
                assertThat(store.read(job, 0, Integer.MAX_VALUE)).hasSize((int) last);
                assertThat(store.verify(job)).isInstanceOf(Chain.Verified.class);
                assertThat(store.append(job, last + 1, AT, List.of(note()))).isTrue();
                assertThat(store.verify(job)).isInstanceOf(Chain.Verified.class);
            });
        }
    }

    @Test
    void severalProcessesMayMakeTheStoreAtOnceAndAllAppend() throws Exception {
        try (AppendsUntilKilled one = AppendsUntilKilled.start(file(), cache(), 1);
                AppendsUntilKilled two = AppendsUntilKilled.start(file(), cache(), 2);
                AppendsUntilKilled three = AppendsUntilKilled.start(file(), cache(), 3)) {
            for (AppendsUntilKilled each : List.of(one, two, three)) {
                each.awaitLinesOfEach(10);
            }
            for (AppendsUntilKilled each : List.of(one, two, three)) {
                each.kill();
            }
        }

        try (Store store = Stores.open(file())) {
            assertThat(store.jobs()).hasSize(12);
            assertThat(store.jobs())
                    .allSatisfy(job ->
                            assertThat(store.verify(job)).isInstanceOf(Chain.Verified.class));
        }
    }

    @Test
    void aListenerHearsOfTheAppendsOfAnotherProcess() throws Exception {
        BlockingQueue<JobId> heard = new LinkedBlockingQueue<>();
        try (Store store = Stores.open(file());
                EventLog.Subscription subscription = store.subscribe(heard::add);
                AppendsUntilKilled writer = AppendsUntilKilled.start(file(), cache(), 0)) {
            assertThat(subscription).isNotNull();
            writer.awaitLinesOfEach(1);

            assertThat(heard.poll(60, TimeUnit.SECONDS)).isIn(AppendsUntilKilled.jobs(0));
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theNativeLibraryIsLoadedFromTheCache() throws Exception {
        try (AppendsUntilKilled writer = AppendsUntilKilled.start(file(), cache(), 0)) {
            writer.awaitLinesOfEach(1);

            assertThat(Files.readString(Path.of("/proc/" + writer.pid() + "/maps")))
                    .contains(cache().toRealPath().toString());
        }
    }

    private Path file() {
        return folder.resolve("coppice.db");
    }

    private Path cache() {
        return folder.resolve("cache");
    }

    private static Event note() {
        return new Noted(Level.INFO, Optional.empty(), "after the crash");
    }

    private static Map<JobId, Long> lastAcknowledged(List<String> lines) {
        Map<JobId, Long> lasts = new HashMap<>();
        for (String line : lines) {
            List<String> words = List.of(line.split(" ", -1));
            lasts.merge(new JobId(words.get(0)), Long.valueOf(words.get(1)), Math::max);
        }
        return lasts;
    }
}
