package dev.coppice.folder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.TaskId;
import dev.coppice.testkit.JobStory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobFolderTest {
    @TempDir Path temp;

    @Test
    void theNamesAreThoseOfTheContract() {
        JobFolder folder = JobFolder.of(Path.of("/w"), JobStory.JOB);
        JobFolder.TaskFolder task = folder.task(2, new TaskId("api"));

        assertThat(
                        Stream.of(
                                        folder.finalResult(),
                                        folder.results(),
                                        folder.job(),
                                        folder.metadata(),
                                        folder.plan(),
                                        folder.levelReport(0),
                                        task.envelope(),
                                        task.result(),
                                        task.worktree(),
                                        task.attempt(1).prompt(),
                                        task.attempt(1).output(),
                                        task.attempt(2).errors(),
                                        task.attempt(2).exitCode(),
                                        folder.task(0, TaskId.PLAN).root(),
                                        folder.task(0, new TaskId("@resolve-1")).root(),
                                        folder.orchestratorLog(),
                                        folder.workerLog(2, new TaskId("api")),
                                        folder.timeline(),
                                        folder.analytics(),
                                        folder.htmlReport())
                                .map(path -> Path.of("/w/job_" + JobStory.JOB).relativize(path))
                                .map(Path::toString))
                .containsExactly(
                        "FINAL_RESULT.md",
                        "results.json",
                        "job.json",
                        "depth_0/metadata.json",
                        "depth_0/plan.json",
                        "depth_0/LEVEL_0_REPORT.md",
                        "depth_0/worker_2/task_envelope.json",
                        "depth_0/worker_2/task_result.json",
                        "depth_0/worker_2/worktree",
                        "depth_0/worker_2/attempt_1/prompt.md",
                        "depth_0/worker_2/attempt_1/output.log",
                        "depth_0/worker_2/attempt_2/error.log",
                        "depth_0/worker_2/attempt_2/exit_code",
                        "depth_0/plan",
                        "depth_0/resolve_1",
                        "logs/orchestrator.log",
                        "logs/depth_0_worker_2.log",
                        "reports/timeline.json",
                        "reports/analytics.json",
                        "reports/report.html");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret.txt",
                "logs/../../secret.txt",
                "/etc/passwd",
                "link/secret.txt",
                "logs",
                "absent.txt",
                "",
                "a\u0000b",
                "a\nb",
                "\u001b[2J"
            })
    void nothingOutsideOfTheFolderIsFound(String name) throws IOException {
        JobFolder folder = JobFolder.of(temp, JobStory.JOB);
        Files.createDirectories(folder.logs());
        Files.writeString(temp.resolve("secret.txt"), "secret");
        Files.createSymbolicLink(folder.root().resolve("link"), temp);

        assertThat(folder.find(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"FINAL_RESULT.md", "logs/発見 ✅.log", "logs/./a b.log", "logs/../x"})
    void whatIsInTheFolderIsFoundByItsName(String name) throws IOException {
        JobFolder folder = JobFolder.of(temp, JobStory.JOB);
        Files.createDirectories(folder.logs());
        Path file = folder.root().resolve(name).normalize();
        Files.writeString(file, "here");

        assertThat(folder.find(name)).contains(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a..b", "con", "x.y-z_1", "@plan", "@resolve-12"})
    void everyTaskHasAFolderOfItsOwnBelowItsLevel(String id) {
        JobFolder folder = JobFolder.of(temp, JobStory.JOB);

        assertThat(folder.task(1, new TaskId(id)).root().getParent()).isEqualTo(folder.level());
        assertThat(folder.workerLog(1, new TaskId(id)).getParent()).isEqualTo(folder.logs());
    }
}
