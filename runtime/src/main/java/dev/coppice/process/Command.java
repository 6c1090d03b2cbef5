package dev.coppice.process;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A short program to run to its end: git, a version probe, a check. Immutable; each `with` makes
/// another.
///
/// The environment is complete: nothing of this process's own is added. A program without a slash
/// is looked up in that environment's `PATH` (without one: `/usr/bin:/bin`), one with a slash
/// relative to the directory.
public final class Command {
    /// What a command may take by default, far more than any git command needs: 60 s.
    public static final Duration TIMEOUT = Duration.ofSeconds(60);

    /// How much a command may write by default, standard output and errors together: 64 MiB.
    public static final long OUTPUT_BYTES_MAX = 64L << 20;

    /// Between SIGTERM and SIGKILL when a command must be ended: 2 s, time for git to remove its
    /// lock files.
    static final Duration STOP_GRACE = Duration.ofSeconds(2);

    private final List<String> argv;
    private final Path directory;
    private final Map<String, String> environment;
    private final byte[] stdin;
    private final Duration timeout;
    private final long outputBytesMax;

    private Command(
            List<String> argv,
            Path directory,
            Map<String, String> environment,
            byte[] stdin,
            Duration timeout,
            long outputBytesMax) {
        this.argv = argv;
        this.directory = directory;
        this.environment = environment;
        this.stdin = stdin;
        this.timeout = timeout;
        this.outputBytesMax = outputBytesMax;
    }

    /// A command without input and with the default limits.
    ///
    /// @param argv the program and its arguments; never empty, never read by a shell
    /// @throws IllegalArgumentException for an empty vector and for what an operating system cannot
    ///     pass on (a NUL character anywhere, `=` in a variable's name)
    public static Command of(Path directory, Map<String, String> environment, List<String> argv) {
        return new Command(
                Checks.argv(argv),
                directory.toAbsolutePath(),
                Checks.environment(environment),
                new byte[0],
                TIMEOUT,
                OUTPUT_BYTES_MAX);
    }

    /// The same command with these bytes on its standard input, which then ends.
    public Command withStdin(byte[] bytes) {
        return new Command(argv, directory, environment, bytes.clone(), timeout, outputBytesMax);
    }

    /// The same command with this text, as UTF-8, on its standard input, which then ends.
    public Command withStdin(String text) {
        return new Command(
                argv,
                directory,
                environment,
                text.getBytes(StandardCharsets.UTF_8),
                timeout,
                outputBytesMax);
    }

    /// The same command, ended after this time, which must be positive.
    public Command withTimeout(Duration wall) {
        return new Command(
                argv,
                directory,
                environment,
                stdin,
                Checks.positive("timeout", wall),
                outputBytesMax);
    }

    /// The same command, ended when it has written more than this.
    public Command withOutputBytesMax(long bytesMax) {
        return new Command(
                argv,
                directory,
                environment,
                stdin,
                timeout,
                Checks.positive("outputBytesMax", bytesMax));
    }

    public List<String> argv() {
        return argv;
    }

    public Path directory() {
        return directory;
    }

    public Map<String, String> environment() {
        return environment;
    }

    public Duration timeout() {
        return timeout;
    }

    public long outputBytesMax() {
        return outputBytesMax;
    }

    byte[] stdin() {
        return stdin;
    }

    @Override
    public String toString() {
        return String.join(" ", argv);
    }
}
