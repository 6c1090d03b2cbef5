package dev.coppice.library.orchestrator;

import static dev.coppice.library.orchestrator.Scene.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.model.JobId;
import dev.coppice.report.JobView;
import dev.coppice.runtime.Audit;
import dev.coppice.runtime.Coppice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// What goes on from a state file.
@Timeout(300)
class LoadedStateTest {
    private static final String MODEL = script("Model", "write model.txt\n| model\n");
    private static final String TESTS = script("Tests", "run cp model.txt tests.txt\n");

    @TempDir(cleanup = CleanupMode.NEVER)
    Path scratch;

    private Scene scene;
    private Path file;

    @BeforeEach
    void aRepository() {
        scene = new Scene(scratch, "workers: { max_retries: 0 }\n");
        file = scratch.resolve("state.json");
    }

    @Test
    void c5_whoDependsOnADoneTaskStartsFromItsWorkAndTheResultHasIt() throws Exception {
        savedWithModelDone();
        try (Orchestrator orchestrator = scene.builder().build()) {
            orchestrator.loadState(file.toString());

            OrchestrationResult result = orchestrator.runWithPredefinedTasks();

            assertThat(result.tasksCompleted()).isEqualTo(2);
            assertThat(filesOfTheResult(orchestrator)).contains("model.txt", "tests.txt");
            assertSound(orchestrator);
            orchestrator.saveState(file.toString());
        }
        try (Orchestrator orchestrator = scene.builder().build()) {
            orchestrator.loadState(file.toString());

            assertThat(orchestrator.runWithPredefinedTasks().tasksCompleted()).isEqualTo(2);
            assertThat(filesOfTheResult(orchestrator)).contains("model.txt", "tests.txt");
        }
    }

    @Test
    void workThatWasMergedMeanwhileIsThereOnce() throws Exception {
        String job = savedWithModelDone();
        scene.repository().git("merge", "-q", "--no-edit", "coppice/" + job + "/result");
        scene.repository()
                .git("for-each-ref", "--format=%(refname)", "refs/heads/coppice")
                .lines()
                .forEach(ref -> scene.repository().git("update-ref", "-d", ref));
        try (Orchestrator orchestrator = scene.builder().build()) {
            orchestrator.loadState(file.toString());

            assertThat(orchestrator.runWithPredefinedTasks().tasksCompleted()).isEqualTo(2);
            assertThat(filesOfTheResult(orchestrator)).contains("model.txt", "tests.txt");
            assertSound(orchestrator);
        }
    }

    @Test
    void aTaskWhoseWorkIsGoneIsDoneAgain() throws Exception {
        savedWithModelDone();
        Path elsewhere = scratch.resolve("elsewhere");
        Scene other = new Scene(elsewhere);
        try (Orchestrator orchestrator = other.builder().build()) {
            orchestrator.loadState(file.toString());

            assertThat(orchestrator.taskOrThrow("model").status()).isEqualTo(TaskStatus.AVAILABLE);
            assertThat(orchestrator.taskOrThrow("tests").status()).isEqualTo(TaskStatus.PENDING);
            assertThat(view(other, orchestrator).notes())
                    .anySatisfy(note ->
                            assertThat(note.text())
                                    .contains("Task model was done", "it is done again"));
            assertThat(orchestrator.runWithPredefinedTasks().tasksCompleted()).isEqualTo(2);
        }
    }

    @Test
    void aPythonStateMayHaveAnyContextFilesAndNoGoal() throws Exception {
        Path project = scene.repository().path();
        Files.writeString(
                file,
                """
                {"goal": "", "working_directory": "/home/ann/project", "tasks": [
                  {"id": "done", "description": "Model", "status": "done",
                   "context": {"files": ["/etc/hosts", "../elsewhere.txt", "a.ts"]}},
                  {"id": "here", "description": "Tests",
                   "context": {"files": ["%s/src/a.ts", "/home/ann/project/src/b.ts", "c.ts"]}}]}
                """
                        .formatted(project.toRealPath()));
        try (Orchestrator orchestrator = scene.builder().build()) {
            orchestrator.loadState(file.toString());

            assertThat(orchestrator.state().goal()).isEmpty();
            assertThat(orchestrator.taskOrThrow("done").context().files())
                    .contains("/etc/hosts", "a.ts");
            assertThat(orchestrator.claimTask("ann"))
                    .hasValueSatisfying(task ->
                            assertThat(task.context().files())
                                    .containsExactly("src/a.ts", "src/b.ts", "c.ts"));
        }
    }

    @Test
    void anOpenTaskWithAContextFileElsewhereIsRefused() throws Exception {
        Files.writeString(
                file,
                """
                {"goal": "Build", "tasks": [
                  {"id": "open", "description": "Model", "context": {"files": ["/etc/hosts"]}}]}
                """);
        try (Orchestrator orchestrator = scene.begun()) {
            assertThatThrownBy(() -> orchestrator.loadState(file.toString()))
                    .isInstanceOf(InvalidTaskException.class)
                    .hasMessageContaining("/etc/hosts");
            assertThat(orchestrator.state().goal()).startsWith("Build user");
        }
    }

    @Test
    void aDoneTaskWaitsForOneThatIsNotDone() throws Exception {
        Files.writeString(
                file,
                """
                {"goal": "Build", "tasks": [
                  {"id": "open", "description": "Model"},
                  {"id": "waits", "description": "Tests", "status": "done", "dependencies": ["open"]},
                  {"id": "failed", "description": "Pages", "status": "failed"},
                  {"id": "blocked", "description": "Index", "status": "done", "dependencies": ["failed"]}]}
                """);
        try (Orchestrator orchestrator = scene.builder().build()) {
            orchestrator.loadState(file.toString());

            assertThat(orchestrator.state().tasks())
                    .extracting(Task::status)
                    .containsExactly(
                            TaskStatus.AVAILABLE,
                            TaskStatus.PENDING,
                            TaskStatus.FAILED,
                            TaskStatus.BLOCKED);
        }
    }

    /// Saves that the model is done and its tests are not begun.
    ///
    /// @return the job
    private String savedWithModelDone() throws Exception {
        try (Orchestrator orchestrator = scene.begun()) {
            orchestrator.addTask(NewTask.of(MODEL).withId("model"));
            assertThat(orchestrator.runWithPredefinedTasks().tasksCompleted()).isEqualTo(1);
            orchestrator.addTask(NewTask.of(TESTS).withId("tests").withDependencies("model"));
            orchestrator.saveState(file.toString());
            assertThat(file).content().contains("coppice_commits");
            return orchestrator.jobId();
        }
    }

    private List<String> filesOfTheResult(Orchestrator orchestrator) {
        String branch = "coppice/" + orchestrator.jobId() + "/result";
        return scene.repository().git("ls-tree", "-r", "--name-only", branch).lines().toList();
    }

    private void assertSound(Orchestrator orchestrator) {
        try (Coppice coppice = scene.coppice()) {
            JobId job = JobId.parse(orchestrator.jobId()).orElseThrow();
            assertThat(coppice.verify(job)).isInstanceOf(Audit.Verdict.Sound.class);
        }
    }

    private static JobView view(Scene where, Orchestrator orchestrator) {
        try (Coppice coppice = where.coppice()) {
            return coppice.view(JobId.parse(orchestrator.jobId()).orElseThrow()).orElseThrow();
        }
    }
}
