package dev.coppice.library.orchestrator;

import dev.coppice.agent.ScriptedProgram;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Opening;
import dev.coppice.runtime.Surroundings;
import dev.coppice.testkit.ScratchRepository;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/// A repository whose agent and lead do what the scripts in their prompts say, and what orchestrators there call back.
final class Scene {
    private static final String FENCE = "```";

    private final Path scratch;
    private final ScratchRepository repository;
    private final List<Task> completed = new CopyOnWriteArrayList<>();
    private final List<Task> failed = new CopyOnWriteArrayList<>();
    private final List<Discovery> found = new CopyOnWriteArrayList<>();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    Scene(Path scratch) {
        this(scratch, "");
    }

    /// @param more lines of the configuration
    Scene(Path scratch, String more) {
        this.scratch = scratch;
        this.repository = ScratchRepository.in(scratch.resolve("a project"));
        String command =
                ScriptedProgram.command().stream()
                        .map(word -> "'" + word + "'")
                        .collect(Collectors.joining(", "));
        repository.write(
                "coppice.yaml",
                """
                agents:
                  default: scripted
                  lead: leader
                  leader: { kind: scripted, command: [%s], args: ["--scripts", '%s'] }
                  scripted: { kind: scripted, command: [%s] }
                  lines: { command: [bash], stdin: description }
                """
                                .formatted(command, scripts(), command)
                        + more);
        repository.commit("Configure");
        leads("");
    }

    private Path scripts() {
        return scratch.resolve("scripts.md");
    }

    /// What the lead does when it is asked for a plan, and each time that it is asked again.
    void leads(String steps) {
        try {
            Files.writeString(
                    scripts(),
                    steps.isEmpty() ? "" : FENCE + "script for @plan\n" + steps + FENCE + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ScratchRepository repository() {
        return repository;
    }

    Surroundings surroundings() {
        return new Surroundings(
                repository.path(),
                scratch,
                repository.environment(),
                Optional.empty(),
                InstantSource.system());
    }

    Orchestrator.Builder builder() {
        return Orchestrator.builder()
                .surroundings(surroundings())
                .onTaskComplete(completed::add)
                .onTaskFailed(failed::add)
                .onDiscovery(found::add)
                .output(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    /// One that has a goal.
    Orchestrator begun() throws InterruptedException {
        Orchestrator orchestrator = builder().build();
        orchestrator.initialize("Build user authentication system");
        return orchestrator;
    }

    List<Task> completed() {
        return completed;
    }

    List<Task> failed() {
        return failed;
    }

    List<Discovery> found() {
        return found;
    }

    String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    /// Coppice as the command line opens it here.
    Coppice coppice() {
        return switch (Coppice.open(
                surroundings(), Optional.empty(), new LinkedHashMap<>(Map.of()))) {
            case Opening.Opened(Coppice coppice) -> coppice;
            case Opening.Refused refused -> throw new AssertionError(refused);
        };
    }

    /// A description that has a script.
    static String script(String description, String steps) {
        return description + "\n" + FENCE + "script\n" + steps + FENCE + "\n";
    }
}
