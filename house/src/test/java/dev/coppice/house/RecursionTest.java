package dev.coppice.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.agent.ScriptedProgram;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Under `coppice run`, without a server, an agent starts a job at the door of the process that runs it.
class RecursionTest {
    private static final long HANGS_NANOS = TimeUnit.MINUTES.toNanos(3);

    /// A task's prompt holds the script that its agent follows: first it starts a job of three tasks and
    /// ends, then it takes in what they brought.
    private static final String PLAN =
            """
            goal: Plant a garden
            tasks:
              - id: plant
                description: |
                  Plant what is too much for one.
                  ```script
                  expect start a job of your own
                  write beds.txt
                  | three beds
                  run sh delegate.sh
                  ```
                  ```script when The jobs that you started have ended
                  expect rose: completed
                  expect lily: completed
                  expect aster: completed
                  run cat rose.txt lily.txt aster.txt >> beds.txt
                  ```
              - id: path
                description: |
                  Lay a path.
                  ```script
                  write path.txt
                  | gravel
                  ```
            """;

    private static final String DELEGATE =
            """
            curl -sS --fail-with-body -X POST "$COPPICE_API_URL/api/v1/orchestrate" \\
              -H "X-API-Key: $COPPICE_API_KEY" -H 'Content-Type: application/json' -d @order.json -o answer.json
            """;

    @TempDir Path folder;
    private ScratchRepository repository;
    private Program coppice;
    private Path plan;

    @BeforeEach
    void makeRepository() throws IOException {
        repository = ScratchRepository.ofFiles(folder.resolve("project"), 20);
        String command =
                ScriptedProgram.command().stream()
                        .map(JsonMapper.shared()::writeValueAsString)
                        .collect(Collectors.joining(", "));
        repository.write(
                "coppice.yaml",
                """
                agents:
                  default: scripted
                  lead: scripted
                  scripted: { kind: scripted, command: [%s] }
                  script: { command: [bash], stdin: description }
                workers: { max_workers: 2, stop_grace: 0.2 }
                recursion: { max_depth: 1 }
                """
                        .formatted(command));
        repository.write("delegate.sh", DELEGATE);
        repository.write(
                "order.json",
                """
                {"request": "Plant three beds", "plan": {"tasks": [
                  {"id": "rose", "agent": "script", "description": "%1$s; cat beds.txt && echo rose > rose.txt"},
                  {"id": "lily", "agent": "script", "description": "%1$s; echo lily > lily.txt"},
                  {"id": "aster", "agent": "script", "description": "%1$s; echo aster > aster.txt"}]}}
                """
                        .formatted("while [ -e '" + gate() + "' ]; do sleep 0.1; done"));
        repository.commit("Configure");
        plan = Files.writeString(folder.resolve("plan.yaml"), PLAN);
        Map<String, String> environment = new HashMap<>(repository.environment());
        environment.put("PATH", System.getenv("PATH"));
        environment.put("HOME", folder.resolve("home").toString());
        environment.put("LC_ALL", "C.UTF-8");
        coppice = new Program(repository.path(), environment);
    }

    /// While this file is there, the child job's tasks wait.
    private Path gate() {
        return folder.resolve("gate");
    }

    @Test
    void aWorkerStartsAJobAndGoesOnWithWhatItBrought() throws Exception {
        Program.Finished run = coppice.run("run", "--plan", plan.toString(), "--json");

        assertThat(run.exitCode()).as(run.errors() + run.output()).isZero();
        assertIsPlanted(JsonMapper.shared().readTree(run.output()));
    }

    @Test
    void aJobWhoseProcessIsKilledWhileItWaitsForItsChildEnds() throws Exception {
        // given
        Files.createFile(gate());
        Program.Started run = coppice.start("run", "--plan", plan.toString());
        String job = await(run);

        // when
        run.process().destroyForcibly().waitFor();
        Files.delete(gate());
        Program.Finished resumed = coppice.run("resume", job, "--json");

        // then
        assertThat(resumed.exitCode()).as(resumed.errors() + resumed.output()).isZero();
        assertIsPlanted(JsonMapper.shared().readTree(resumed.output()));
        Program.Finished verified = coppice.run("verify", job);
        assertThat(verified.exitCode()).as(verified.output()).isZero();
    }

    private void assertIsPlanted(JsonNode results) {
        String branch = results.path("branch").stringValue();
        assertThat(repository.read(branch, "beds.txt"))
                .isEqualTo("three beds\nrose\nlily\naster\n");
        assertThat(repository.read(branch, "path.txt")).isEqualTo("gravel\n");
    }

    /// The root job, once its child runs.
    private String await(Program.Started run) throws InterruptedException {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < HANGS_NANOS && run.process().isAlive()) {
            JsonNode jobs =
                    JsonMapper.shared()
                            .readTree(coppice.run("status", "--json").output())
                            .path("jobs");
            if (jobs.size() == 2 && jobs.get(0).path("status").stringValue().equals("running")) {
                return jobs.get(1).path("job_id").stringValue();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        throw new AssertionError(run.outputText() + run.errorText());
    }
}
