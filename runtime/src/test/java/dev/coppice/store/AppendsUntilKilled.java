package dev.coppice.store;

import dev.coppice.model.Event;
import dev.coppice.model.Event.Level;
import dev.coppice.model.Event.Noted;
import dev.coppice.model.JobId;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A process of its own that appends to four jobs at once, as fast as it can, until it is killed. It
/// says of each append that was acknowledged how far its job has come: `JOB SEQUENCE ok`.
final class AppendsUntilKilled implements AutoCloseable {
    private static final int JOBS = 4;
    private static final Instant AT = Instant.parse("2026-11-21T09:30:00Z");

    private final Process process;
    private final BufferedReader output;

    private AppendsUntilKilled(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /// Starts the process.
    ///
    /// @param number tells the jobs of one such process from those of another
    static AppendsUntilKilled start(Path file, Path nativeCache, int number) throws IOException {
        List<String> command =
                List.of(
                        ProcessHandle.current().info().command().orElse("java"),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty(
                                "surefire.test.class.path", System.getProperty("java.class.path")),
                        AppendsUntilKilled.class.getName(),
                        file.toString(),
                        nativeCache.toString(),
                        Integer.toString(number));
        return new AppendsUntilKilled(
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    static List<JobId> jobs(int number) {
        return IntStream.range(0, JOBS).mapToObj(i -> JobId.of(AT.plusSeconds(number), i)).toList();
    }

    long pid() {
        return process.pid();
    }

    /// Waits until it has said this many times of each of its jobs that an append was acknowledged.
    List<String> awaitLinesOfEach(int count) throws IOException {
        List<String> lines = new ArrayList<>();
        Map<String, Integer> ofEach = new HashMap<>();
        while (ofEach.size() < JOBS || Collections.min(ofEach.values()) < count) {
            String line = nextLine();
            if (line == null) {
                throw new AssertionError("it ended by itself after " + lines);
            }
            lines.add(line);
            ofEach.merge(line.substring(0, line.indexOf(' ')), 1, Integer::sum);
        }
        return lines;
    }

    /// Kills it by SIGKILL and gives what else it had said.
    List<String> kill() throws IOException, InterruptedException {
        // By its handle: Process.destroyForcibly would also close what is still to be read.
        process.toHandle().destroyForcibly();
        List<String> lines = new ArrayList<>();
        for (String line = nextLine(); line != null; line = nextLine()) {
            lines.add(line);
        }
        process.waitFor();
        return lines;
    }

    /// The next whole line of its own: it logs between them, and may be killed within one.
    private @Nullable String nextLine() throws IOException {
        String line = output.readLine();
        while (line != null && !line.endsWith(" ok")) {
            line = output.readLine();
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        output.close();
        process.onExit().join();
    }

    public static void main(String[] arguments) {
        Store store = Stores.open("jdbc:sqlite:" + arguments[0], Path.of(arguments[1]));
        for (JobId job : jobs(Integer.parseInt(arguments[2]))) {
            Thread.ofPlatform().start(() -> append(store, job));
        }
    }

    private static void append(Store store, JobId job) {
        Event event = new Noted(Level.INFO, Optional.empty(), "x".repeat(500));
        for (long next = 1; store.append(job, next, AT, List.of(event, event)); next += 2) {
            System.out.println(job + " " + (next + 1) + " ok");
        }
        throw new IllegalStateException("nobody else appends to " + job);
    }
}
