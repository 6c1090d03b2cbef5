package dev.coppice.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.model.CommitId;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LandingTest {
    @TempDir private Path temporary;
    private ScratchRepository scratch;
    private OpenedRepository repository;
    private CommitId start;
    private CommitId result;

    @BeforeEach
    void open() throws IOException {
        scratch = ScratchRepository.in(temporary.toRealPath().resolve("a repo"));
        scratch.write("src/a.txt", "a\n");
        scratch.write("src/b.txt", "b\n");
        scratch.write(".gitignore", "*.log\n");
        scratch.commit("More");
        repository = new OpenedRepository(scratch);
        start = repository.head();
        result =
                repository.branch(
                        "coppice/j/result",
                        start,
                        Map.of("src/a.txt", "result\n", "new/made.log", "result\n"));
    }

    @AfterEach
    void close() {
        repository.close();
    }

    private Landed land(String target) {
        return land(target, result);
    }

    private Landed land(String target, CommitId commit) {
        return repository
                .git()
                .landing()
                .merge(
                        new LandingOrder(
                                new BranchName(target),
                                commit,
                                new BranchName("coppice/j/result"),
                                OpenedRepository.AUTHORSHIP,
                                CommitMessage.of("Merge the job's result")));
    }

    private String command() {
        return "git -C '" + scratch.path() + "' merge --no-ff coppice/j/result";
    }

    @Test
    void aCheckedOutTargetIsMergedWhereItStandsDespiteHooksAndOtherWork() throws IOException {
        for (String hook : List.of("pre-merge-commit", "post-merge", "commit-msg")) {
            Path file = scratch.write(".git/hooks/" + hook, "#!/bin/sh\nexit 1\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        }
        scratch.git("config", "branch.trunk.mergeOptions", "--squash");
        scratch.write("src/b.txt", "edited by the user\n");
        scratch.write("untracked", "x");

        Landed landed = land("trunk");

        CommitId tip = repository.head();
        assertThat(landed).isEqualTo(new Landed.Merged(tip));
        assertThat(scratch.git("rev-parse", tip + "^1", tip + "^2"))
                .isEqualTo(start + "\n" + result);
        assertThat(scratch.git("log", "-1", "--format=%an %ae %at %cn %s"))
                .isEqualTo(
                        "worker_1 worker_1@coppice.invalid 1760000000 Ada Tester Merge the job's result");
        assertThat(scratch.path().resolve("src/a.txt")).hasContent("result");
        assertThat(scratch.git("status", "--porcelain")).isEqualTo(" M src/b.txt\n?? untracked");
        assertThat(land("trunk")).isEqualTo(new Landed.AlreadyThere());
    }

    @Test
    void aTargetThatIsNotCheckedOutMovesInMemory() {
        scratch.git("branch", "main");
        Fingerprint before = repository.git().checkout().fingerprint();

        Landed landed = land("main");

        CommitId tip = new CommitId(scratch.git("rev-parse", "main"));
        assertThat(landed).isEqualTo(new Landed.Merged(tip));
        assertThat(scratch.git("rev-parse", "main^1", "main^2")).isEqualTo(start + "\n" + result);
        assertThat(scratch.read("main", "src/a.txt")).isEqualTo("result\n");
        assertThat(repository.git().checkout().fingerprint()).isEqualTo(before);
    }

    @Test
    void aTargetInAnotherWorktreeOfTheUsersIsMergedThere() {
        Path other = scratch.path().resolveSibling("other worktree");
        scratch.git("worktree", "add", "-q", "-b", "release", other.toString());

        Landed landed = land("release");

        assertThat(landed).isInstanceOf(Landed.Merged.class);
        assertThat(other.resolve("src/a.txt")).hasContent("result");
        assertThat(scratch.gitIn(other, "status", "--porcelain")).isEmpty();
        assertThat(scratch.head()).isEqualTo(start.value());
    }

    @Test
    void filesThatTheUserIsWorkingOnAreNeverRunOver() {
        scratch.write("src/a.txt", "edited by the user\n");
        scratch.write("new/made.log", "ignored, but the user's\n");
        Fingerprint before = repository.git().checkout().fingerprint();

        assertThat(land("trunk"))
                .isEqualTo(new Landed.WouldTouch(List.of("new/made.log", "src/a.txt"), command()));
        assertThat(repository.git().checkout().fingerprint()).isEqualTo(before);
        assertThat(scratch.path().resolve("new/made.log")).hasContent("ignored, but the user's");
    }

    @Test
    void aFileInThePlaceOfAFolderAndAFolderInThePlaceOfAFileAreTheUsersToo() {
        scratch.write("new", "a file of the user's");
        assertThat(land("trunk")).isEqualTo(new Landed.WouldTouch(List.of("new"), command()));

        scratch.git("clean", "-q", "--force", "new");
        scratch.write("new/made.log/notes", "a folder of the user's");
        assertThat(land("trunk"))
                .isEqualTo(new Landed.WouldTouch(List.of("new/made.log/notes"), command()));
    }

    @Test
    void whatIsStagedIsNamedBecauseGitMergesOntoACleanIndexOnly() {
        scratch.write("src/b.txt", "staged by the user\n");
        scratch.git("add", "src/b.txt");

        assertThat(land("trunk")).isEqualTo(new Landed.WouldTouch(List.of("src/b.txt"), command()));
        assertThat(scratch.git("status", "--porcelain")).isEqualTo("M  src/b.txt");
    }

    @Test
    void aConflictLeavesTheCheckoutAlone() {
        scratch.write("src/a.txt", "the user's\n");
        scratch.commit("Meanwhile");
        Fingerprint before = repository.git().checkout().fingerprint();

        assertThat(land("trunk")).isEqualTo(new Landed.Conflicts(List.of("src/a.txt"), command()));
        assertThat(repository.git().checkout().fingerprint()).isEqualTo(before);

        scratch.git("checkout", "-q", "--detach");
        assertThat(land("trunk"))
                .isEqualTo(
                        new Landed.Conflicts(
                                List.of("src/a.txt"),
                                "git switch trunk && git merge --no-ff coppice/j/result"));
    }

    @Test
    void aTargetOnHoldInARebaseIsBusy() {
        scratch.git("checkout", "-q", "-b", "held");
        scratch.write("src/a.txt", "mine\n");
        scratch.commit("Mine");
        try {
            scratch.git("rebase", "-q", result.value());
        } catch (IllegalStateException expected) {
            assertThat(expected).hasMessageContaining("CONFLICT");
        }

        assertThat(land("held", repository.branch("free", start, Map.of("free", "x"))))
                .isInstanceOf(Landed.Busy.class);
    }

    @Test
    void aMergeOfTheUsersThatIsUnderWayIsNotDisturbed() {
        CommitId other = repository.branch("other", start, Map.of("src/b.txt", "other\n"));
        scratch.git("merge", "--no-commit", "--no-ff", "-s", "ours", other.value());

        assertThat(land("trunk")).isInstanceOf(Landed.Busy.class);
        assertThat(scratch.path().resolve(".git/MERGE_HEAD")).exists();
    }

    @Test
    void aMissingTargetIsNamed() {
        assertThatThrownBy(() -> land("nowhere"))
                .isInstanceOf(GitException.class)
                .hasMessageContaining("nowhere");
    }
}
