package dev.coppice.workspace;

import dev.coppice.model.CommandLine;
import dev.coppice.model.Excerpt;
import dev.coppice.process.CannotStartException;
import dev.coppice.process.Child;
import dev.coppice.process.ChildFiles;
import dev.coppice.process.Command;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Runs the programs that prepare one workspace, in it. Whatever they print is added to its log.
///
/// @param launching starts what may take long, so that others can end it, and says how long it may take
/// @param marker by which its processes are known
/// @param variables the programs' whole environment
record Programs(
        Processes processes,
        Launching launching,
        Marker marker,
        Path workspace,
        Map<String, String> variables,
        Path log) {
    private static final int OUTPUT_END_MAX = 4_000;

    /// Far more than an installation of packages takes; it ends what hangs.
    private static final Duration SETUP_TIMEOUT = Duration.ofMinutes(30);

    private static final Path NO_INPUT = Path.of("/dev/null");

    /// The same without some variables.
    Programs without(String... names) {
        Map<String, String> fewer = new HashMap<>(variables);
        fewer.keySet().removeAll(List.of(names));
        return new Programs(processes, launching, marker, workspace, fewer, log);
    }

    /// What a program says that answers soon.
    ///
    /// @throws WorkspaceException with the end of what it printed, if it fails
    String ask(Duration timeout, List<String> argv) throws InterruptedException {
        try {
            Limits limits = within(timeout);
            Finished finished =
                    processes.run(
                            Command.of(workspace, variables, argv).withTimeout(limits.wall()));
            String printed = finished.stdoutText() + finished.stderr();
            note(SetupLog.line(String.join(" ", argv)) + printed);
            requireTime(String.join(" ", argv), timeout, limits, finished.exit());
            if (!finished.isSuccess()) {
                throw new WorkspaceException(
                        String.join(" ", argv) + ": " + end(finished.exit(), printed));
            }
            return finished.stdoutText();
        } catch (CannotStartException e) {
            throw new WorkspaceException("not started: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new WorkspaceException("the log " + log + " can't be written: " + e, e);
        }
    }

    /// Runs a program to its end, and watches over all that it starts.
    ///
    /// @throws WorkspaceException with the end of what it printed, if it fails
    void run(Duration timeout, List<String> argv) throws InterruptedException {
        String name = String.join(" ", argv);
        Optional<String> failure = failureOf(name, timeout, argv);
        if (failure.isPresent()) {
            throw new WorkspaceException(name + ": " + failure.get());
        }
    }

    /// Runs a command of the user's as [#run] does.
    void setUp(CommandLine command) throws InterruptedException {
        Optional<String> failure = failureOf(command.toString(), SETUP_TIMEOUT, command.argv());
        if (failure.isPresent()) {
            throw new WorkspaceException("setup command " + command + ": " + failure.get());
        }
    }

    /// Runs a program that may fail and tells how it did.
    Optional<String> failureOf(Duration timeout, List<String> argv) throws InterruptedException {
        return failureOf(String.join(" ", argv), timeout, argv);
    }

    private Optional<String> failureOf(String name, Duration timeout, List<String> argv)
            throws InterruptedException {
        try {
            note(SetupLog.line(name));
            long start = Files.size(log);
            ChildFiles files = new ChildFiles(NO_INPUT, log, log, Optional.empty());
            Limits limits = within(timeout);
            Launch launch = new Launch(argv, workspace, variables, files, marker, limits);
            try (Child child = launching.start(launch)) {
                Exit exit = child.await().exit();
                requireTime(name, timeout, limits, exit);
                return exit.isSuccess() ? Optional.empty() : Optional.of(end(exit, since(start)));
            }
        } catch (CannotStartException e) {
            throw new WorkspaceException(name + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new WorkspaceException("the log " + log + " can't be written: " + e, e);
        }
    }

    /// The least of what a program may ever take and of what is left for the workspace.
    private Limits within(Duration timeout) {
        Limits left = launching.limits();
        Duration wall = left.wall().compareTo(timeout) < 0 ? left.wall() : timeout;
        return new Limits(wall, left.idle(), left.stopGrace(), left.outputBytesMax());
    }

    /// A program that ended at a limit of the attempt's is not what failed.
    private static void requireTime(String name, Duration timeout, Limits limits, Exit exit) {
        if (exit instanceof Exit.TimedOut(Exit.Limit limit)
                && (limit == Exit.Limit.IDLE || limits.wall().compareTo(timeout) < 0)) {
            throw new TimeUpException(
                    limit,
                    switch (limit) {
                        case WALL ->
                                "The time of the attempt was up while its workspace was prepared by "
                                        + name
                                        + ".";
                        case IDLE ->
                                "For "
                                        + limits.idle().toSeconds()
                                        + " s nothing was heard of "
                                        + name
                                        + ", which prepares the workspace.";
                    });
        }
    }

    private void note(String text) throws IOException {
        Files.createDirectories(log.getParent());
        Files.write(
                log,
                text.getBytes(StandardCharsets.UTF_8),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
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

    private static String end(Exit exit, String output) {
        String end = Excerpt.end(output.strip(), OUTPUT_END_MAX).text();
        return end.isEmpty() ? exit.toString() : exit + "\n" + end;
    }
}
