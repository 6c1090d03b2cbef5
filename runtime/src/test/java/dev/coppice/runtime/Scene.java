package dev.coppice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.agent.ScriptedProgram;
import dev.coppice.engine.Driver;
import dev.coppice.lead.PlanReader;
import dev.coppice.model.JobId;
import dev.coppice.report.JobView;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// A repository, a configuration, and jobs that are run on it to their end.
final class Scene {
    private static final long HANGS_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Path folder;
    private final ScratchRepository repository;
    private final Map<String, String> variables = new HashMap<>();
    private String path = System.getenv("PATH");

    /// A repository of some files in `folder`, whose default agent is the shell: each task's description is
    /// the line that it runs. The lead is a scripted agent.
    ///
    /// @param configuration further sections, or further keys, of its `coppice.yaml`
    Scene(Path folder, int files, String configuration) {
        this.folder = folder;
        this.repository = ScratchRepository.ofFiles(folder.resolve("a repository"), files);
        String scripted =
                ScriptedProgram.command().stream()
                        .map(argument ->
                                '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                        .collect(Collectors.joining(", "));
        repository.write(
                "coppice.yaml",
                """
                agents:
                  default: script
                  lead: scripted
                  script: { command: [bash], stdin: description }
                  scripted: { kind: scripted, command: [%s], args: [--scripts, "%s"] }
                """
                                .formatted(scripted, scripts())
                        + configuration);
        repository.commit("Configure");
    }

    /// A file for scripts that agents follow also where their prompts have none.
    private Path scripts() {
        Path file = folder.resolve("scripts.md");
        try {
            return Files.exists(file) ? file : Files.createFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Gives the scripted agent a script that it follows whatever else it is told.
    void script(String script) throws IOException {
        Files.writeString(scripts(), script);
    }

    /// Gives the user a variable.
    void has(String variable, String value) {
        variables.put(variable, value);
    }

    /// Has programs found in a folder before all others.
    void findFirstIn(Path programs) {
        path = programs + ":" + path;
    }

    ScratchRepository repository() {
        return repository;
    }

    /// Opens Coppice as a new process would, for a user who has a variable `USERS_OWN=mine`.
    Coppice open() {
        return switch (opening()) {
            case Opening.Opened(Coppice coppice) -> coppice;
            case Opening.Refused refused -> throw new AssertionError(refused.toString());
        };
    }

    /// Opens Coppice, which may refuse.
    Opening opening() {
        Map<String, String> environment = new HashMap<>(repository.environment());
        environment.put("PATH", path);
        environment.put("USERS_OWN", "mine");
        environment.putAll(variables);
        environment.put("COPPICE_HOME", folder.resolve("home/.coppice").toString());
        Surroundings surroundings =
                new Surroundings(
                        repository.path(),
                        folder.resolve("home"),
                        environment,
                        Optional.empty(),
                        InstantSource.system());
        return Coppice.open(surroundings, Optional.empty(), new LinkedHashMap<>());
    }

    /// Runs a plan, as YAML, to its end.
    JobView run(String plan) throws InterruptedException {
        return run(order(plan));
    }

    /// Begins a plan, as YAML.
    JobId submit(Coppice coppice, String plan) throws InterruptedException {
        return submit(coppice, order(plan));
    }

    /// What is asked for with a plan, as YAML.
    static RunOrder order(String plan) {
        return new RunOrder("", Optional.of(PlanReader.file("plan.yaml", plan)), Optional.empty());
    }

    private static JobId submit(Coppice coppice, RunOrder order) throws InterruptedException {
        Preparation prepared = coppice.prepare(order);
        if (!(prepared instanceof Preparation.Ready ready)) {
            throw new AssertionError(prepared.toString());
        }
        return coppice.submit(ready);
    }

    /// Looks until there is something to be seen. Its limit only ends what hangs.
    <T> T awaiting(Supplier<Optional<T>> look) {
        long begin = System.nanoTime();
        Optional<T> seen = look.get();
        while (seen.isEmpty()) {
            assertThat(System.nanoTime() - begin).as("it hangs").isLessThan(HANGS_NANOS);
            LockSupport.parkNanos(LOOK_NANOS);
            seen = look.get();
        }
        return seen.get();
    }

    JobView run(RunOrder order) throws InterruptedException {
        try (Coppice coppice = open()) {
            JobId job = submit(coppice, order);
            assertThat(coppice.await(job)).isInstanceOf(Driver.Turn.Over.class);
            return coppice.view(job).orElseThrow();
        }
    }
}
