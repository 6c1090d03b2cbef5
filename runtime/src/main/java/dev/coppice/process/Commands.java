package dev.coppice.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// Runs one short program. Its streams are files for a moment: no pumping threads, and a grandchild
/// that holds standard output hangs nobody.
final class Commands {
    /// How often the size of the output is looked at: a quick disk takes some 50 MB in this time.
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Function<Program, Started> starter;
    private final ProcessTable table;
    private final Set<Started> running;

    /// @param starter starts a program and has it among those that run
    /// @param running those that have not ended, for use by many threads
    Commands(Function<Program, Started> starter, ProcessTable table, Set<Started> running) {
        this.starter = starter;
        this.table = table;
        this.running = running;
    }

    Finished run(Command command) throws InterruptedException {
        if (Thread.interrupted()) { // it may end so soon that nothing waits for it
            throw new InterruptedException("before " + command);
        }
        try (StreamFiles files = StreamFiles.make(command)) {
            Started started =
                    starter.apply(
                            Program.of(command, files.stdin(), files.stdout(), files.stderr()));
            Exit exit = await(command, started, files);
            byte[] stdout = read(files.stdout(), command.outputBytesMax());
            byte[] stderr = read(files.stderr(), command.outputBytesMax());
            return new Finished(exit, stdout, new String(stderr, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("the streams of '" + command + "'", e);
        }
    }

    private Exit await(Command command, Started started, StreamFiles files)
            throws InterruptedException, IOException {
        long begin = System.nanoTime();
        try {
            while (true) {
                long left = command.timeout().toNanos() - (System.nanoTime() - begin);
                if (started.await(Math.max(0, Math.min(LOOK_NANOS, left)))) {
                    return started.end().exit().orElseThrow();
                }
                if (left <= 0) {
                    stop(started);
                    return new Exit.TimedOut(Exit.Limit.WALL);
                }
                if (files.bytes() > command.outputBytesMax()) {
                    stop(started);
                    return new Exit.OutputLimit(command.outputBytesMax());
                }
            }
        } catch (InterruptedException | IOException e) {
            stop(started);
            throw e;
        } finally {
            running.remove(started);
        }
    }

    private void stop(Started started) {
        stop(table, started);
    }

    /// A second interrupt cuts the grace short.
    static void stop(ProcessTable table, Started started) {
        new Tree(table, started, Optional.empty())
                .end(Command.STOP_GRACE, 0, () -> Thread.currentThread().isInterrupted());
    }

    private static byte[] read(Path file, long bytesMax) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes((int) Math.min(bytesMax, Integer.MAX_VALUE - 8));
        }
    }

    /// The three streams of one command, deleted when it is done.
    private record StreamFiles(Path stdin, Path stdout, Path stderr) implements AutoCloseable {
        static StreamFiles make(Command command) throws IOException {
            Path stdin = Program.NO_INPUT;
            if (command.stdin().length > 0) {
                stdin = Files.createTempFile("coppice-", ".in");
                Files.write(stdin, command.stdin());
            }
            return new StreamFiles(
                    stdin,
                    Files.createTempFile("coppice-", ".out"),
                    Files.createTempFile("coppice-", ".err"));
        }

        long bytes() throws IOException {
            return Files.size(stdout) + Files.size(stderr);
        }

        @Override
        public void close() throws IOException {
            if (!stdin.equals(Program.NO_INPUT)) {
                Files.deleteIfExists(stdin);
            }
            Files.deleteIfExists(stdout);
            Files.deleteIfExists(stderr);
        }
    }
}
