package dev.coppice.cli;

import dev.coppice.agent.ScriptedProgram;
import dev.coppice.lead.PlanReader;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Preparation;
import dev.coppice.runtime.RunOrder;
import dev.coppice.runtime.Surroundings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/// `demo`: the main job on a scratch repository, with a scripted agent that is configured as any other is.
final class DemoCommand implements Action {
    private static final String PLAN = "plan.yaml";
    private static final String SCRIPTS = "scripts.md";

    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec).flag(Options.JSON, "Print one JSON document");
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        Path folder = makeRepository();
        Map<String, String> environment = new HashMap<>(call.world().environment());
        environment.keySet().removeIf(name -> name.startsWith("COPPICE_"));
        Surroundings there =
                new Surroundings(
                        folder,
                        call.world().home(),
                        environment,
                        call.world().launcher(),
                        call.world().clock());
        Invocation here = new Invocation(call.arguments(), there, call.out(), call.isOnTerminal());
        Beginning.make(here, order());
        call.out().say("scratch repository: " + folder);
        try (Coppice coppice = here.open()) {
            Preparation.Ready ready = prepare(coppice);
            // Before the job, so that no signal falls between.
            Follow follow = new Follow(here, coppice);
            return follow.toTheEnd(coppice.submit(ready));
        }
    }

    static RunOrder order() {
        return new RunOrder(
                "", Optional.of(PlanReader.file(PLAN, resource(PLAN))), Optional.empty());
    }

    /// The demonstration's job, on its repository.
    static Preparation.Ready prepare(Coppice coppice) throws InterruptedException {
        return switch (coppice.prepare(order())) {
            case Preparation.Refused refused -> throw CommandFailure.of(refused.refusal());
            case Preparation.Ready ready -> ready;
        };
    }

    /// Makes the scratch repository's files; returns its folder.
    static Path makeRepository() {
        try {
            Path home = Files.createTempDirectory("coppice-demo-").toRealPath();
            Path scripts = Files.writeString(home.resolve(SCRIPTS), resource(SCRIPTS));
            Path repository = Files.createDirectory(home.resolve("garden"));
            Files.writeString(
                    repository.resolve("README.md"), "# Garden\n\nA plan of what to plant.\n");
            Files.writeString(repository.resolve("beds.txt"), "bed one: empty\n");
            Files.writeString(repository.resolve("coppice.yaml"), configuration(scripts));
            return repository;
        } catch (IOException e) {
            throw CommandFailure.of(
                    ExitCode.UNUSABLE, "demo", "A scratch folder can't be made: " + e);
        }
    }

    private static String configuration(Path scripts) {
        String command =
                ScriptedProgram.command().stream()
                        .map(word -> Json.write(word))
                        .collect(Collectors.joining(", "));
        return """
        agents:
          default: scripted
          lead: scripted
          scripted: { kind: scripted, command: [%s], args: ["--scripts", %s] }
        workers: { max_workers: 3, max_retries: 2, retry: { base_delay: 0.2s } }
        integrate: { result: merge, conflicts: agent }
        """
                .formatted(command, Json.write(scripts.toString()));
    }

    private static String resource(String name) {
        try (InputStream in =
                Objects.requireNonNull(DemoCommand.class.getResourceAsStream("demo/" + name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw CommandFailure.of(ExitCode.UNUSABLE, "demo", name + " can't be read: " + e);
        }
    }
}
