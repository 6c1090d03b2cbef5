package dev.coppice.bench;

import dev.coppice.model.AgentName;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.TaskId;
import dev.coppice.store.Store;
import dev.coppice.store.Stores;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Events that are safe on the disk when they are answered.
///
/// @param atOnce so many jobs append at the same time
record Appends(int atOnce, Goal goal) implements Row {
    private static final int ROUNDS = 5;
    private static final Duration ROUND = Duration.ofSeconds(1);
    private static final Instant AT = Instant.parse("2026-11-21T09:30:00Z");
    private static final Event EVENT =
            new Event.AttemptStarting(
                    new TaskId("model"),
                    1,
                    new AgentName("claude"),
                    Duration.ofMinutes(10),
                    Optional.of("5f0c8a4e-7a53-4d0e-9b0a-000000000001"));

    /// What a program without a store would write of the event.
    private static final byte[] LINE =
            """
            {"type":"attempt_starting","task":"model","attempt":1,"agent":"claude","timeout_seconds":600,\
            "session":"5f0c8a4e-7a53-4d0e-9b0a-000000000001"}
            """
                    .getBytes(StandardCharsets.UTF_8);

    @Override
    public int number() {
        return 10;
    }

    @Override
    public String what() {
        return atOnce == 1
                ? "durable appends, one job"
                : "durable appends, %d jobs at once".formatted(atOnce);
    }

    @Override
    public String against() {
        return "a loop of write and fdatasync of the same lines";
    }

    @Override
    public String unit() {
        return "µs an event";
    }

    @Override
    public Measurement measure(Bench bench) throws Exception {
        Path folder = bench.folder();
        int[] jobs = {0};
        try (Store store = Stores.open(folder.resolve("coppice.db"))) {
            return bench.inTurns(
                    ROUNDS, () -> appends(store, jobs), () -> lines(folder.resolve("lines")));
        }
    }

    private double appends(Store store, int[] jobs)
            throws InterruptedException, ExecutionException {
        List<Future<Long>> running = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < atOnce; i++) {
                JobId job = JobId.of(AT, jobs[0]++);
                long[] next = {1};
                running.add(
                        executor.submit(() ->
                                count(() -> store.append(job, next[0]++, AT, List.of(EVENT)))));
            }
        }
        long all = 0;
        for (Future<Long> each : running) {
            all += each.get();
        }
        return micros(all);
    }

    private static double lines(Path file) throws IOException {
        try (FileChannel lines =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            return micros(
                    count(() -> {
                        lines.write(ByteBuffer.wrap(LINE));
                        lines.force(false);
                        return true;
                    }));
        }
    }

    @FunctionalInterface
    private interface Append {
        boolean isStored() throws IOException;
    }

    /// Appends for the time of a round and gives how often.
    private static long count(Append append) throws IOException {
        long count = 0;
        long end = System.nanoTime() + ROUND.toNanos();
        while (System.nanoTime() < end) {
            if (!append.isStored()) {
                throw new IllegalStateException("an append was refused");
            }
            count++;
        }
        return count;
    }

    private static double micros(long appends) {
        return ROUND.toNanos() / 1e3 / appends;
    }
}
