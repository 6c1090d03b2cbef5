package dev.coppice.store;

import dev.coppice.model.AgentName;
import dev.coppice.model.Event;
import dev.coppice.model.Event.AttemptStarting;
import dev.coppice.model.JobId;
import dev.coppice.model.TaskId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

/// Measures durable appends, of one job and of 64 at once, against what a program without a store
/// would do: a loop of write and fdatasync of the same lines. All three take turns, so that the
/// machine's mood falls on each.
///
/// Run it by hand, with the folder whose disk counts as its argument.
final class AppendSpeed {
    private static final int JOBS = 64;
    private static final int ROUNDS = 7;
    private static final Duration ROUND = Duration.ofMillis(1500);
    private static final Instant AT = Instant.parse("2026-11-21T09:30:00Z");
    private static final Event EVENT =
            new AttemptStarting(
                    new TaskId("model"),
                    1,
                    new AgentName("claude"),
                    Duration.ofMinutes(10),
                    Optional.of("5f0c8a4e-7a53-4d0e-9b0a-000000000001"));

    private final Path folder;
    private final Store store;
    private int jobs;

    private AppendSpeed(Path folder) {
        this.folder = folder;
        this.store = Stores.open(folder.resolve("coppice.db"));
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(arguments[0]), "append-speed");
        new AppendSpeed(folder).measure();
    }

    private void measure() throws Exception {
        List<Rate> loops = new ArrayList<>();
        List<Rate> alone = new ArrayList<>();
        List<Rate> together = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            loops.add(writeAndSync());
            alone.add(appends(1));
            together.add(appends(JOBS));
        }
        store.close();
        double loop = median(loops);
        print("write + fdatasync", loops, loop);
        print("one job", alone, loop);
        print(JOBS + " jobs at once", together, loop);
    }

    /// What one round came to.
    private record Rate(double eventsPerSecond, Duration p99) {}

    private Rate writeAndSync() throws IOException {
        byte[] line = (EventJson.write(EVENT) + "\n").getBytes(StandardCharsets.UTF_8);
        Path file = folder.resolve("lines");
        try (FileChannel lines =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            return rate(
                    timesOf(() -> {
                        lines.write(ByteBuffer.wrap(line));
                        lines.force(false);
                        return true;
                    }));
        }
    }

    private Rate appends(int atOnce) throws InterruptedException, ExecutionException {
        List<Future<long[]>> running = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < atOnce; i++) {
                JobId job = JobId.of(AT, jobs++);
                long[] next = {1};
                running.add(
                        executor.submit(() ->
                                timesOf(() -> store.append(job, next[0]++, AT, List.of(EVENT)))));
            }
        }
        LongStream all = LongStream.empty();
        for (Future<long[]> each : running) {
            all = LongStream.concat(all, Arrays.stream(each.get()));
        }
        return rate(all.toArray());
    }

    @FunctionalInterface
    private interface Append {
        boolean isStored() throws IOException;
    }

    /// Appends for the time of a round and gives how many nanoseconds each took.
    private static long[] timesOf(Append append) throws IOException {
        LongStream.Builder times = LongStream.builder();
        long end = System.nanoTime() + ROUND.toNanos();
        for (long start = System.nanoTime(); start < end; ) {
            if (!append.isStored()) {
                throw new IllegalStateException("an append was refused");
            }
            long now = System.nanoTime();
            times.add(now - start);
            start = now;
        }
        return times.build().toArray();
    }

    private static Rate rate(long[] nanos) {
        Arrays.sort(nanos);
        double seconds = (double) ROUND.toNanos() / Duration.ofSeconds(1).toNanos();
        Duration p99 = Duration.ofNanos(nanos[(int) (nanos.length * 0.99)]);
        return new Rate(nanos.length / seconds, p99);
    }

    private static double median(List<Rate> rates) {
        return rates.stream()
                .mapToDouble(Rate::eventsPerSecond)
                .sorted()
                .skip(ROUNDS / 2)
                .findFirst()
                .orElseThrow();
    }

    private static void print(String what, List<Rate> rates, double loop) {
        Duration p99 =
                rates.stream().map(Rate::p99).sorted().skip(ROUNDS / 2).findFirst().orElseThrow();
        System.out.printf(
                Locale.ROOT,
                "%-20s %,9.0f/s  %5.2f times the loop  p99 %.2f ms%n",
                what,
                median(rates),
                median(rates) / loop,
                p99.toNanos() / 1e6);
    }
}
