package dev.coppice.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The orchestrator is killed without a chance to tidy up, and the job is taken up again.
class KillTest {
    private static final int TASKS = 12;

    /// So many tasks end before the orchestrator is killed, at most; the others wait for that.
    private static final int FREE = 4;

    @TempDir Path folder;

    @Test
    void aJobWhoseOrchestratorWasKilledEndsWithEveryTaskOnce() throws Exception {
        // given a job of 12 tasks, some of which have ended, some run and some wait
        ScratchRepository repository = ScratchRepository.ofFiles(folder.resolve("project"), 50);
        repository.write(
                "coppice.yaml",
                """
                agents:
                  default: script
                  lead: script
                  script: { command: [bash], stdin: description }
                workers: { max_workers: 4, stop_grace: 0.2 }
                """);
        repository.commit("Configure");
        Path ran = Files.createDirectories(folder.resolve("ran"));
        Path gate = Files.createFile(folder.resolve("gate"));
        String tasks =
                IntStream.rangeClosed(1, TASKS)
                        .mapToObj(n ->
                                "  - description: echo begun >> '%s/%d'; %s; echo %d > made-%d.txt\n"
                                        .formatted(
                                                ran,
                                                n,
                                                n <= FREE ? "sleep 1" : waiting(gate),
                                                n,
                                                n))
                        .collect(Collectors.joining());
        Path plan =
                Files.writeString(
                        folder.resolve("plan.yaml"), "goal: Make files\ntasks:\n" + tasks);
        Map<String, String> environment = new HashMap<>(repository.environment());
        environment.put("PATH", System.getenv("PATH"));
        environment.put("HOME", folder.resolve("home").toString());
        environment.put("LC_ALL", "C.UTF-8");
        Program coppice = new Program(repository.path(), environment);
        Program.Started run = coppice.start("run", "--plan", plan.toString());
        await(() -> files(ran).size() >= 6, run);

        // when
        run.process().destroyForcibly().waitFor();
        Files.delete(gate);
        String job = newestJob(coppice);
        Program.Finished resumed = coppice.run("resume", job, "--json");

        // then
        assertThat(resumed.exitCode()).as(resumed.errors() + resumed.output()).isZero();
        JsonNode results = JsonMapper.shared().readTree(resumed.output());
        assertThat(results.path("results").path("tasks").size()).isEqualTo(TASKS);
        String branch = results.path("branch").stringValue();
        for (int n = 1; n <= TASKS; n++) {
            assertThat(repository.read(branch, "made-" + n + ".txt")).isEqualTo(n + "\n");
            assertThat(commitsOfTask(repository, branch, n)).isEqualTo(1);
        }
        assertThat(processesOf(job)).isEmpty();
        assertThat(coppice.run("verify", job).exitCode()).isZero();
    }

    private static String waiting(Path gate) {
        return "while [ -e '" + gate + "' ]; do sleep 0.1; done";
    }

    private static long commitsOfTask(ScratchRepository repository, String branch, int worker) {
        return repository
                .git("log", "--format=%(trailers:key=Coppice-Worker,valueonly)", branch)
                .lines()
                .filter(("worker_" + worker)::equals)
                .count();
    }

    private static String newestJob(Program coppice) throws InterruptedException {
        JsonNode status = JsonMapper.shared().readTree(coppice.run("status", "--json").output());
        return status.path("jobs").path(0).path("job_id").stringValue();
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The processes that carry the mark of one of the job's attempts.
    private static List<Long> processesOf(String job) {
        return ProcessHandle.allProcesses()
                .map(ProcessHandle::pid)
                .filter(pid -> environmentOf(pid).contains("COPPICE_JOB=" + job))
                .toList();
    }

    private static String environmentOf(long pid) {
        try {
            return Files.readString(
                    Path.of("/proc/" + pid + "/environ"), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }

    private static void await(BooleanSupplier condition, Program.Started run) {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end || !run.process().isAlive()) {
                throw new AssertionError(run.outputText() + run.errorText());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
