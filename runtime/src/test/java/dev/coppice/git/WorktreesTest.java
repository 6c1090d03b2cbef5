package dev.coppice.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.model.CommitId;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorktreesTest {
    @TempDir private Path temporary;
    private Path home;
    private OpenedRepository repository;
    private Worktrees worktrees;

    @BeforeEach
    void open() throws IOException {
        home = temporary.toRealPath();
        ScratchRepository scratch = ScratchRepository.in(home.resolve("a repo “ünï” 'q'"));
        scratch.write("src/läng/a b.txt", "text");
        Files.createSymbolicLink(scratch.path().resolve("link"), Path.of("README.md"));
        scratch.commit("More");
        repository = new OpenedRepository(scratch);
        worktrees = repository.git().worktrees();
    }

    @AfterEach
    void close() {
        repository.close();
    }

    private static void failingHook(ScratchRepository scratch, String name) throws IOException {
        Path hook = scratch.write(".git/hooks/" + name, "#!/bin/sh\nexit 1\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void aWorktreeHasTheFilesOfItsCommitWhateverHooksSay() throws IOException {
        failingHook(repository.scratch(), "post-checkout");
        failingHook(repository.scratch(), "reference-transaction");

        Checkout worktree = repository.worktree("coppice/j/1-a");

        assertThat(worktree.folder().resolve("src/läng/a b.txt")).hasContent("text");
        assertThat(worktree.folder().resolve("link")).isSymbolicLink();
        assertThat(worktree.uncommitted()).isEmpty();
        assertThat(worktree.head())
                .isEqualTo(new Head.Branch(new BranchName("coppice/j/1-a"), repository.head()));
        assertThat(repository.scratch().git("config", "--list", "--local"))
                .doesNotContain("coppice/j");
    }

    @Test
    void whatGitDoesInOurWorktreesIsMarkedAndWhatItDoesInTheUsersIsNot() throws IOException {
        Path told = home.resolve("environment.txt");
        ScratchRepository scratch = repository.scratch();
        scratch.write(".gitattributes", "*.txt filter=tell\n");
        scratch.commit("Attributes");
        scratch.git("config", "filter.tell.smudge", "env >> '" + told + "'; cat");

        worktrees.addDetached(home.resolve("ours"), repository.head());
        assertThat(told)
                .content()
                .contains("COPPICE_GIT_MARK=" + ProcessHandle.current().pid() + "/");

        Files.delete(told);
        Files.delete(scratch.path().resolve("src/läng/a b.txt"));
        repository.git().checkout().call("checkout", "--", ".").done();
        assertThat(told).content().contains("PATH=").doesNotContain("COPPICE_GIT_MARK");
    }

    @Test
    void aWorktreeMayStandOnAnExistingBranchOrOnNone() {
        CommitId start = repository.head();
        repository.scratch().git("branch", "there");

        Checkout on = worktrees.addOn(home.resolve("on"), new BranchName("there"));
        Checkout detached = worktrees.addDetached(home.resolve("deep/er/detached"), start);

        assertThat(on.head()).isEqualTo(new Head.Branch(new BranchName("there"), start));
        assertThat(detached.head()).isEqualTo(new Head.Detached(start));
        assertThat(worktrees.list())
                .extracting(Worktrees.Listed::branch)
                .containsExactlyInAnyOrder(
                        Optional.of(new BranchName("trunk")),
                        Optional.of(new BranchName("there")),
                        Optional.empty());
    }

    @Test
    void aWorktreeMoves() {
        Checkout worktree = repository.worktree("side");

        Checkout moved = worktrees.move(worktree, home.resolve("new place/w"));

        assertThat(worktree.folder()).doesNotExist();
        assertThat(moved.folder().resolve("README.md")).exists();
        assertThat(moved.whyNotIsolated(Optional.of(new BranchName("side")))).isEmpty();
    }

    @Test
    void removingDeletesLinksButNeverWhatTheyPointTo() throws IOException {
        Checkout worktree = repository.worktree("side");
        Path outside = Files.createDirectory(home.resolve("outside"));
        Path precious = Files.writeString(outside.resolve("precious"), "keep me");
        Files.createSymbolicLink(worktree.folder().resolve("way-out"), outside);
        Path closed = Files.createDirectory(worktree.folder().resolve("closed"));
        Files.writeString(closed.resolve("file"), "x");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-x------"));

        worktrees.remove(worktree.folder());

        assertThat(precious).hasContent("keep me");
        assertThat(worktree.folder()).doesNotExist();
        assertThat(worktrees.list()).hasSize(1);
        assertThat(repository.git().refs().commit(new RefName("refs/heads/side"))).isPresent();
        worktrees.remove(worktree.folder());
    }

    @Test
    void aWorktreeWhoseMakingWasCutOffCanBeRemoved() throws IOException {
        Checkout worktree = repository.worktree("side");
        Files.writeString(worktree.gitFolder().resolve("locked"), "initializing");

        worktrees.remove(worktree.folder());

        assertThat(worktrees.list()).hasSize(1);
    }

    @Test
    void theUsersCheckoutAndAnyOtherFolderAreNeverRemoved() throws IOException {
        Path plain = Files.createDirectory(home.resolve("plain"));
        Checkout worktree = repository.worktree("side");
        Path link = Files.createSymbolicLink(home.resolve("link"), worktree.folder());

        worktrees.remove(repository.scratch().path());
        worktrees.remove(plain);

        assertThat(repository.scratch().path().resolve("README.md")).exists();
        assertThat(plain).exists();
        assertThatThrownBy(() -> worktrees.remove(link)).isInstanceOf(GitException.class);
        assertThat(worktree.folder()).exists();
    }

    @Test
    void theUsersAbsentWorktreeStaysListed() throws IOException {
        Path theirs = home.resolve("on a stick");
        repository.scratch().git("worktree", "add", "-q", "-b", "stick", theirs.toString());
        Files.move(theirs, home.resolve("unplugged"));
        Checkout ours = repository.worktree("side");

        worktrees.remove(ours.folder());

        assertThat(worktrees.list()).extracting(Worktrees.Listed::folder).contains(theirs);
    }

    @Test
    void aUserWhoStandsInAWorktreeIsServedFromThere() throws IOException {
        Path theirs = home.resolve("theirs");
        repository.scratch().git("worktree", "add", "-q", theirs.toString(), "-b", "mine");
        ScratchRepository seen = ScratchRepository.at(theirs, repository.scratch());
        try (OpenedRepository second = new OpenedRepository(seen)) {
            Checkout ours = second.worktree("coppice/j/1-a");

            assertThat(ours.whyNotIsolated(Optional.of(new BranchName("coppice/j/1-a")))).isEmpty();
            assertThat(second.git().commonFolder()).isEqualTo(repository.git().commonFolder());
            assertThatThrownBy(() -> second.git().worktrees().remove(theirs))
                    .isInstanceOf(GitException.class);
            assertThat(theirs.resolve("README.md")).exists();
        }
    }

    @Test
    void anAgentIsNotStartedWhereItsGitWouldFindSomethingElse() throws IOException {
        BranchName side = new BranchName("side");
        Checkout worktree =
                worktrees.add(
                        repository.scratch().path().resolve(".coppice/w1"),
                        side,
                        repository.head());
        assertThat(worktree.whyNotIsolated(Optional.of(side))).isEmpty();
        assertThat(worktree.whyNotIsolated(Optional.of(new BranchName("other")))).isPresent();
        assertThat(repository.git().checkout().whyNotIsolated(Optional.of(new BranchName("trunk"))))
                .isPresent();

        Files.delete(worktree.folder().resolve(".git"));

        assertThat(worktree.whyNotIsolated(Optional.of(side)))
                .hasValueSatisfying(
                        why -> assertThat(why).contains(repository.scratch().path().toString()));
    }

    @Test
    void aSparseCheckoutIsInherited() {
        repository.scratch().git("sparse-checkout", "set", "--no-cone", "/README.md");

        Checkout worktree = repository.worktree("side");

        assertThat(worktree.folder().resolve("README.md")).exists();
        assertThat(worktree.folder().resolve("src")).doesNotExist();
        assertThat(worktree.uncommitted()).isEmpty();
    }

    @Test
    void whateverAnAgentWritesInItsLinkItsWorktreeIsFound() throws IOException {
        Checkout first = repository.worktree("coppice/j/1-a");
        Checkout other = repository.worktree("coppice/j/2-b");
        Path link = first.folder().resolve(".git");
        for (byte[] written :
                new byte[][] {
                    {},
                    {(byte) 0xff, 0, 1},
                    Files.readAllBytes(other.folder().resolve(".git")),
                    "gitdir: /elsewhere".getBytes(StandardCharsets.UTF_8)
                }) {
            Files.write(link, written);

            assertThat(worktrees.at(first.folder()).gitFolder()).isEqualTo(first.gitFolder());
        }
    }
}
