package dev.coppice.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.git.BranchName;
import dev.coppice.process.Child;
import dev.coppice.process.ChildFiles;
import dev.coppice.process.Exit;
import dev.coppice.process.Launch;
import dev.coppice.process.Limits;
import dev.coppice.process.Marker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RescueTest {
    private static final String REF = "refs/coppice/rescue/0123456789ab/1-1";

    /// What an agent does before its end, one way or another.
    private static final String WORK =
            "echo new > untracked.txt; echo changed > README.md; mkdir deep; echo x > 'deep/ü x.txt';"
                    + " rm src/Main.java; echo ready; ";

    @TempDir Path folder;
    private Scene scene;

    @BeforeEach
    void setTheScene() {
        scene = Scene.in(folder);
    }

    @AfterEach
    void clear() {
        scene.close();
    }

    private Child start(Workspace workspace, String script, Duration limit) {
        Path output = workspace.path().resolveSibling("output.log");
        return scene.processes.start(
                new Launch(
                        List.of("/bin/sh", "-c", script),
                        workspace.path(),
                        workspace.variables(),
                        new ChildFiles(Path.of("/dev/null"), output, output, Optional.empty()),
                        new Marker("COPPICE_TEST_RUN", "rescue-" + workspace.attempt()),
                        new Limits(limit, limit, Duration.ZERO, 1 << 20)));
    }

    private void assertAllIsRescued(Workspace workspace) {
        Rescued rescued = scene.workspaces.rescue(workspace).orElseThrow();

        assertThat(rescued.ref().value()).isEqualTo(REF);
        assertThat(scene.repository.read(REF, "untracked.txt")).isEqualTo("new\n");
        assertThat(scene.repository.read(REF, "README.md")).isEqualTo("changed\n");
        assertThat(scene.repository.read(REF, "deep/ü x.txt")).isEqualTo("x\n");
        assertThat(scene.files(REF)).doesNotContain("src/Main.java");
    }

    @Test
    void allThatAFailedAttemptLeftIsRescued() throws Exception {
        Workspace workspace = scene.workspaces.acquire(scene.request(1, 1));
        try (Child agent = start(workspace, WORK + "exit 3", Duration.ofMinutes(10))) {
            agent.await();
        }

        assertAllIsRescued(workspace);
    }

    @Test
    void allThatATimedOutAttemptLeftIsRescued() throws Exception {
        Workspace workspace = scene.workspaces.acquire(scene.request(1, 1));
        Path output = workspace.path().resolveSibling("output.log");
        Duration limit = Duration.ofSeconds(1);
        do { // again with more time where its work was not done in so little
            limit = limit.multipliedBy(3);
            try (Child agent = start(workspace, WORK + "sleep 600", limit)) {
                assertThat(agent.await().exit()).isInstanceOf(Exit.TimedOut.class);
            }
        } while (!Files.readString(output).contains("ready"));

        assertAllIsRescued(workspace);
    }

    @Test
    void allThatAKilledAttemptLeftIsRescued() throws Exception {
        Workspace workspace = scene.workspaces.acquire(scene.request(1, 1));
        try (Child agent = start(workspace, WORK + "sleep 600", Duration.ofMinutes(10))) {
            Path output = workspace.path().resolveSibling("output.log");
            while (Files.size(output) == 0) {
                Thread.onSpinWait();
            }
            agent.kill();
            agent.await();
        }

        assertAllIsRescued(workspace);
    }

    @Test
    void commitsThatAnAgentMadeAreRescuedWithWhatCameAfterThem() throws Exception {
        Workspace workspace = scene.workspaces.acquire(scene.request(1, 1));
        Scene.write(workspace.path().resolve("first.txt"), "1\n");
        scene.agentGit(workspace, "add", "-A");
        scene.agentGit(workspace, "commit", "-qm", "By the agent");
        String commit = scene.agentGit(workspace, "rev-parse", "HEAD");
        scene.agentGit(workspace, "checkout", "-q", "--detach", "HEAD~1");
        Scene.write(workspace.path().resolve("second.txt"), "2\n");

        scene.workspaces.rescue(workspace);

        assertThat(scene.repository.read(REF, "second.txt")).isEqualTo("2\n");
        assertThat(scene.repository.git("merge-base", "--is-ancestor", commit, REF)).isEmpty();
    }

    @Test
    void filesOfARepositoryWithinAreRescuedOneByOne() throws Exception {
        Workspace workspace = scene.workspaces.acquire(scene.request(1, 1));
        scene.agentGit(workspace, "init", "-q", "inner");
        Scene.write(workspace.path().resolve("inner/file.txt"), "inner\n");

        scene.workspaces.rescue(workspace);

        assertThat(scene.repository.read(REF, "inner/file.txt")).isEqualTo("inner\n");
    }

    @Test
    void filesThatAnAgentHidFromGitAreRescued() throws Exception {
        Workspace workspace = scene.workspaces.acquire(scene.request(1, 1));
        scene.agentGit(workspace, "update-index", "--skip-worktree", "README.md");
        scene.agentGit(workspace, "update-index", "--assume-unchanged", "src/Main.java");
        Scene.write(workspace.path().resolve("README.md"), "hidden\n");
        Scene.write(workspace.path().resolve("src/Main.java"), "class Hidden {}\n");

        scene.workspaces.rescue(workspace);

        assertThat(scene.repository.read(REF, "README.md")).isEqualTo("hidden\n");
        assertThat(scene.repository.read(REF, "src/Main.java")).isEqualTo("class Hidden {}\n");
    }

    @Test
    void aWorkspaceThatIsReleasedWithWorkInItLosesNothing() throws Exception {
        Workspace workspace = scene.workspaces.acquire(scene.request(1, 1));
        Scene.write(workspace.path().resolve("late.txt"), "late\n");
        scene.agentGit(workspace, "update-index", "--assume-unchanged", "README.md");
        Scene.write(workspace.path().resolve("README.md"), "hidden\n");

        scene.workspaces.release(workspace);
        scene.workspaces.close();

        assertThat(scene.repository.read(REF, "late.txt")).isEqualTo("late\n");
        assertThat(scene.repository.read(REF, "README.md")).isEqualTo("hidden\n");
    }

    @Test
    void whatIsChangedAfterTheCommitIsKeptOnTopOfIt() throws Exception {
        for (String file : List.of("README.md", "src/Main.java")) {
            Workspace workspace = scene.workspaces.acquire(scene.request(1, 1));
            Scene.write(workspace.path().resolve("src/Main.java"), "class Work {}\n");
            String committed = scene.commit(workspace);
            Scene.write(workspace.path().resolve(file), "late\n");

            scene.workspaces.release(workspace);
            scene.openAgain();

            assertThat(scene.repository.read(REF, file)).isEqualTo("late\n");
            assertThat(scene.repository.git("rev-parse", REF + "^")).isEqualTo(committed);
            assertThat(scene.repository.git("rev-parse", workspace.branch().value()))
                    .isEqualTo(committed);
            scene.repository.git("update-ref", "-d", REF);
        }
    }

    @Test
    void aWorkspaceThatWasLeftOnAnotherBranchLosesNothing() throws Exception {
        Workspace workspace = scene.workspaces.acquire(scene.request(1, 1));
        scene.agentGit(workspace, "checkout", "-q", "--detach");
        Scene.write(workspace.path().resolve("README.md"), "elsewhere\n");
        scene.agentGit(workspace, "commit", "-qam", "Elsewhere");

        scene.workspaces.release(workspace);
        scene.workspaces.close();

        assertThat(scene.repository.read(REF, "README.md")).isEqualTo("elsewhere\n");
    }

    @Test
    void aWorkspaceWithoutWorkLeavesNoRescueRef() throws Exception {
        Workspace workspace = scene.workspaces.acquire(scene.request(1, 1));
        Scene.write(workspace.path().resolve("task_envelope.json"), "{}");
        Scene.write(workspace.path().resolve("build.log"), "ignored");

        assertThat(scene.workspaces.rescue(workspace)).isEmpty();
        assertThat(scene.workspaces.rescued()).isEmpty();
    }

    @Test
    void theSameWorkRescuedTwiceIsOneCommit() throws Exception {
        Workspace workspace = scene.workspaces.acquire(scene.request(1, 1));
        Scene.write(workspace.path().resolve("work.txt"), "1\n");

        Rescued first = scene.workspaces.rescue(workspace).orElseThrow();
        Rescued second = scene.workspaces.rescue(workspace).orElseThrow();

        assertThat(second.commit()).isEqualTo(first.commit());
    }

    @Test
    void rescuedWorkComesBackAsABranchOrInAFolder() throws Exception {
        Workspace workspace = scene.workspaces.acquire(scene.request(1, 1));
        Scene.write(workspace.path().resolve("work.txt"), "work\n");
        scene.workspaces.rescue(workspace);

        Rescued rescued = scene.workspaces.rescued().getFirst();
        scene.workspaces.restore(rescued, new BranchName("found-again"));
        scene.workspaces.restore(rescued, folder.resolve("found again"));

        assertThat(rescued.job()).isEqualTo(Scene.JOB);
        assertThat(rescued.number()).isEqualTo(1);
        assertThat(rescued.attempt()).isEqualTo(1);
        assertThat(rescued.when()).isEqualTo(Scene.NOW);
        assertThat(scene.repository.read("found-again", "work.txt")).isEqualTo("work\n");
        assertThat(folder.resolve("found again/work.txt")).hasContent("work\n");
        assertThatThrownBy(() -> scene.workspaces.restore(rescued, new BranchName("found-again")))
                .isInstanceOf(WorkspaceException.class);
    }
}
