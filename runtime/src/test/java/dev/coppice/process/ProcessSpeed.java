package dev.coppice.process;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Measures what a child costs and how fast its lines are followed, each beside what Python needs
/// for the same, in turns. Not a test: run its main, with an empty directory as argument.
public final class ProcessSpeed {
    private static final Path NO_INPUT = Path.of("/dev/null");
    private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/bin:/bin");
    private static final int AT_ONCE = 16;
    private static final int CHILDREN = 1600;
    private static final int ROUNDS = 5;

    private static final String PYTHON_CHILDREN =
            """
            import subprocess, sys, time
            from concurrent.futures import ThreadPoolExecutor
            def one(i):
                with open(f'{i}.out', 'wb') as out, open(f'{i}.err', 'wb') as err:
                    subprocess.run(['/usr/bin/true'], stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                        start_new_session=True, cwd='/', env={'PATH': '/usr/bin:/bin'})
            children, at_once = int(sys.argv[1]), int(sys.argv[2])
            begin = time.perf_counter()
            with ThreadPoolExecutor(at_once) as threads: list(threads.map(one, range(children)))
            print((time.perf_counter() - begin) / children * 1000)
            """;

    private static final String PYTHON_LINES =
            """
            import json, sys, time
            begin = time.perf_counter()
            size = seen = 0
            with open(sys.argv[1], 'rb') as lines:
                for line in lines:
                    size += len(line)
                    seen += json.loads(line)['type'] == 'assistant'
            print(size / 1e6 / (time.perf_counter() - begin))
            """;

    private ProcessSpeed() {}

    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        try (Processes processes = Processes.open()) {
            for (int round = 0; round < ROUNDS; round++) {
                Path ours = Files.createDirectory(directory.resolve("ours" + round));
                Path pythons = Files.createDirectory(directory.resolve("pythons" + round));
                System.out.printf(
                        "a trivial child, %d at once: %.3f ms, Python %.3f ms%n",
                        AT_ONCE,
                        childMillis(processes, ours),
                        pythonChildMillis(processes, pythons));
            }
            Path lines = writeLines(directory.resolve("lines.json"), 400);
            for (int round = 0; round < ROUNDS; round++) {
                System.out.printf(
                        "JSON lines followed: %.0f MB/s, Python's json.loads %.0f MB/s%n",
                        followedMegabytesPerSecond(lines),
                        pythonMegabytesPerSecond(processes, lines));
            }
            Files.delete(lines);
        }
    }

    /// What it costs to start, watch over and forget a child that does nothing, 16 at once, in
    /// milliseconds.
    public static double childMillis(Processes processes, Path directory)
            throws InterruptedException, ExecutionException {
        processes.prepare();
        long begin = System.nanoTime();
        List<Future<?>> lanes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int lane = 0; lane < AT_ONCE; lane++) {
                int first = lane;
                lanes.add(
                        threads.submit(() -> {
                            for (int i = first; i < CHILDREN; i += AT_ONCE) {
                                processes.start(trivial(directory, i)).await();
                            }
                            return true;
                        }));
            }
        }
        for (Future<?> lane : lanes) {
            lane.get();
        }
        return (System.nanoTime() - begin) / 1e6 / CHILDREN;
    }

    private static Launch trivial(Path directory, int number) {
        ChildFiles files =
                new ChildFiles(
                        NO_INPUT,
                        directory.resolve(number + ".out"),
                        directory.resolve(number + ".err"),
                        Optional.empty());
        return new Launch(
                List.of("/usr/bin/true"),
                Path.of("/"),
                ENVIRONMENT,
                files,
                new Marker("COPPICE_TEST_MARK", Integer.toString(number)),
                Limits.of(Duration.ofMinutes(1)));
    }

    /// The same by Python's `subprocess.run` in 16 threads.
    public static double pythonChildMillis(Processes processes, Path directory)
            throws InterruptedException {
        return python(
                processes,
                directory,
                PYTHON_CHILDREN,
                Integer.toString(CHILDREN),
                Integer.toString(AT_ONCE));
    }

    /// Writes so many megabytes of lines such as an agent prints.
    public static Path writeLines(Path file, int megabytes) throws IOException {
        long size = 0;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; size < megabytes * 1_000_000L; i++) {
                String line =
                        "{\"type\":\"assistant\",\"message\":{\"id\":\"msg_%d\",\"text\":\"%s\"}}\n"
                                .formatted(i, "lorem ipsum ".repeat(5 + i % 40));
                out.write(line.getBytes(StandardCharsets.UTF_8));
                size += line.length();
            }
        }
        return file;
    }

    /// How fast a file's lines are handed on, each looked at by its first bytes, in MB/s.
    public static double followedMegabytesPerSecond(Path lines)
            throws IOException, InterruptedException {
        byte[] assistant = "{\"type\":\"assistant\"".getBytes(StandardCharsets.UTF_8);
        long[] seen = new long[1];
        long begin = System.nanoTime();
        try (Follower follower = Follower.of(lines)) {
            follower.readAll(line -> seen[0] += line.startsWith(assistant) ? 1 : 0);
        }
        return Files.size(lines) / 1e6 / ((System.nanoTime() - begin) / 1e9);
    }

    /// The same by Python, which parses each line.
    public static double pythonMegabytesPerSecond(Processes processes, Path lines)
            throws InterruptedException {
        return python(processes, Path.of("/"), PYTHON_LINES, lines.toAbsolutePath().toString());
    }

    private static double python(
            Processes processes, Path directory, String script, String... arguments)
            throws InterruptedException {
        List<String> argv = new ArrayList<>(List.of("python3", "-c", script));
        argv.addAll(List.of(arguments));
        Finished finished =
                processes.run(
                        Command.of(directory, Map.of("PATH", System.getenv("PATH")), argv)
                                .withTimeout(Duration.ofMinutes(5)));
        if (!finished.isSuccess()) {
            throw new IllegalStateException("python3: " + finished);
        }
        return Double.parseDouble(finished.stdoutText().strip());
    }
}
