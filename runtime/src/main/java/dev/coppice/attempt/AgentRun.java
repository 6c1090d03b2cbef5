package dev.coppice.attempt;

import dev.coppice.agent.Agent;
import dev.coppice.agent.AgentEnd;
import dev.coppice.agent.AgentEnvironment;
import dev.coppice.agent.AgentLaunch;
import dev.coppice.agent.AgentNote;
import dev.coppice.agent.AgentReading;
import dev.coppice.agent.AgentRequest;
import dev.coppice.folder.JobFolder;
import dev.coppice.folder.JobFolder.AttemptFolder;
import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.process.Child;
import dev.coppice.process.ChildFiles;
import dev.coppice.process.Ended;
import dev.coppice.process.Identity;
import dev.coppice.process.Launch;
import dev.coppice.process.Limits;
import dev.coppice.process.Marker;
import dev.coppice.process.Processes;
import dev.coppice.process.Tail;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.function.Consumer;

/// Runs an agent's program once: prompt in, output to files, followed as they grow, to the end.
///
/// @param variables ours, on top of what the agent may see of the user's environment
record AgentRun(
        Processes processes,
        Running running,
        Agent agent,
        AgentSettings settings,
        Path directory,
        Map<String, String> userEnvironment,
        Map<String, String> variables,
        Marker marker) {

    /// Of what the agent wrote to its standard error so many bytes, the last ones, count.
    private static final int ERRORS_MAX = 16 * 1024;

    private static final FileAttribute<?> OWNER_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final Path NOTHING = Path.of("/dev/null");

    /// @param end as the agent's own output tells it
    /// @param ended as the operating system tells it
    record Ran(AgentEnd end, Ended ended) {}

    /// Runs it.
    ///
    /// @param folder where its prompt, output, errors and exit code go
    /// @param started is told at once who the process is
    Ran run(
            AgentRequest request,
            AttemptFolder folder,
            Limits limits,
            Consumer<Identity> started,
            Consumer<AgentNote> notes)
            throws InterruptedException, IOException {
        AgentLaunch launch = agent.launch(request);
        JobFolder.make(folder.root());
        Files.write(
                folder.command(),
                String.join("\0", launch.argv()).getBytes(StandardCharsets.UTF_8));
        for (Map.Entry<Path, String> file : launch.files().entrySet()) {
            write(file.getKey(), file.getValue());
        }
        Path stdin = standardInput(launch, folder);
        AgentReading reading = agent.reading(request, notes);
        Launch order =
                new Launch(
                        launch.argv(),
                        directory,
                        AgentEnvironment.complete(settings, userEnvironment, launch, variables),
                        ChildFiles.in(folder.root(), stdin),
                        marker,
                        limits);
        try (Child child = running.start(processes, order)) {
            started.accept(child.identity());
            child.followOutput(line -> reading.line(line.buffer(), line.from(), line.length()));
            Ended ended = child.await();
            return new Ran(
                    reading.finish(ended.exit(), Tail.of(folder.errors(), ERRORS_MAX).text()),
                    ended);
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, OWNER_ALONE);
        Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /// What the agent reads stands in its attempt's folder, to be read by people too.
    private static Path standardInput(AgentLaunch launch, AttemptFolder folder) throws IOException {
        return switch (launch.stdin()) {
            case AgentLaunch.Input.Text(String text) ->
                    Files.write(folder.prompt(), text.getBytes(StandardCharsets.UTF_8));
            case AgentLaunch.Input.File(Path file) -> file;
            case AgentLaunch.Input.Nothing() -> NOTHING;
        };
    }
}
