package dev.coppice.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Runs short programs. Their streams are files without a name: no pumping threads, and a grandchild that holds
/// standard output hangs nobody.
final class Commands {
    /// How often the size of the output is looked at: a disk takes some 100 MB in this time.
    private static final long LOOK_NANOS = 50_000_000;

    private final Starter starter;

    Commands(Starter starter) {
        this.starter = starter;
    }

    Finished run(Command command) throws InterruptedException {
        String name = command.argv().getFirst();
        Path executable = Program.find(name, command.directory(), command.environment());
        try (StreamFiles files = StreamFiles.open(name, command.stdin())) {
            Started started =
                    starter.start(
                            new Program(
                                    executable,
                                    command.argv(),
                                    command.directory(),
                                    command.environment(),
                                    files.stdin(),
                                    files.stdout(),
                                    files.stderr()));
            Exit exit = await(command, started, files);
            byte[] stdout = files.read(files.stdout(), command.outputBytesMax());
            byte[] stderr = files.read(files.stderr(), command.outputBytesMax());
            return new Finished(exit, stdout, new String(stderr, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("the output of " + name + " can't be read", e);
        }
    }

    private static Exit await(Command command, Started started, StreamFiles files)
            throws InterruptedException, IOException {
        long start = System.nanoTime();
        long limit = command.timeout().toNanos();
        try {
            while (true) {
                long left = limit - (System.nanoTime() - start);
                if (started.await(Math.min(LOOK_NANOS, left))) {
                    return started.end().exit();
                }
                if (left <= 0) {
                    stop(started);
                    return new Exit.TimedOut(Exit.Limit.WALL);
                }
                if (files.size() > command.outputBytesMax()) {
                    stop(started);
                    return new Exit.OutputLimit(command.outputBytesMax());
                }
            }
        } catch (InterruptedException e) {
            stop(started);
            throw e;
        }
    }

    private static void stop(Started started) {
        ProcessHandle.of(started.pid())
                .ifPresent(process -> {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                });
    }

    /// The three streams of one command.
    private record StreamFiles(Path stdin, Path stdout, Path stderr) implements AutoCloseable {
        static StreamFiles open(String program, byte[] input) {
            Path directory = Path.of(System.getProperty("java.io.tmpdir"));
            try {
                Path stdin = Program.NO_INPUT;
                if (input.length > 0) {
                    stdin = Files.createTempFile("coppice-", ".in");
                    Files.write(stdin, input);
                }
                return new StreamFiles(
                        stdin,
                        Files.createTempFile("coppice-", ".out"),
                        Files.createTempFile("coppice-", ".err"));
            } catch (IOException e) {
                throw CannotStartException.streamFile(program, directory, e);
            }
        }

        long size() throws IOException {
            return Files.size(stdout) + Files.size(stderr);
        }

        byte[] read(Path file, long bytesMax) throws IOException {
            try (var in = Files.newInputStream(file)) {
                return in.readNBytes((int) Math.min(bytesMax, Integer.MAX_VALUE - 8));
            }
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
