package dev.coppice.bench;

import dev.coppice.bench.Measurement.Round;
import dev.coppice.process.Command;
import dev.coppice.process.Finished;
import dev.coppice.process.Processes;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What the rows share during one run: rounds in turns, a folder of its own, scratch repositories and programs.
/// Used by one thread.
final class Bench implements AutoCloseable {
    private static final Duration HANG = Duration.ofMinutes(5);

    private final Path home;
    private final Path folder;
    private final boolean isQuick;
    private final Processes processes = Processes.open();
    private final Map<Integer, GitScene> scenes = new HashMap<>();
    private int folders;

    /// @param home the top folder of Coppice's sources, where its launcher is
    /// @param folder an empty one, on the disk that counts
    /// @param isQuick whether each row gets by with one round
    Bench(Path home, Path folder, boolean isQuick) {
        this.home = home;
        this.folder = folder;
        this.isQuick = isQuick;
        processes.prepare();
    }

    /// One side's turn; gives what it took, in the row's unit.
    @FunctionalInterface
    interface Side {
        double take() throws Exception;
    }

    /// Lets both sides take turns, once for nothing and then so many rounds, and changes who begins. A quick run takes one
    /// round; only the side that has a JVM to warm up begins for nothing.
    Measurement inTurns(int count, Side ours, Side theirs) throws Exception {
        ours.take();
        if (!isQuick) {
            theirs.take();
        }
        List<Round> rounds = new ArrayList<>();
        for (int round = 0; round < (isQuick ? 1 : count); round++) {
            if (round % 2 == 0) {
                double first = ours.take();
                rounds.add(new Round(first, theirs.take()));
            } else {
                double first = theirs.take();
                rounds.add(new Round(ours.take(), first));
            }
        }
        return new Measurement(rounds);
    }

    /// Something that is done once.
    @FunctionalInterface
    interface Deed {
        void run() throws Exception;
    }

    /// How long something takes, in milliseconds.
    static double millis(Deed deed) throws Exception {
        long begin = System.nanoTime();
        deed.run();
        return (System.nanoTime() - begin) / 1e6;
    }

    Path home() {
        return home;
    }

    Processes processes() {
        return processes;
    }

    /// A fresh, empty folder.
    Path folder() throws IOException {
        return Files.createDirectory(folder.resolve(Integer.toString(folders++)));
    }

    /// A repository of so many files, the same one for all rows.
    GitScene repository(int files) throws IOException {
        GitScene known = scenes.get(files);
        if (known == null) {
            ScratchRepository made =
                    ScratchRepository.ofFiles(folder().resolve("repository"), files);
            known = new GitScene(made, processes);
            scenes.put(files, known);
        }
        return known;
    }

    /// Runs a program to its end and gives what it prints.
    ///
    /// @throws IllegalStateException if it fails
    String run(Path directory, Map<String, String> environment, List<String> argv)
            throws InterruptedException {
        Finished finished =
                processes.run(Command.of(directory, environment, argv).withTimeout(HANG));
        if (!finished.isSuccess()) {
            throw new IllegalStateException(
                    argv.getFirst() + ": " + finished + "\n" + finished.stderr());
        }
        return finished.stdoutText().strip();
    }

    /// Runs a Python program that prints one number.
    double python(Path directory, String script, Object... arguments) throws InterruptedException {
        List<String> argv = new ArrayList<>(List.of("python3", "-c", script));
        for (Object argument : arguments) {
            argv.add(argument.toString());
        }
        return Double.parseDouble(run(directory, System.getenv(), argv));
    }

    @Override
    public void close() {
        processes.close();
    }
}
