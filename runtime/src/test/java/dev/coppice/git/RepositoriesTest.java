package dev.coppice.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coppice.model.CommitId;
import dev.coppice.process.Processes;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoriesTest {
    private final Processes processes = Processes.open();
    private Path home = Path.of("");

    @BeforeEach
    void findHome(@TempDir Path folder) throws IOException {
        home = folder.toRealPath();
    }

    @AfterEach
    void close() {
        processes.close();
    }

    private Discovery discover(Path folder, Map<String, String> environment) {
        return new Repositories(processes, environment).discover(folder);
    }

    @Test
    void aRepositoryIsFoundFromAFolderInIt() {
        ScratchRepository scratch = ScratchRepository.in(home.resolve("a repo “ünï”"));
        scratch.write("deep/er/file", "x");

        Discovery found = discover(scratch.path().resolve("deep/er"), scratch.environment());

        assertThat(found)
                .isEqualTo(
                        new Discovery.Found(
                                scratch.path(),
                                scratch.path().resolve(".git"),
                                scratch.path().resolve(".git"),
                                new Head.Branch(
                                        new BranchName("trunk"), new CommitId(scratch.head()))));
    }

    @Test
    void variablesThatPointElsewhereAreIgnored() {
        ScratchRepository scratch = ScratchRepository.in(home.resolve("here"));
        ScratchRepository other = ScratchRepository.in(home.resolve("other"));
        Map<String, String> environment = new HashMap<>(scratch.environment());
        environment.put("GIT_DIR", other.path().resolve(".git").toString());
        environment.put("GIT_WORK_TREE", other.path().toString());
        environment.put("GIT_INDEX_FILE", home.resolve("nowhere").toString());
        environment.keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));

        Discovery found = discover(scratch.path(), environment);

        assertThat(found)
                .isInstanceOfSatisfying(
                        Discovery.Found.class,
                        place -> assertThat(place.topLevel()).isEqualTo(scratch.path()));
    }

    @Test
    void aDetachedHeadAndABranchWithoutACommitAreTold() {
        ScratchRepository detached = ScratchRepository.in(home.resolve("detached"));
        detached.git("checkout", "-q", "--detach");
        ScratchRepository unborn = ScratchRepository.unborn(home.resolve("unborn"));

        assertThat(headOf(detached)).isEqualTo(new Head.Detached(new CommitId(detached.head())));
        assertThat(headOf(unborn)).isEqualTo(new Head.Unborn(new BranchName("trunk")));
    }

    private Head headOf(ScratchRepository scratch) {
        return discover(scratch.path(), scratch.environment()) instanceof Discovery.Found found
                ? found.head()
                : new Head.Unborn(new BranchName("nothing-found"));
    }

    @Test
    void aWorktreeSharesTheCommonFolder() {
        ScratchRepository scratch = ScratchRepository.in(home.resolve("repo"));
        Path worktree = home.resolve("their worktree");
        scratch.git("worktree", "add", "-q", worktree.toString(), "-b", "side");

        Discovery found = discover(worktree, scratch.environment());

        assertThat(found)
                .isInstanceOfSatisfying(
                        Discovery.Found.class,
                        place -> {
                            assertThat(place.topLevel()).isEqualTo(worktree);
                            assertThat(place.commonFolder())
                                    .isEqualTo(scratch.path().resolve(".git"));
                            assertThat(place.head().on()).contains(new BranchName("side"));
                        });
    }

    @Test
    void whatCannotBeUsedHasAnAnswerOfItsOwn() throws IOException {
        ScratchRepository scratch = ScratchRepository.in(home.resolve("repo"));
        Path bare = home.resolve("bare.git");
        scratch.gitIn(home, "clone", "-q", "--bare", scratch.path().toString(), bare.toString());
        Path empty = Files.createDirectory(home.resolve("empty"));
        Map<String, String> environment = scratch.environment();

        assertThat(discover(bare, environment)).isEqualTo(new Discovery.Bare(bare));
        assertThat(discover(empty, environment)).isEqualTo(new Discovery.NotARepository(empty));
        assertThat(discover(home.resolve("missing"), environment))
                .isEqualTo(new Discovery.NotARepository(home.resolve("missing")));
        assertThat(discover(scratch.path().resolve(".git"), environment))
                .isInstanceOf(Discovery.NotARepository.class);
        assertThat(discover(empty, Map.of("PATH", empty.toString())))
                .isEqualTo(new Discovery.NoGit());
    }

    @Test
    void aRepositoryOfAnotherUserIsToldWithGitsAdvice() throws IOException {
        ScratchRepository scratch = ScratchRepository.in(home.resolve("theirs"));
        Object owner = Files.getAttribute(scratch.path(), "unix:uid");
        assumeTrue(owner.equals(0), "only root can give a folder away");
        Files.setAttribute(scratch.path(), "unix:uid", 12_345);

        assertThat(discover(scratch.path(), scratch.environment()))
                .isInstanceOfSatisfying(
                        Discovery.DubiousOwnership.class,
                        dubious -> assertThat(dubious.advice()).contains("safe.directory"));
    }

    @Test
    void anOldGitIsToldByItsVersion() throws IOException {
        Path programs = Files.createDirectory(home.resolve("bin"));
        Path git =
                Files.writeString(programs.resolve("git"), "#!/bin/sh\necho git version 2.37.1\n");
        Files.setPosixFilePermissions(git, PosixFilePermissions.fromString("rwx------"));

        Discovery found = discover(home, Map.of("PATH", programs.toString()));

        assertThat(found).isEqualTo(new Discovery.TooOld(new GitVersion(2, 37)));
        assertThat(GitVersion.parse("git version 2.50.1 (Apple Git-155)"))
                .isGreaterThan(GitVersion.OLDEST);
    }

    @Test
    void aRepositoryIsMadeOfAFolderWithFilesWhenAsked() {
        ScratchRepository elsewhere = ScratchRepository.in(home.resolve("elsewhere"));
        Path folder = home.resolve("plain");
        ScratchRepository plain = ScratchRepository.unborn(folder);
        plain.write("kept.txt", "kept");
        plain.write("secret.txt", "secret");
        plain.write(".gitignore", "secret.txt\n");
        Repositories repositories = new Repositories(processes, elsewhere.environment());

        Discovery.Found found =
                repositories.initialise(folder, Instant.ofEpochSecond(1_700_000_000));

        assertThat(found.head().at()).isPresent();
        assertThat(plain.git("ls-tree", "-r", "--name-only", "HEAD"))
                .isEqualTo(".gitignore\nkept.txt");
        assertThat(plain.git("status", "--porcelain")).isEmpty();
        assertThat(repositories.initialise(folder, Instant.EPOCH)).isEqualTo(found);
    }

    @Test
    void theUserIsWhoGitSaysElseCoppice() throws IOException {
        ScratchRepository scratch = ScratchRepository.in(home.resolve("repo"));

        assertThat(open(scratch).user())
                .isEqualTo(Optional.of(new Identity("Ada Tester", "ada@example.org")));

        Files.writeString(scratch.globalConfiguration(), "");
        assertThat(open(scratch).user()).isEmpty();
        assertThat(open(scratch).committer()).isEqualTo(Identity.COPPICE);
    }

    private Git open(ScratchRepository scratch) {
        Repositories repositories = new Repositories(processes, scratch.environment());
        if (repositories.discover(scratch.path()) instanceof Discovery.Found found) {
            return repositories.open(found);
        }
        throw new AssertionError("no repository in " + scratch.path());
    }
}
