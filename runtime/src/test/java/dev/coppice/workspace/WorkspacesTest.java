package dev.coppice.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.git.Leftovers;
import dev.coppice.model.CommandLine;
import dev.coppice.model.CommitId;
import dev.coppice.model.Settings;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspacesTest {
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

    /// A worktree in the pool, for certain.
    private void warm() throws InterruptedException {
        scene.workspaces.warm(1, scene.head());
    }

    private void assertIsNew(Workspace workspace) throws Exception {
        assertThat(scene.repository.gitIn(workspace.path(), "status", "--porcelain", "--ignored"))
                .isEmpty();
        assertThat(scene.repository.gitIn(workspace.path(), "rev-parse", "HEAD"))
                .isEqualTo(workspace.base().toString());
        assertThat(scene.repository.gitIn(workspace.path(), "symbolic-ref", "--short", "HEAD"))
                .isEqualTo(workspace.branch().value());
        assertThat(Files.readString(workspace.path().resolve("src/Main.java")))
                .isEqualTo("class Main {}\n");
    }

    @Test
    void aWorkspaceStandsOnItsBranchAtExactlyItsBase() throws Exception {
        CommitId base = scene.head();
        scene.repository.write("later.txt", "not for this task\n");
        scene.repository.commit("Go on");

        Workspace workspace =
                scene.workspaces.acquire(scene.request(1, 1, base, Settings.Environment.NONE));

        assertIsNew(workspace);
        assertThat(workspace.path().resolve("later.txt")).doesNotExist();
        assertThat(workspace.branch().value()).isEqualTo("coppice/0123456789ab/1-part-1");
    }

    @Test
    void aWorktreeThatWaitsIsGivenToTheNextTask() throws Exception {
        warm();
        Workspace first = scene.workspaces.acquire(scene.request(1, 1));
        Path gitFolder = Path.of(scene.repository.gitIn(first.path(), "rev-parse", "--git-dir"));
        scene.workspaces.release(first);

        Workspace second = scene.workspaces.acquire(scene.request(2, 1));

        assertIsNew(second);
        assertThat(Path.of(scene.repository.gitIn(second.path(), "rev-parse", "--git-dir")))
                .isEqualTo(gitFolder);
        assertThat(first.path()).doesNotExist();
        assertThat(scene.repository.git("rev-parse", first.branch().value()))
                .isEqualTo(first.base().toString());
    }

    @Test
    void aWorktreeThatWaitsServesAnotherBaseToo() throws Exception {
        CommitId base = scene.head();
        scene.repository.write("src/Main.java", "class Main { int later; }\n");
        scene.repository.write("later.txt", "later\n");
        scene.repository.commit("Go on");
        warm();

        Workspace workspace =
                scene.workspaces.acquire(scene.request(1, 1, base, Settings.Environment.NONE));

        assertIsNew(workspace);
    }

    @Test
    void whateverAnAgentDidIsUndoneBeforeTheNextTask() throws Exception {
        Workspace first = scene.workspaces.acquire(scene.request(1, 1));
        Path path = first.path();
        Scene.write(path.resolve("untracked.txt"), "x");
        Scene.write(path.resolve("ignored.log"), "x");
        Scene.write(path.resolve("node_modules/m/index.js"), "x");
        Scene.write(path.resolve("README.md"), "changed");
        Scene.write(path.resolve("src/Main.java"), "class Changed {}\n");
        scene.repository.gitIn(path, "update-index", "--assume-unchanged", "src/Main.java");
        scene.repository.gitIn(path, "config", "--local", "--list");
        scene.repository.gitIn(path, "init", "-q", "nested");
        Scene.write(path.resolve("nested/file.txt"), "x");
        Files.setPosixFilePermissions(
                Files.createDirectories(path.resolve("closed/inner")),
                PosixFilePermissions.fromString("r-x------"));
        Scene.write(path.resolve(".git"), "gitdir: /nowhere\n");
        scene.workspaces.release(first);

        Workspace second = scene.workspaces.acquire(scene.request(2, 1));

        assertIsNew(second);
        assertThat(scene.workspaces.rescued()).hasSize(1);
    }

    @Test
    void whatACommittedTaskLeftIsGoneForTheNextOne() throws Exception {
        warm();
        Workspace first = scene.workspaces.acquire(scene.request(1, 1));
        Path path = first.path();
        Path gitFolder = Path.of(scene.repository.gitIn(path, "rev-parse", "--git-dir"));
        Scene.write(path.resolve("README.md"), "work\n");
        Scene.write(path.resolve("made/here.txt"), "work\n");
        Files.delete(path.resolve("src/Main.java"));
        Scene.write(path.resolve("task_envelope.json"), "{}");
        Scene.write(path.resolve("build.log"), "ignored");
        Scene.write(path.resolve("src/node_modules/m/index.js"), "ignored");
        Files.createDirectories(path.resolve("empty/folder"));
        scene.commit(first);
        Scene.write(path.resolve(".git"), "gitdir: /nowhere\n");
        scene.workspaces.release(first);

        Workspace second = scene.workspaces.acquire(scene.request(2, 1));

        assertIsNew(second);
        assertThat(Path.of(scene.repository.gitIn(second.path(), "rev-parse", "--git-dir")))
                .isEqualTo(gitFolder);
        assertThat(second.path().resolve("empty")).doesNotExist();
        assertThat(scene.workspaces.rescued()).isEmpty();
    }

    @Test
    void aWorktreeWithSettingsOfItsOwnIsNotGivenOn() throws Exception {
        scene.repository.git("config", "extensions.worktreeConfig", "true");
        Workspace first = scene.workspaces.acquire(scene.request(1, 1));
        scene.repository.gitIn(first.path(), "config", "--worktree", "core.hooksPath", "/tmp/evil");
        scene.workspaces.release(first);

        Workspace second = scene.workspaces.acquire(scene.request(2, 1));

        assertThat(scene.repository.gitIn(second.path(), "config", "--list"))
                .doesNotContain("/tmp/evil");
    }

    @Test
    void noFileOfAWorkspaceIsTheSameFileElsewhere() throws Exception {
        warm();
        Workspace first = scene.workspaces.acquire(scene.request(1, 1));
        Workspace second = scene.workspaces.acquire(scene.request(2, 1));

        for (Workspace workspace : List.of(first, second)) {
            try (Stream<Path> files = Files.walk(workspace.path())) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    assertThat(Files.getAttribute(file, "unix:nlink"))
                            .as(file.toString())
                            .isEqualTo(1);
                }
            }
        }
    }

    @Test
    void aRetryBeginsAtItsBaseAndTheFirstTrysWorkIsRescued() throws Exception {
        Workspace first = scene.workspaces.acquire(scene.request(1, 1));
        Scene.write(first.path().resolve("src/Main.java"), "class Half {}\n");
        Scene.write(first.path().resolve("new.txt"), "new\n");

        Workspace second = scene.workspaces.acquire(scene.request(1, 2));

        assertThat(second.path()).isEqualTo(first.path());
        assertIsNew(second);
        String rescued = "refs/coppice/rescue/0123456789ab/1-1";
        assertThat(scene.repository.read(rescued, "src/Main.java")).isEqualTo("class Half {}\n");
        assertThat(scene.repository.read(rescued, "new.txt")).isEqualTo("new\n");
    }

    @Test
    void aRetryIsPossibleAfterAnAgentDeletedItsGitFile() throws Exception {
        Workspace first = scene.workspaces.acquire(scene.request(1, 1));
        Scene.write(first.path().resolve("new.txt"), "new\n");
        Files.delete(first.path().resolve(".git"));

        Workspace second = scene.workspaces.acquire(scene.request(1, 2));

        assertIsNew(second);
        assertThat(scene.repository.read("refs/coppice/rescue/0123456789ab/1-1", "new.txt"))
                .isEqualTo("new\n");
    }

    @Test
    void aRetryIsPossibleAfterSomebodyDeletedTheWorkspace() throws Exception {
        Workspace first = scene.workspaces.acquire(scene.request(1, 1));
        Leftovers.delete(first.path());

        assertIsNew(scene.workspaces.acquire(scene.request(1, 2)));
    }

    @Test
    void aTaskThatBringsNoCommitStandsOnNoBranchAndStillLosesNothing() throws Exception {
        warm();
        Workspace first = scene.workspaces.acquire(scene.withoutBranch(1, 1));
        assertThat(scene.workspaces.reopen(scene.withoutBranch(1, 1))).isPresent();
        assertThat(scene.repository.git("branch", "--list", "coppice/*")).isEmpty();
        scene.workspaces.release(first);

        Workspace second = scene.workspaces.acquire(scene.withoutBranch(1, 2));
        assertThat(scene.workspaces.rescued()).isEmpty();
        Scene.write(second.path().resolve("unasked.txt"), "x");
        scene.agentGit(second, "add", "unasked.txt");
        scene.agentGit(second, "commit", "-qm", "Unasked");
        scene.workspaces.acquire(scene.withoutBranch(1, 3));

        assertThat(scene.repository.read("refs/coppice/rescue/0123456789ab/1-2", "unasked.txt"))
                .isEqualTo("x");
        assertThat(scene.repository.git("branch", "--list", "coppice/*")).isEmpty();
    }

    @Test
    void commitsOnATasksBranchAreRescuedBeforeItBeginsAnew() throws Exception {
        String branch = scene.request(1, 2).on().orElseThrow().value();
        String lost = scene.repository.branch(branch, "trunk", Map.of("lost.txt", "lost"));

        Workspace workspace = scene.workspaces.acquire(scene.request(1, 2));

        assertIsNew(workspace);
        assertThat(scene.repository.git("rev-parse", "refs/coppice/rescue/0123456789ab/1-1"))
                .isEqualTo(lost);
    }

    @Test
    void anAttemptThatGoesOnFindsItsWorkspaceAsItWasLeft() throws Exception {
        Settings.Environment environment =
                new Settings.Environment(
                        List.of(), List.of(".env"), List.of(), Optional.empty(), List.of(), 3);
        scene.repository.write(".env", "SECRET=1\n");
        Workspace first = scene.acquire(environment);
        Scene.write(first.path().resolve("half.txt"), "half\n");

        Workspace again =
                scene.open().reopen(scene.request(1, 2, scene.head(), environment)).orElseThrow();

        assertThat(again.path().resolve("half.txt")).hasContent("half\n");
        assertThat(again.attempt()).isEqualTo(2);
        assertThat(again.exclusions()).isEqualTo(first.exclusions());
        assertThat(again.variables())
                .containsEntry("COPPICE_PORT", first.variables().get("COPPICE_PORT"))
                .containsEntry("COPPICE_ATTEMPT", "2");
    }

    @Test
    void aWorkspaceThatIsGoneOrNoLongerIsolatedIsNotReopened() throws Exception {
        assertThat(scene.workspaces.reopen(scene.request(1, 2))).isEmpty();
        Workspace workspace = scene.workspaces.acquire(scene.request(1, 1));
        Files.delete(workspace.path().resolve(".git"));

        assertThat(scene.workspaces.reopen(scene.request(1, 2))).isEmpty();
    }

    @Test
    void noAgentIsStartedWhereGitFindsTheUsersCheckout() throws Exception {
        Settings.Environment environment =
                new Settings.Environment(
                        List.of(CommandLine.shell("rm .git")),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        List.of(),
                        0);

        assertThatThrownBy(() -> scene.acquire(environment))
                .isInstanceOf(WorkspaceException.class)
                .hasMessageContaining("not started");
    }

    @Test
    void somethingElseAtTheWorkspacesPlaceIsLeftAlone() throws Exception {
        Path theirs = Scene.write(scene.request(1, 1).path().resolve("theirs.txt"), "x");

        assertThatThrownBy(() -> scene.workspaces.acquire(scene.request(1, 1)))
                .isInstanceOf(WorkspaceException.class)
                .hasMessageContaining("no workspace");
        assertThat(theirs).exists();
    }

    @Test
    void sixteenWorkspacesAtOnceAreAllRight() throws Exception {
        scene.workspaces.warm(4, scene.head());
        List<Future<Workspace>> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 1; i <= 16; i++) {
                WorkspaceRequest request = scene.request(i, 1);
                all.add(threads.submit(() -> scene.workspaces.acquire(request)));
            }
        }

        for (Future<Workspace> workspace : all) {
            assertIsNew(workspace.get());
        }
    }

    @Test
    void theUsersCheckoutAndConfigurationStayAsTheyAre() throws Exception {
        scene.repository.write("README.md", "being edited\n");
        scene.repository.write("untracked.txt", "mine\n");
        String before = checkout();

        warm();
        Workspace first = scene.workspaces.acquire(scene.request(1, 1));
        Scene.write(first.path().resolve("new.txt"), "new\n");
        scene.workspaces.rescue(first);
        scene.workspaces.release(first);
        scene.workspaces.acquire(scene.request(2, 1));

        assertThat(checkout()).isEqualTo(before);
    }

    private String checkout() throws IOException {
        return scene.repository.git("status", "--porcelain", "--branch")
                + scene.repository.head()
                + Files.readString(scene.repository.path().resolve(".git/config"))
                + Files.readString(scene.repository.path().resolve(".git/info/exclude"))
                + Files.readString(scene.repository.globalConfiguration());
    }

    @Test
    void aHookThatAnAgentPlantedForAllIsTold() throws Exception {
        Workspace first = scene.workspaces.acquire(scene.request(1, 1));
        Scene.write(scene.repository.path().resolve(".git/hooks/pre-commit"), "#!/bin/sh\n");

        Workspace second = scene.workspaces.acquire(scene.request(2, 1));
        Workspace third = scene.workspaces.acquire(scene.request(3, 1));

        assertThat(first.warnings()).isEmpty();
        assertThat(second.warnings()).singleElement().asString().contains("hooks/pre-commit");
        assertThat(third.warnings()).isEmpty();
    }

    @Test
    void aHookThatFailsIsInNobodysWay() throws Exception {
        for (String hook : List.of("post-checkout", "pre-commit", "reference-transaction")) {
            Path file =
                    Scene.write(
                            scene.repository.path().resolve(".git/hooks").resolve(hook),
                            "#!/bin/sh\nexit 1\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        warm();

        assertIsNew(scene.workspaces.acquire(scene.request(1, 1)));
        assertIsNew(scene.workspaces.acquire(scene.request(2, 1)));
    }

    @Test
    void whatADeadProcessLeftInThePoolIsTakenOver() throws Exception {
        Path left = scene.root.resolve(".spare/dead/0");
        scene.repository.git("worktree", "add", "-q", "--detach", left.toString());
        Scene.write(left.resolve("ignored.log"), "x");
        Scene.write(scene.root.resolve(".spare/dead.lock"), "");
        warm();

        Workspace workspace = scene.workspaces.acquire(scene.request(1, 1));

        assertIsNew(workspace);
        assertThat(scene.repository.gitIn(workspace.path(), "rev-parse", "--git-dir"))
                .endsWith(".git/worktrees/0");
        assertThat(left).doesNotExist();
    }

    @Test
    void aPlaceThatIsBeingGivenUpIsWaitedFor() throws Exception {
        for (int attempt = 1; attempt <= 5; attempt++) {
            Workspace workspace = scene.workspaces.acquire(scene.request(1, attempt));
            assertIsNew(workspace);
            scene.workspaces.release(workspace);
        }
    }

    @Test
    void afterTheEndNoSpareWorktreeIsLeft() throws Exception {
        scene.workspaces.warm(2, scene.head());
        scene.workspaces.release(scene.workspaces.acquire(scene.request(1, 1)));

        scene.workspaces.close();

        assertThat(scene.repository.git("worktree", "list").lines()).hasSize(1);
        assertThat(scene.root.resolve(".spare")).isEmptyDirectory();
    }

    @Test
    void whatIsReleasedAfterTheEndStays() throws Exception {
        Workspace workspace = scene.workspaces.acquire(scene.request(1, 1));
        scene.workspaces.close();

        scene.workspaces.release(workspace);

        assertThat(workspace.path()).isDirectory();
        assertIsNew(scene.open().acquire(scene.request(1, 2)));
    }

    @Test
    void aRootInTheCheckoutIsHiddenFromTheUsersGitAndClosedToOthers() throws Exception {
        Path ours = scene.repository.path().resolve(".coppice");

        assertThat(permissions(ours)).isEqualTo("rwx------");
        assertThat(scene.repository.git("status", "--porcelain")).isEmpty();
    }

    @Test
    void whatIsOursIsClosedToOthersAlsoWhereItWasOpenAndWhatIsTheUsersStaysOpen() throws Exception {
        Path open = scene.repository.path().resolve(".coppice");
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path users = Files.createDirectories(folder.resolve("users"));
        Files.setPosixFilePermissions(users, PosixFilePermissions.fromString("rwxr-xr-x"));

        Workspaces.makeFolder(Optional.of(scene.git), scene.root);
        Path made = Workspaces.makeFolder(Optional.of(scene.git), users.resolve("work"));
        Workspaces.makeFolder(Optional.of(scene.git), users);

        assertThat(permissions(open)).isEqualTo("rwx------");
        assertThat(permissions(made)).isEqualTo("rwx------");
        assertThat(permissions(users)).isEqualTo("rwxr-xr-x");
    }

    private static String permissions(Path folder) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder));
    }

    @Test
    void lookingWhetherAWorktreeThatWaitsIsHeldDoesNotLetGoOfIt() throws Exception {
        SpareFolder spares = new SpareFolder(folder.resolve("spare"));
        try (SpareFolder.Holder holder = spares.hold()) {
            Path place = holder.place();
            Path spare = Objects.requireNonNull(place.getParent());
            Path lock = spare.resolveSibling(spare.getFileName() + ".lock");
            Object inode = Files.getAttribute(lock, "unix:ino");

            assertThat(spares.isHeld(place)).isTrue();

            assertThat(Files.readString(Path.of("/proc/locks"))).contains(":" + inode + " ");
        }
    }

    @Test
    void anotherRootInTheCheckoutIsExcludedAndOneOutsideWorksToo() throws Exception {
        Path inside = scene.repository.path().resolve("my work");
        try (Scene other = new Scene(scene.repository, inside)) {
            assertIsNew(other.workspaces.acquire(other.request(1, 1)));
            assertThat(scene.repository.git("status", "--porcelain")).isEmpty();
        }
        try (Scene other = new Scene(scene.repository, folder.resolve("outside"))) {
            assertIsNew(other.workspaces.acquire(other.request(2, 1)));
        }
    }

    @Test
    void aRootWithANameLikeAPatternIsExcludedFromACheckoutWithRulesInAnyEncoding()
            throws Exception {
        Path rules = scene.repository.path().resolve(".git/info/exclude");
        Files.writeString(rules, "größe", StandardCharsets.ISO_8859_1);
        Path inside = scene.repository.path().resolve("my [x]*/work");

        try (Scene other = new Scene(scene.repository, inside)) {
            assertIsNew(other.workspaces.acquire(other.request(1, 1)));
            assertThat(scene.repository.git("status", "--porcelain")).isEmpty();
        }
        assertThat(Files.readString(rules, StandardCharsets.ISO_8859_1)).startsWith("größe\n");
    }

    @Test
    void linksAndAwkwardNamesAreCheckedOutAsTheyAre() throws Exception {
        scene.repository.write("dir with space/ünïcödé 🚀.txt", "x\n");
        scene.repository.write(".gitattributes", "*.txt text eol=crlf\n");
        Files.createSymbolicLink(scene.repository.path().resolve("link"), Path.of("../outside"));
        scene.repository.commit("Awkward");
        warm();

        Workspace workspace = scene.workspaces.acquire(scene.request(1, 1));

        assertIsNew(workspace);
        assertThat(workspace.path().resolve("dir with space/ünïcödé 🚀.txt")).hasContent("x\r\n");
        assertThat(Files.isSymbolicLink(workspace.path().resolve("link"))).isTrue();
        assertThat(Files.exists(workspace.path().resolve("link"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
    }

    @Test
    void aRepositoryOfManyFilesIsServed() throws Exception {
        ScratchRepository big = ScratchRepository.ofFiles(folder.resolve("big"), 300);
        try (Scene other = new Scene(big, big.path().resolve(".coppice/workspace"))) {
            other.workspaces.warm(1, other.head());

            Workspace workspace = other.workspaces.acquire(other.request(1, 1));

            assertThat(big.gitIn(workspace.path(), "status", "--porcelain")).isEmpty();
            assertThat(workspace.path().resolve(ScratchRepository.nameOf(299))).exists();
        }
    }

    @Test
    void aReleaseForWhichThereIsNoPlaceIsNobodysFailure() throws Exception {
        Workspace workspace = scene.workspaces.acquire(scene.request(1, 1));
        Scene.write(scene.root.resolve(".spare"), "no folder");

        scene.workspaces.release(workspace);

        assertIsNew(scene.workspaces.acquire(scene.request(1, 2)));
    }

    @Test
    void tasksOfTheEnginesOwnShareNeitherBranchNorRescue() {
        BranchTemplate template = new BranchTemplate("work/<job>/<n>");
        Slug one = new Slug("resolve-1-2");
        Slug other = new Slug("resolve-1-3");

        assertThat(template.branch(Scene.JOB, 0, one))
                .isNotEqualTo(template.branch(Scene.JOB, 0, other));
        assertThat(template.job(template.branch(Scene.JOB, 0, one))).contains(Scene.JOB);
        assertThat(template.branch(Scene.JOB, 3, one).value()).isEqualTo("work/0123456789ab/3");
        assertThat(Rescued.ref(Scene.JOB, 0, one, 1))
                .isNotEqualTo(Rescued.ref(Scene.JOB, 0, other, 1));
        assertThat(Rescued.of(Rescued.ref(Scene.JOB, 0, one, 2), scene.head(), Scene.NOW))
                .hasValueSatisfying(kept -> {
                    assertThat(kept.number()).isZero();
                    assertThat(kept.attempt()).isEqualTo(2);
                    assertThat(kept.name()).isEqualTo("0-resolve-1-2-2");
                });
    }
}
