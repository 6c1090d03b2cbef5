package dev.coppice.bench;

import dev.coppice.process.Child;
import dev.coppice.process.ChildFiles;
import dev.coppice.process.Launch;
import dev.coppice.process.Limits;
import dev.coppice.process.Marker;
import dev.coppice.process.Processes;
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

/// A child that does nothing is started in a session of its own, watched over and forgotten, 16 at once.
record TrivialChild(Goal goal) implements Row {
    private static final Path NO_INPUT = Path.of("/dev/null");
    private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/bin:/bin");
    private static final int AT_ONCE = 16;
    private static final int CHILDREN = 1_600;
    private static final int ROUNDS = 5;

    private static final String PYTHON =
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

    @Override
    public int number() {
        return 5;
    }

    @Override
    public String what() {
        return "a trivial child in a session of its own, output to files, %d at once"
                .formatted(AT_ONCE);
    }

    @Override
    public String against() {
        return "Python's subprocess.run in %d threads".formatted(AT_ONCE);
    }

    @Override
    public String unit() {
        return "ms a child";
    }

    @Override
    public Measurement measure(Bench bench) throws Exception {
        return bench.inTurns(
                ROUNDS,
                () -> ours(bench.processes(), bench.folder()),
                () -> bench.python(bench.folder(), PYTHON, CHILDREN, AT_ONCE));
    }

    private static double ours(Processes processes, Path directory)
            throws InterruptedException, ExecutionException {
        long begin = System.nanoTime();
        List<Future<?>> lanes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int lane = 0; lane < AT_ONCE; lane++) {
                int first = lane;
                lanes.add(
                        threads.submit(() -> {
                            for (int i = first; i < CHILDREN; i += AT_ONCE) {
                                try (Child child = processes.start(trivial(directory, i))) {
                                    child.await();
                                }
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
        return new Launch(
                List.of("/usr/bin/true"),
                Path.of("/"),
                ENVIRONMENT,
                new ChildFiles(
                        NO_INPUT,
                        directory.resolve(number + ".out"),
                        directory.resolve(number + ".err"),
                        Optional.empty()),
                new Marker("COPPICE_BENCH", "child-" + number),
                Limits.of(Duration.ofMinutes(1)));
    }
}
