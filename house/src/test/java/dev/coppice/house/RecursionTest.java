package dev.coppice.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.agent.ScriptedProgram;
import dev.coppice.client.CoppiceClient;
import dev.coppice.client.JobOrder;
import dev.coppice.client.JobStatus;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An agent starts a job at the door of the process that runs it: of `coppice run`, or of the server.
class RecursionTest {
    /// Generous: only to end a hang.
    private static final Duration HANGS = Duration.ofMinutes(5);

    /// A task's prompt holds the script that its agent follows: first it starts a job of three tasks and
    /// ends, then it takes in what they brought.
    private static final String PLANT =
            """
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
            """;

    private static final String LAY =
            """
            Lay a path.
            ```script
            write path.txt
            | gravel
            ```
            """;

    private static final String DELEGATE =
            """
            printf 'X-API-Key: %s\\n' "$COPPICE_API_KEY" |
              curl -sS --fail-with-body -H @- -X POST "$COPPICE_API_URL/api/v1/orchestrate" \\
              -H 'Content-Type: application/json' -d @order.json -o answer.json
            """;

    private static final Pattern SERVING = Pattern.compile("^serving at (\\S+)", Pattern.MULTILINE);

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
                  {"id": "rose", "agent": "script", "description": "echo rose >> '%2$s'; cat beds.txt && echo rose > rose.txt"},
                  {"id": "lily", "agent": "script", "description": "%1$s; echo lily > lily.txt"},
                  {"id": "aster", "agent": "script", "description": "%1$s; echo aster > aster.txt"}]}}
                """
                        .formatted(
                                "while [ -e '" + gate() + "' ]; do sleep 0.1; done",
                                folder.resolve("roses")));
        repository.commit("Configure");
        plan =
                Files.writeString(
                        folder.resolve("plan.json"),
                        JsonMapper.shared().writeValueAsString(garden()));
        Map<String, String> environment = new HashMap<>(repository.environment());
        environment.put("PATH", System.getenv("PATH"));
        environment.put("HOME", folder.resolve("home").toString());
        environment.put("LC_ALL", "C.UTF-8");
        coppice = new Program(repository.path(), environment);
    }

    /// While this file is there, two of the child job's tasks wait.
    private Path gate() {
        return folder.resolve("gate");
    }

    @Test
    void aWorkerStartsAJobAndGoesOnWithWhatItBrought() throws Exception {
        Program.Finished run = coppice.run("run", "--plan", plan.toString(), "--json");

        assertThat(run.exitCode()).as(run.errors() + run.output()).isZero();
        JsonNode results = JsonMapper.shared().readTree(run.output());
        assertIsPlanted(results);
        String job = results.path("job_id").stringValue();
        String child = results.at("/results/tasks/0/child_job_id").stringValue();
        assertThat(coppice.run("status").output().lines())
                .satisfiesExactly(
                        root -> assertThat(root).startsWith(job).contains("Plant a garden"),
                        below ->
                                assertThat(below)
                                        .startsWith("└ " + child)
                                        .contains("3/3  plant: Plant three beds"));
        assertThat(coppice.run("status", job).output())
                .containsSubsequence("└ job " + child, "1_1    rose", "1_3    aster");
        assertThat(coppice.run("status", child).output())
                .contains("level 1, started by plant of job " + job);
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
        assertThat(coppice.run("verify", job).exitCode()).isZero();
    }

    @Test
    void theNextServerEndsAJobWhoseServerWasKilledWhileItWaitedForItsChild() throws Exception {
        // given
        Files.createFile(gate());
        Program.Started server = coppice.start("serve", "--port", "0");
        String job;
        try (CoppiceClient client = client(server)) {
            job = client.orchestrate(JobOrder.of("Plant a garden").plan(garden())).jobId();
            assertThat(await(server)).isEqualTo(job);
        }

        // when
        server.process().destroyForcibly().waitFor();
        Files.delete(gate());
        Program.Started next = coppice.start("serve", "--port", "0");

        // then
        try (CoppiceClient client = client(next)) {
            JobStatus status = client.await(job, HANGS, _ -> {});
            assertThat(status.status()).isEqualTo("completed");
            assertThat(client.server().jobs()).isEqualTo(2);
        } finally {
            next.process().destroy();
        }
        assertThat(next.process().waitFor()).isZero();
        JsonNode results = status(job);
        assertIsPlanted(results);
        assertThat(workersOfCommits(results.path("branch").stringValue()))
                .containsOnlyOnce("worker_2", "worker_1_1", "worker_1_2", "worker_1_3");
        for (JsonNode each : status().path("jobs")) {
            Program.Finished verified = coppice.run("verify", each.path("job_id").stringValue());
            assertThat(verified.exitCode()).as(verified.output()).isZero();
        }
    }

    private static Map<String, ?> garden() {
        return Map.of(
                "goal",
                "Plant a garden",
                "tasks",
                List.of(
                        Map.of("id", "plant", "description", PLANT),
                        Map.of("id", "path", "description", LAY)));
    }

    private List<String> workersOfCommits(String branch) {
        return repository
                .git("log", "--format=%(trailers:key=Coppice-Worker,valueonly)", branch)
                .lines()
                .toList();
    }

    /// A client with the key that the server made for its user.
    private CoppiceClient client(Program.Started server) throws Exception {
        String address = "";
        for (long begin = System.nanoTime(); address.isEmpty(); ) {
            Matcher serving = SERVING.matcher(server.outputText());
            address = serving.find() ? serving.group(1) : "";
            boolean isAlive = server.process().isAlive() && !isOver(begin);
            assertThat(isAlive).as(server.errorText()).isTrue();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        String key = Files.readString(folder.resolve("home/.coppice/server.key")).strip();
        return new CoppiceClient(address, key);
    }

    private void assertIsPlanted(JsonNode results) throws IOException {
        String branch = results.path("branch").stringValue();
        assertThat(repository.read(branch, "beds.txt"))
                .isEqualTo("three beds\nrose\nlily\naster\n");
        assertThat(repository.read(branch, "path.txt")).isEqualTo("gravel\n");
        assertThat(folder.resolve("roses"))
                .as("what was done is not done again")
                .hasContent("rose");
    }

    /// The root job, once its child waits with one of three tasks done and its other task is done.
    private String await(Program.Started driving) throws InterruptedException {
        for (long begin = System.nanoTime(); !isOver(begin) && driving.process().isAlive(); ) {
            JsonNode jobs = status().path("jobs");
            if (jobs.size() == 2 && isOneDone(jobs.get(0)) && isOneDone(jobs.get(1))) {
                return jobs.get(1).path("job_id").stringValue();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        throw new AssertionError(driving.outputText() + driving.errorText());
    }

    private static boolean isOneDone(JsonNode job) {
        return job.path("status").stringValue().equals("running")
                && job.path("completed").intValue() == 1;
    }

    private static boolean isOver(long begin) {
        return System.nanoTime() - begin > HANGS.toNanos();
    }

    private JsonNode status(String... job) throws InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("status", "--json"));
        arguments.addAll(List.of(job));
        return JsonMapper.shared().readTree(coppice.run(arguments.toArray(String[]::new)).output());
    }
}
