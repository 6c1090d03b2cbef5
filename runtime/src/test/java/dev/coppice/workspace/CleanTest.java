package dev.coppice.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.git.BranchName;
import dev.coppice.git.Leftovers;
import dev.coppice.model.CommitId;
import dev.coppice.model.JobId;
import dev.coppice.process.Child;
import dev.coppice.process.ChildFiles;
import dev.coppice.process.Launch;
import dev.coppice.process.Limits;
import dev.coppice.process.Marker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleanTest {
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

    private Cleaning clean(String... targets) throws InterruptedException {
        return scene.workspaces.clean(order(Optional.empty(), _ -> false, targets));
    }

    private static CleanOrder order(
            Optional<Instant> before, Predicate<JobId> isUnderWay, String... targets) {
        Set<BranchName> branches =
                Stream.of(targets).map(BranchName::new).collect(Collectors.toSet());
        return new CleanOrder(branches, Scene.TEMPLATE, before, isUnderWay);
    }

    private Workspace worked(int number) throws InterruptedException {
        Workspace workspace = scene.workspaces.acquire(scene.request(number, 1));
        Scene.write(workspace.path().resolve("work.txt"), "work of " + number + "\n");
        return workspace;
    }

    @Test
    void aWorkspaceWhoseWorkIsInATargetGoesAndSoDoesItsBranch() throws Exception {
        Workspace workspace = worked(1);
        scene.commit(workspace);
        scene.repository.git("merge", "-q", "--no-ff", workspace.branch().value());

        Cleaning cleaning = clean("trunk");

        assertThat(cleaning.workspaces()).containsExactly(workspace.path());
        assertThat(cleaning.branches()).containsExactly(workspace.branch().value());
        assertThat(cleaning.kept()).isEmpty();
        assertThat(workspace.path()).doesNotExist();
        assertThat(workspace.path().resolveSibling("worktree.json")).doesNotExist();
    }

    @Test
    void aWorkspaceThatWasRescuedGoesAndItsBranchStays() throws Exception {
        Workspace workspace = worked(1);
        scene.agentGit(workspace, "add", "work.txt");
        scene.agentGit(workspace, "commit", "-qm", "By the agent");
        scene.workspaces.rescue(workspace);

        Cleaning cleaning = clean("trunk");

        assertThat(cleaning.workspaces()).containsExactly(workspace.path());
        assertThat(cleaning.branches()).isEmpty();
        assertThat(cleaning.kept())
                .containsExactly(
                        new Cleaning.Kept(
                                workspace.branch().value(),
                                "it has commits that are in no target"));
    }

    @Test
    void aWorkspaceWithWorkThatIsNowhereElseIsKeptAndRescued() throws Exception {
        Workspace workspace = worked(1);

        Cleaning cleaning = clean("trunk");

        assertThat(cleaning.workspaces()).isEmpty();
        assertThat(workspace.path().resolve("work.txt")).exists();
        assertThat(cleaning.kept().getFirst().what()).isEqualTo(workspace.path().toString());
        assertThat(cleaning.kept().getFirst().why()).contains("not rescued; it is now");
        assertThat(clean("trunk").workspaces()).containsExactly(workspace.path());
    }

    @Test
    void aWorkspaceInWhichAProcessWorksIsKept() throws Exception {
        Workspace workspace = worked(1);
        scene.workspaces.rescue(workspace);
        Path output = folder.resolve("output.log");
        try (Child process =
                scene.processes.start(
                        new Launch(
                                List.of("sleep", "600"),
                                workspace.path(),
                                scene.variables(),
                                new ChildFiles(
                                        Path.of("/dev/null"), output, output, Optional.empty()),
                                new Marker("COPPICE_TEST_RUN", "clean"),
                                Limits.of(Duration.ofMinutes(10))))) {
            Cleaning cleaning = clean("trunk");

            assertThat(cleaning.workspaces()).isEmpty();
            assertThat(cleaning.kept().getFirst().why())
                    .isEqualTo("process " + process.identity().pid() + " works in it");
        }
    }

    @Test
    void nothingOfAJobThatIsUnderWayIsTouched() throws Exception {
        Workspace workspace = scene.workspaces.acquire(scene.request(1, 1));

        Cleaning cleaning =
                scene.workspaces.clean(order(Optional.empty(), Scene.JOB::equals, "trunk"));

        assertThat(cleaning.workspaces()).isEmpty();
        assertThat(cleaning.branches()).isEmpty();
        assertThat(workspace.path()).exists();
    }

    @Test
    void aWorktreeOfWhichNothingIsKnownIsKept() throws Exception {
        Path unknown = scene.root.resolve("mine");
        scene.repository.git("worktree", "add", "-q", "--detach", unknown.toString());

        Cleaning cleaning = clean("trunk");

        assertThat(cleaning.kept())
                .containsExactly(new Cleaning.Kept(unknown.toString(), "nothing is known of it"));
    }

    @Test
    void worktreesThatWaitGoOnlyWhenTheirProcessIsGone() throws Exception {
        Path left = scene.root.resolve(".spare/dead/0");
        scene.repository.git("worktree", "add", "-q", "--detach", left.toString());
        Scene.write(scene.root.resolve(".spare/dead.lock"), "");
        Workspace first = scene.workspaces.acquire(scene.request(1, 1));
        try (Workspaces other = scene.open()) {
            other.release(first);
            Workspace second = other.acquire(scene.request(2, 1));
            other.release(second);
            other.giveUp(second.path()); // nothing to give up, but waited for: both wait for a task

            assertThat(clean("trunk").workspaces()).contains(left).allMatch(left::equals);
        }
    }

    @Test
    void filesThatAnAgentHidFromGitKeepAWorkspace() throws Exception {
        Workspace workspace = worked(1);
        scene.commit(workspace);
        scene.repository.git("merge", "-q", "--no-ff", workspace.branch().value());
        scene.agentGit(workspace, "update-index", "--assume-unchanged", "README.md");
        Scene.write(workspace.path().resolve("README.md"), "hidden\n");

        assertThat(clean("trunk").workspaces()).isEmpty();
        assertThat(scene.repository.read("refs/coppice/rescue/0123456789ab/1-1", "README.md"))
                .isEqualTo("hidden\n");
    }

    @Test
    void theUsersWorktreesAndBranchesAreNotEvenLookedAt() throws Exception {
        Path users = folder.resolve("users own");
        scene.repository.git("worktree", "add", "-q", "-b", "mine", users.toString());

        Cleaning cleaning = clean("trunk");

        assertThat(cleaning.workspaces()).isEmpty();
        assertThat(cleaning.branches()).isEmpty();
        assertThat(cleaning.kept()).isEmpty();
        assertThat(users).exists();
    }

    @Test
    void aWorkspaceThatBecameALinkIsNotFollowed() throws Exception {
        Workspace workspace = worked(1);
        scene.commit(workspace);
        scene.repository.git("merge", "-q", "--no-ff", workspace.branch().value());
        Path precious = Scene.write(folder.resolve("precious/file.txt"), "x");
        Leftovers.delete(workspace.path());
        Files.createSymbolicLink(workspace.path(), precious.getParent());

        clean("trunk");

        assertThat(precious).exists();
    }

    @Test
    void oldRescuedWorkGoesOnlyWhenAskedFor() throws Exception {
        scene.workspaces.rescue(worked(1));

        clean("trunk");
        assertThat(scene.workspaces.rescued()).hasSize(1);
        cleanRescuedBefore(Scene.NOW);
        assertThat(scene.workspaces.rescued()).hasSize(1);
        cleanRescuedBefore(Scene.NOW.plusSeconds(1));

        assertThat(scene.workspaces.rescued()).isEmpty();
    }

    private void cleanRescuedBefore(Instant when) throws InterruptedException {
        scene.workspaces.clean(order(Optional.of(when), _ -> false));
    }

    @Test
    void theResultsBranchGoesOnceATargetHasIt() throws Exception {
        scene.repository.git("branch", "coppice/0123456789ab/result");
        scene.repository.git("branch", "coppice/notes");

        assertThat(clean("trunk").branches()).containsExactly("coppice/0123456789ab/result");
        assertThat(scene.repository.git("branch", "--list", "coppice/notes")).isNotEmpty();
    }

    @Test
    void workInTheResultFreesItsWorkspaceAndNoBranch() throws Exception {
        Workspace workspace = worked(1);
        String commit = scene.commit(workspace);
        scene.repository.git("branch", "coppice/0123456789ab/result", commit);

        Cleaning cleaning = clean("trunk");

        assertThat(cleaning.workspaces()).containsExactly(workspace.path());
        assertThat(cleaning.branches()).isEmpty();
        assertThat(cleaning.kept())
                .containsExactly(
                        new Cleaning.Kept(
                                workspace.branch().value(), "it has commits that are in no target"),
                        new Cleaning.Kept(
                                "coppice/0123456789ab/result",
                                "it has commits that are in no target"));
    }

    @Test
    void aResultThatIsTheTargetOfAnotherJobKeepsItself() throws Exception {
        String commit = scene.commit(worked(1));
        scene.repository.git("branch", "coppice/0123456789ab/result", commit);

        assertThat(clean("coppice/0123456789ab/result").branches()).isEmpty();
    }

    @Test
    void commitsKeptForAJobGoOnceATargetHasItsResult() throws Exception {
        String commit = scene.commit(worked(1));
        Keepsakes.keep(scene.git, Scene.JOB, new CommitId(commit));
        scene.repository.git("branch", "coppice/0123456789ab/result", commit);

        clean("trunk");
        assertThat(keepsakes()).isNotEmpty();
        scene.repository.git("merge", "-q", "--no-ff", commit);
        scene.workspaces.clean(order(Optional.empty(), Scene.JOB::equals, "trunk"));
        assertThat(keepsakes()).isNotEmpty();
        clean("trunk");

        assertThat(keepsakes()).isEmpty();
    }

    @Test
    void commitsKeptForAJobWithoutAResultGoWithWhatIsOld() throws Exception {
        Keepsakes.keep(scene.git, Scene.JOB, new CommitId(scene.commit(worked(1))));

        cleanRescuedBefore(Scene.NOW);
        assertThat(keepsakes()).isNotEmpty();
        cleanRescuedBefore(Scene.NOW.plusSeconds(1));

        assertThat(keepsakes()).isEmpty();
    }

    private String keepsakes() {
        return scene.repository.git("for-each-ref", "refs/coppice/attempts/");
    }

    @Test
    void branchesWhoseNamesNoCommandTakesAreLeftAlone() throws Exception {
        String head = scene.head().value();
        scene.repository.git("update-ref", "refs/heads/HEAD", head);
        scene.repository.git("update-ref", "refs/heads/-x", head);
        Workspace workspace = worked(1);
        scene.commit(workspace);

        assertThat(clean("trunk").kept()).hasSize(2);
        assertThat(scene.repository.git("for-each-ref", "refs/heads/HEAD", "refs/heads/-x"))
                .isNotEmpty();
    }

    @Test
    void aWorkspaceOfWhichDamagedThingsAreSaidStopsNobody() throws Exception {
        for (String damaged : List.of("", "{", "null", "{}", "{\"job\":\"../x\"}")) {
            Workspace workspace = worked(1);
            Scene.write(workspace.path().resolveSibling("worktree.json"), damaged);

            assertThat(clean("trunk").kept())
                    .contains(
                            new Cleaning.Kept(
                                    workspace.path().toString(), "nothing is known of it"));
            Workspace again = scene.workspaces.acquire(scene.request(1, 2));

            assertThat(again.path().resolve("work.txt")).doesNotExist();
            assertThat(scene.repository.read("refs/coppice/rescue/0123456789ab/1-1", "work.txt"))
                    .isEqualTo("work of 1\n");
        }
    }
}
