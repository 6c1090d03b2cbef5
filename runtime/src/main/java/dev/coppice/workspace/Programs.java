package dev.coppice.workspace;

import dev.coppice.model.CommandLine;
import dev.coppice.process.CannotStartException;
import dev.coppice.process.Child;
import dev.coppice.process.ChildFiles;
import dev.coppice.process.Command;
import dev.coppice.process.Ended;
import dev.coppice.process.Exit;
import dev.coppice.process.Finished;
import dev.coppice.process.Launch;
import dev.coppice.process.Limits;
import dev.coppice.process.Marker;
import dev.coppice.process.Processes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Runs the programs that prepare one workspace, in it. Whatever they print is added to its log.
final class Programs {
    private static final int OUTPUT_END_MAX = 4_000;

    /// Far more than an installation of packages takes; it ends what hangs.
    private static final Duration SETUP_TIMEOUT = Duration.ofMinutes(30);

    private static final Path NO_INPUT = Path.of("/dev/null");

    private final Processes processes;
    private final Path workspace;
    private final Map<String, String> variables;
    private final Path log;

    /// @param variables the programs' whole environment
    Programs(Processes processes, Path workspace, Map<String, String> variables, Path log) {
        this.processes = processes;
        this.workspace = workspace;
        this.variables = variables;
        this.log = log;
    }

    /// Runs a program and gives its standard output.
    ///
    /// @throws WorkspaceException with the end of what it printed, if it fails
    String run(Duration timeout, List<String> argv) throws InterruptedException {
        Finished finished = finish(timeout, argv);
        if (!finished.isSuccess()) {
            throw new WorkspaceException(String.join(" ", argv) + ": " + end(finished));
        }
        return finished.stdoutText();
    }

    /// Runs a command of the user's, and watches over all that it starts.
    ///
    /// @param marker by which its processes are known
    /// @throws WorkspaceException with the end of what it printed, if it fails
    void setUp(CommandLine command, Marker marker) throws InterruptedException {
        try {
            Files.createDirectories(log.getParent());
            Files.writeString(
                    log,
                    "$ " + command + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            long start = Files.size(log);
            ChildFiles files = new ChildFiles(NO_INPUT, log, log, Optional.empty());
            Launch launch =
                    new Launch(
                            command.argv(),
                            workspace,
                            variables,
                            files,
                            marker,
                            Limits.of(SETUP_TIMEOUT));
            try (Child child = processes.start(launch)) {
                Ended ended = child.await();
                if (!ended.exit().isSuccess()) {
                    throw new WorkspaceException(
                            "setup command " + command + ": " + end(ended.exit(), since(start)));
                }
            }
        } catch (CannotStartException e) {
            throw new WorkspaceException("setup command " + command + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new WorkspaceException("the log " + log + " can't be written: " + e, e);
        }
    }

    /// The end of what the log got since it had this many bytes.
    private String since(long start) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(log)) {
            channel.position(Math.max(start, channel.size() - OUTPUT_END_MAX));
            byte[] bytes = new byte[(int) (channel.size() - channel.position())];
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {}
            return new String(bytes, 0, buffer.position(), StandardCharsets.UTF_8);
        }
    }

    /// Runs a program that may fail and tells how it did.
    Optional<String> failureOf(Duration timeout, List<String> argv) throws InterruptedException {
        Finished finished = finish(timeout, argv);
        return finished.isSuccess() ? Optional.empty() : Optional.of(end(finished));
    }

    private Finished finish(Duration timeout, List<String> argv) throws InterruptedException {
        try {
            Finished finished =
                    processes.run(Command.of(workspace, variables, argv).withTimeout(timeout));
            Files.createDirectories(log.getParent());
            Files.writeString(
                    log,
                    "$ "
                            + String.join(" ", argv)
                            + "\n"
                            + finished.stdoutText()
                            + finished.stderr(),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            return finished;
        } catch (CannotStartException e) {
            throw new WorkspaceException("not started: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new WorkspaceException("the log " + log + " can't be written: " + e, e);
        }
    }

    private static String end(Finished finished) {
        return end(finished.exit(), finished.stdoutText() + finished.stderr());
    }

    private static String end(Exit exit, String output) {
        String all = output.strip();
        String end = all.substring(Math.max(0, all.length() - OUTPUT_END_MAX));
        return end.isEmpty() ? exit.toString() : exit + "\n" + end;
    }
}
