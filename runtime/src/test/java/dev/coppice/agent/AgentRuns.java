package dev.coppice.agent;

import dev.coppice.agent.AgentLaunch.Input;
import dev.coppice.agent.AgentRequest.Session;
import dev.coppice.model.AgentName;
import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.model.Settings.Home;
import dev.coppice.model.Settings.Kind;
import dev.coppice.model.Settings.Permission;
import dev.coppice.model.Usage;
import dev.coppice.process.Command;
import dev.coppice.process.Finished;
import dev.coppice.process.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The words in which stories about agents are told: settings, requests, and runs of real processes.
final class AgentRuns {
    static final UUID SESSION = UUID.fromString("0ee1bd55-dd50-4ecb-98b2-9fea0300079a");

    private AgentRuns() {}

    static AgentSettings settings(Kind kind, String... command) {
        return new AgentSettings(
                kind,
                List.of(command),
                List.of(),
                Optional.empty(),
                Permission.EDIT,
                dev.coppice.model.Settings.Input.PROMPT,
                List.of(),
                Home.USER,
                4);
    }

    static Agent agent(Kind kind, String... command) {
        return agent(settings(kind, command));
    }

    static Agent agent(AgentSettings settings) {
        return Agents.of(new AgentName("tested"), settings);
    }

    static Availability probe(Agent agent, Path directory) throws InterruptedException {
        try (Processes processes = Processes.open()) {
            return agent.probe(processes, directory, System.getenv());
        }
    }

    static AgentRequest request(Path directory, String prompt) {
        return new AgentRequest(
                prompt,
                "the description",
                Optional.empty(),
                new Session.Fresh(SESSION),
                Usage.NONE,
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty(),
                directory.resolve("task_envelope.json"),
                directory.resolve("task_result.json"));
    }

    static AgentRequest withTools(AgentRequest request, WorkerTools tools) {
        return new AgentRequest(
                request.prompt(),
                request.description(),
                request.model(),
                request.session(),
                request.usageBefore(),
                request.jsonSchema(),
                request.readOnly(),
                request.budgetUsd(),
                Optional.of(tools),
                request.envelope(),
                request.resultFile());
    }

    static AgentRequest wantingJson(AgentRequest request) {
        return new AgentRequest(
                request.prompt(),
                request.description(),
                request.model(),
                request.session(),
                request.usageBefore(),
                Optional.of("{\"type\":\"object\"}"),
                request.readOnly(),
                request.budgetUsd(),
                request.tools(),
                request.envelope(),
                request.resultFile());
    }

    static AgentRequest resuming(AgentRequest request, String session, Usage before) {
        return new AgentRequest(
                request.prompt(),
                request.description(),
                request.model(),
                new Session.Resumed(session),
                before,
                request.jsonSchema(),
                request.readOnly(),
                request.budgetUsd(),
                request.tools(),
                request.envelope(),
                request.resultFile());
    }

    /// What came of a run.
    record Run(AgentEnd end, List<AgentNote> notes, Finished process) {}

    /// Runs the agent's program in `directory` to its end and reads what it printed.
    static Run run(Agent agent, AgentRequest request, Path directory, Map<String, String> ours) {
        AgentLaunch launch = agent.launch(request);
        Map<String, String> environment =
                AgentEnvironment.complete(
                        settings(Kind.COMMAND, "none"), System.getenv(), launch, ours);
        Command command = Command.of(directory, environment, launch.argv());
        try (Processes processes = Processes.open()) {
            Finished finished = processes.run(withInput(command, launch.stdin()));
            List<AgentNote> notes = new ArrayList<>();
            AgentReading reading = agent.reading(request, notes::add);
            read(finished.stdout(), reading);
            return new Run(reading.finish(finished.exit(), finished.stderr()), notes, finished);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Hands on the lines of what was printed.
    static void read(byte[] printed, AgentReading reading) {
        int start = 0;
        for (int at = 0; at < printed.length; at++) {
            if (printed[at] == '\n') {
                reading.line(printed, start, at - start);
                start = at + 1;
            }
        }
        if (start < printed.length) {
            reading.line(printed, start, printed.length - start);
        }
    }

    private static Command withInput(Command command, Input stdin) {
        return switch (stdin) {
            case Input.Text(String text) -> command.withStdin(text);
            case Input.File(Path file) -> command.withStdin(bytes(file));
            case Input.Nothing() -> command;
        };
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(Path file) {
        return new String(bytes(file), StandardCharsets.UTF_8);
    }
}
