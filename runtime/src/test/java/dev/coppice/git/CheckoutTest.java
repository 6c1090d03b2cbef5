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
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckoutTest {
    private static final BranchName BRANCH = new BranchName("coppice/j/1-a");

    @TempDir private Path temporary;
    private OpenedRepository repository;
    private ScratchRepository scratch;
    private CommitId start;
    private Checkout worktree;

    /// What an agent does in the worktree.
    private ScratchRepository agent;

    @BeforeEach
    void open() throws IOException {
        scratch = ScratchRepository.in(temporary.toRealPath().resolve("repo"));
        scratch.write("src/a.txt", "a\n");
        scratch.write("src/b.txt", "b\n");
        scratch.write(".gitignore", "target/\n");
        scratch.commit("More");
        repository = new OpenedRepository(scratch);
        start = repository.head();
        worktree = repository.worktree(BRANCH.value());
        agent = ScratchRepository.at(worktree.folder(), scratch);
    }

    @AfterEach
    void close() {
        repository.close();
    }

    private CommitId commit(String... excluded) {
        return switch (worktree.commit(repository.order(BRANCH.value(), start, excluded))) {
            case Committed.Done(CommitId commit) -> commit;
            case Committed.NestedRepositories(List<String> paths) ->
                    throw new AssertionError("nested: " + paths);
        };
    }

    // ---- looking

    @Test
    void whatLiesOutsideIsNotTracked() {
        assertThat(worktree.isTracked(worktree.folder().resolve("src/a.txt"))).isTrue();
        assertThat(worktree.isTracked(worktree.folder().resolve("src/c.txt"))).isFalse();
        assertThat(worktree.isTracked(temporary.resolve("config.yaml"))).isFalse();
    }

    // ---- commit

    @Test
    void allWorkIsCommittedAsAddAllWould() throws IOException {
        agent.write("new/“ünï” 'q'\n.txt", "new");
        agent.write("src/a.txt", "changed");
        agent.git("rm", "-q", "src/b.txt");
        agent.write("target/out", "ignored");
        Files.createSymbolicLink(worktree.folder().resolve("link"), Path.of("src"));
        Files.setPosixFilePermissions(
                worktree.folder().resolve("README.md"),
                PosixFilePermissions.fromString("rwxr-xr-x"));

        CommitId commit = commit();

        assertThat(repository.git().commits().changes(start, commit))
                .isEqualTo(
                        new Changes(
                                List.of("link", "new/“ünï” 'q'\n.txt"),
                                List.of("README.md", "src/a.txt"),
                                List.of("src/b.txt")));
        assertThat(worktree.head()).isEqualTo(new Head.Branch(BRANCH, commit));
        assertThat(worktree.uncommitted()).isEmpty();
        assertThat(agent.git("status", "--porcelain")).isEmpty();
        assertThat(scratch.git("log", "-1", "--format=%an %cn|%B", commit.value()))
                .startsWith("worker_1 Ada Tester|Do the task")
                .contains("Coppice-Task: t1");
    }

    @Test
    void aFileMayBecomeAFolderOrALinkAndBack() throws IOException {
        agent.git("rm", "-q", "src/a.txt", "README.md");
        agent.write("src/a.txt/inner", "x");
        Leftovers.delete(worktree.folder().resolve("src/b.txt"));
        agent.write("elsewhere/b.txt", "x");
        CommitId first = commit();
        assertThat(repository.files(first))
                .isEqualTo(".gitignore\nelsewhere/b.txt\nsrc/a.txt/inner");

        Leftovers.delete(worktree.folder().resolve("src"));
        Files.createSymbolicLink(worktree.folder().resolve("src"), Path.of("elsewhere"));
        CommitId second = commit();

        assertThat(repository.files(second)).isEqualTo(".gitignore\nelsewhere/b.txt\nsrc");
        assertThat(agent.git("status", "--porcelain")).isEmpty();
    }

    @Test
    void aNameThatIsNoUtf8IsCommittedAndRescuedToo() {
        agent.write(".env", "SECRET");
        agent.write("target/ignored", "x");
        agent.write("work", "x");
        agent.write("tool/kept", "x");
        agent.git("init", "-q", "tool");
        shell("printf x > \"$(printf 'caf\\351')\"");

        CommitId rescued = rescue(new RefName("refs/coppice/rescue/j/1-1"), ".env", "target");
        assertThat(scratch.git("ls-tree", "-r", "--name-only", rescued.value()).lines())
                .contains("\"caf\\351\"", "tool/kept", "work")
                .doesNotContain(".env");

        CommitId commit = commit(".env", "target", "tool");
        assertThat(scratch.git("ls-tree", "-r", "--name-only", commit.value()).lines())
                .contains("\"caf\\351\"", "work")
                .doesNotContain(".env");

        shell("rm caf*");
        assertThat(repository.files(commit(".env", "target", "tool"))).doesNotContain("caf");
    }

    /// Runs a line of shell in the worktree, for names that Java can't write.
    private void shell(String line) {
        agent.git("-c", "alias.run=!cd \"$GIT_PREFIX\" 2>/dev/null; " + line, "run");
    }

    @Test
    void aCommitIsMadeEvenIfNothingChanged() {
        CommitId commit = commit();

        assertThat(commit).isNotEqualTo(start);
        assertThat(repository.git().commits().changes(start, commit).isEmpty()).isTrue();
    }

    @Test
    void hooksAndSigningHaveNoSay() throws IOException {
        for (String hook : List.of("pre-commit", "commit-msg", "reference-transaction")) {
            Path file = scratch.write(".git/hooks/" + hook, "#!/bin/sh\nexit 1\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        }
        scratch.git("config", "commit.gpgSign", "true");
        scratch.git("config", "gpg.program", "/bin/false");
        agent.write("new", "x");

        assertThat(repository.files(commit())).contains("new");
    }

    @Test
    void anAgentsOwnCommitsStayAndOursIsOnTop() {
        agent.write("one", "1");
        CommitId own = new CommitId(agent.commit("Agent's own"));
        agent.write("two", "2");

        CommitId commit = commit();

        assertThat(scratch.git("rev-parse", commit + "^")).isEqualTo(own.value());
        assertThat(repository.files(commit)).contains("one", "two");
    }

    @Test
    void workOnABranchOfTheAgentsEndsOnOurs() {
        agent.git("checkout", "-q", "-b", "feature/mine");
        agent.write("one", "1");
        CommitId own = new CommitId(agent.commit("Agent's own"));

        CommitId commit = commit();

        assertThat(worktree.head()).isEqualTo(new Head.Branch(BRANCH, commit));
        assertThat(scratch.git("rev-parse", commit + "^")).isEqualTo(own.value());
        assertThat(scratch.git("rev-parse", "feature/mine")).isEqualTo(own.value());
    }

    @Test
    void aBranchWithoutACommitOrADetachedHeadLosesNothing() {
        agent.git("checkout", "-q", "--orphan", "fresh");
        agent.write("one", "1");

        CommitId first = commit();

        assertThat(scratch.git("rev-parse", first + "^")).isEqualTo(start.value());
        agent.git("checkout", "-q", "--detach");
        agent.write("two", "2");
        CommitId detached = new CommitId(agent.commit("Detached"));
        assertThat(scratch.git("rev-parse", commit() + "^")).isEqualTo(detached.value());
    }

    @Test
    void aMergeOrLockThatTheAgentLeftDoesNotStopUs() throws IOException {
        CommitId other = repository.branch("other", start, Map.of("src/a.txt", "theirs\n"));
        agent.write("src/a.txt", "mine\n");
        agent.commit("Mine");
        try {
            agent.git("merge", other.value());
        } catch (IllegalStateException expected) {
            assertThat(expected).hasMessageContaining("CONFLICT");
        }
        Files.writeString(worktree.gitFolder().resolve("index.lock"), "");

        CommitId commit = commit();

        assertThat(scratch.read(commit.value(), "src/a.txt")).contains("<<<<<<<");
        assertThat(agent.git("status")).doesNotContain("merging", "unmerged");
    }

    @Test
    void excludedPathsEnterNeitherByStagingNorByTheAgentsOwnCommits() {
        scratch.write("config/settings", "tracked");
        start = new CommitId(scratch.commit("Track settings"));
        worktree.reset(BRANCH, start, Exclusions.none());
        agent.write("before", "1");
        CommitId harmless = new CommitId(agent.commit("Harmless"));
        agent.write(".env", "SECRET=1");
        agent.write("node_modules/pkg/index.js", "x");
        agent.write("config/settings", "changed");
        agent.write("work", "1");
        agent.git("add", "-A");
        agent.git("commit", "-q", "-m", "Everything", "--author", "Robo <robo@example.org>");
        agent.write("more/envelope.json", "{}");
        agent.write("later", "1");
        agent.git("add", "more/envelope.json");

        CommitId commit = commit(".env", "node_modules", "config/settings", "more/envelope.json");

        assertThat(repository.files(commit))
                .isEqualTo(
                        ".gitignore\nREADME.md\nbefore\nconfig/settings\nlater\nsrc/a.txt\nsrc/b.txt\nwork");
        assertThat(scratch.read(commit.value(), "config/settings")).isEqualTo("tracked");
        assertThat(scratch.git("log", "--format=%an %s", start + ".." + commit))
                .isEqualTo("worker_1 Do the task\nRobo Everything\nAda Tester Harmless");
        assertThat(scratch.git("rev-parse", commit + "~2")).isEqualTo(harmless.value());
        assertThat(scratch.git("rev-list", "--objects", start + ".." + commit))
                .doesNotContain(".env", "node_modules", "envelope");
        assertThat(agent.path().resolve(".env")).exists();
        assertThat(agent.git("status", "--porcelain"))
                .isEqualTo(" M config/settings\n?? .env\n?? more/\n?? node_modules/");
    }

    @Test
    void aNestedRepositoryIsReportedAndNothingCommitted() {
        agent.write("tool/file", "x");
        agent.git("init", "-q", "tool");
        agent.write("late", "x");

        assertThat(worktree.commit(repository.order(BRANCH.value(), start)))
                .isEqualTo(new Committed.NestedRepositories(List.of("tool")));
        assertThat(worktree.head()).isEqualTo(new Head.Branch(BRANCH, start));

        agent.gitIn(agent.path().resolve("tool"), "add", "-A");
        agent.gitIn(agent.path().resolve("tool"), "commit", "-q", "-m", "Inner");
        agent.commit("As a link");

        assertThat(worktree.commit(repository.order(BRANCH.value(), start)))
                .isEqualTo(new Committed.NestedRepositories(List.of("tool")));
        assertThat(commit("tool")).isNotEqualTo(start);
    }

    @Test
    void aSubmoduleIsNoNestedRepository() throws IOException {
        ScratchRepository library = ScratchRepository.in(temporary.toRealPath().resolve("lib"));
        agent.git(
                "-c",
                "protocol.file.allow=always",
                "submodule",
                "--quiet",
                "add",
                library.path().toString(),
                "vendor/lib");

        CommitId commit = commit();

        assertThat(scratch.git("ls-tree", commit.value(), "vendor/lib"))
                .startsWith("160000 commit");
    }

    @Test
    void theCommitStaysInTheWorktreeEvenIfItsGitIsGone() throws IOException {
        Path inside = scratch.path().resolve(".coppice/w2");
        Checkout second = repository.git().worktrees().add(inside, new BranchName("two"), start);
        Files.delete(inside.resolve(".git"));
        Files.writeString(inside.resolve("new"), "x");
        Fingerprint before = repository.git().checkout().fingerprint();

        Committed committed = second.commit(repository.order("two", start));

        assertThat(committed)
                .isInstanceOfSatisfying(
                        Committed.Done.class,
                        done -> assertThat(repository.files(done.commit())).contains("new"));
        assertThat(repository.git().checkout().fingerprint()).isEqualTo(before);
    }

    @Test
    void theUsersCheckoutIsNeverCommittedOrReset() {
        Checkout users = repository.git().checkout();

        assertThatThrownBy(() -> users.commit(repository.order("trunk", start)))
                .isInstanceOf(GitException.class);
        assertThatThrownBy(() -> users.reset(new BranchName("x"), start, Exclusions.none()))
                .isInstanceOf(GitException.class);
    }

    // ---- rescue

    private CommitId rescue(RefName ref, String... excluded) {
        return worktree.rescue(
                        ref,
                        start,
                        Exclusions.of(List.of(excluded)),
                        OpenedRepository.AUTHORSHIP,
                        CommitMessage.of("Rescued"))
                .orElseThrow();
    }

    @Test
    void aRescueKeepsEverythingAndDisturbsNothing() throws IOException {
        RefName ref = new RefName("refs/coppice/rescue/j/1-1");
        agent.write("own", "1");
        agent.commit("Agent's own");
        agent.write("src/a.txt", "modified");
        agent.write("untracked “ü”", "x");
        agent.write("staged", "x");
        agent.git("add", "staged");
        agent.git("rm", "-q", "src/b.txt");
        agent.write(".env", "SECRET");
        agent.write("tool/kept", "x");
        agent.write("tool/.gitignore", "ignored\n");
        agent.write("tool/ignored", "x");
        agent.git("init", "-q", "tool");
        agent.write("tool/deeper/kept", "x");
        agent.git("init", "-q", "tool/deeper");
        Path closed = agent.write("closed", "x");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        String statusBefore = agent.git("status", "--porcelain", "-uall");
        byte[] indexBefore = Files.readAllBytes(worktree.gitFolder().resolve("index"));

        CommitId rescued = rescue(ref, ".env");

        assertThat(repository.git().refs().commit(ref)).contains(rescued);
        assertThat(
                        scratch.git(
                                        "-c",
                                        "core.quotePath=false",
                                        "ls-tree",
                                        "-r",
                                        "--name-only",
                                        rescued.value())
                                .lines())
                .containsExactlyInAnyOrder(
                        ".gitignore",
                        "README.md",
                        "closed",
                        "own",
                        "src/a.txt",
                        "staged",
                        "tool/.gitignore",
                        "tool/deeper/kept",
                        "tool/kept",
                        "untracked “ü”");
        assertThat(scratch.read(rescued.value(), "src/a.txt")).isEqualTo("modified");
        assertThat(agent.git("status", "--porcelain", "-uall")).isEqualTo(statusBefore);
        assertThat(Files.readAllBytes(worktree.gitFolder().resolve("index")))
                .isEqualTo(indexBefore);
    }

    @Test
    void aNestedRepositoryThatTheAgentCommittedAsALinkIsRescuedByItsFiles() {
        agent.write("tool/kept", "x");
        agent.git("init", "-q", "tool");
        agent.gitIn(agent.path().resolve("tool"), "add", "-A");
        agent.gitIn(agent.path().resolve("tool"), "commit", "-q", "-m", "Inner");
        agent.commit("As a link");

        CommitId rescued = rescue(new RefName("refs/coppice/rescue/j/1-1"));

        assertThat(repository.files(rescued)).contains("tool/kept");
    }

    @Test
    void whereThereIsNoWorkNothingIsRescuedAndASecondRescueKeepsTheFirst() {
        RefName ref = new RefName("refs/coppice/rescue/j/1-1");
        assertThat(
                        worktree.rescue(
                                ref,
                                start,
                                Exclusions.none(),
                                OpenedRepository.AUTHORSHIP,
                                CommitMessage.of("Rescued")))
                .isEmpty();
        assertThat(repository.git().refs().commit(ref)).isEmpty();

        agent.write("one", "1");
        CommitId first = rescue(ref);
        agent.write("two", "2");
        CommitId second = rescue(ref);

        assertThat(repository.git().commits().isContained(first, second)).isTrue();
        assertThat(repository.files(second)).contains("one", "two");
    }

    // ---- reset

    @Test
    void aResetWorktreeIsAsIfAddedAnew() throws IOException {
        CommitId next = repository.branch("next", start, Map.of("src/c.txt", "c\n"));
        agent.write("src/a.txt", "changed");
        agent.write("src/b.txt", "hidden");
        agent.git("update-index", "--assume-unchanged", "src/b.txt");
        agent.write("target/out", "ignored");
        agent.write("tool/file", "x");
        agent.git("init", "-q", "tool");
        agent.write("venv/lib/kept", "kept");
        agent.write("venv/junk", "x");
        agent.git("checkout", "-q", "-b", "mine");
        Files.createDirectory(worktree.gitFolder().resolve("rebase-merge"));
        Leftovers.delete(worktree.folder().resolve(".git"));

        worktree.reset(
                new BranchName("coppice/j/2-b"), next, Exclusions.of(List.of("venv/lib", ".env")));

        assertThat(worktree.head())
                .isEqualTo(new Head.Branch(new BranchName("coppice/j/2-b"), next));
        assertThat(worktree.folder().resolve("src/a.txt")).hasContent("a");
        assertThat(worktree.folder().resolve("src/b.txt")).hasContent("b");
        assertThat(worktree.folder().resolve("src/c.txt")).hasContent("c");
        assertThat(worktree.uncommitted()).containsExactly("venv/lib/kept");
        assertThat(worktree.folder().resolve("target")).doesNotExist();
        assertThat(worktree.folder().resolve("tool")).doesNotExist();
        assertThat(worktree.folder().resolve("venv/junk")).doesNotExist();
        assertThat(worktree.whyNotIsolated(Optional.of(new BranchName("coppice/j/2-b")))).isEmpty();
        assertThat(agent.git("status")).doesNotContain("rebase");
        assertThat(repository.git().refs().commit(BRANCH.ref())).contains(start);
    }

    @Test
    void aWorktreeIsNotResetToABranchThatIsInUse() {
        assertThatThrownBy(() -> worktree.reset(new BranchName("trunk"), start, Exclusions.none()))
                .isInstanceOf(GitException.class)
                .hasMessageContaining("trunk is in use");
    }

    // ---- fingerprint

    @Test
    void aFingerprintSeesEveryChangeAndMakesNone() throws IOException {
        Checkout users = repository.git().checkout();
        scratch.write("dirty", "1");
        scratch.write("src/a.txt", "edited");
        Path index = scratch.path().resolve(".git/index");
        Files.setLastModifiedTime(
                scratch.path().resolve("src/b.txt"),
                java.nio.file.attribute.FileTime.fromMillis(0));
        byte[] before = Files.readAllBytes(index);

        Fingerprint first = users.fingerprint();

        assertThat(users.fingerprint()).isEqualTo(first);
        assertThat(Files.readAllBytes(index)).isEqualTo(before);

        scratch.write("dirty", "22");
        scratch.write("new/file", "x");
        Fingerprint edited = users.fingerprint();
        assertThat(edited.changedPaths(first)).containsExactly("dirty", "new/file");

        scratch.git("add", "src/a.txt");
        assertThat(users.fingerprint().changedPaths(edited)).containsExactly("src/a.txt");

        scratch.git("checkout", "-q", "--detach");
        assertThat(users.fingerprint().head()).isEqualTo(new Head.Detached(start));
    }
}
