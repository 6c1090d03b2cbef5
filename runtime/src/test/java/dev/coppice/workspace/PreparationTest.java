package dev.coppice.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.git.Leftovers;
import dev.coppice.model.CommandLine;
import dev.coppice.model.Settings;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreparationTest {
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

    private static Settings.Environment copying(String... names) {
        return new Settings.Environment(
                List.of(), List.of(names), List.of(), Optional.empty(), List.of(), 0);
    }

    private static Settings.Environment linking(String... names) {
        return new Settings.Environment(
                List.of(), List.of(), List.of(names), Optional.empty(), List.of(), 0);
    }

    private static Settings.Environment settingUp(String... lines) {
        return new Settings.Environment(
                List.of(lines).stream().map(CommandLine::shell).toList(),
                List.of(),
                List.of(),
                Optional.empty(),
                List.of(),
                0);
    }

    private static Settings.Environment ports(int count) {
        return new Settings.Environment(
                List.of(), List.of(), List.of(), Optional.empty(), List.of(), count);
    }

    @Test
    void ignoredFilesThatWorktreeincludeNamesAreCopied() throws Exception {
        scene.repository.write(
                ".worktreeinclude", ".env*\n!.env.example\nnode_modules/kept/\nnotes.txt\n");
        scene.repository.write(".env", "A=1\n");
        scene.repository.write(".env.local", "B=2\n");
        scene.repository.write(".env.example", "not this one\n");
        scene.repository.write("node_modules/kept/index.js", "x\n");
        scene.repository.write("node_modules/other/index.js", "x\n");
        scene.repository.write("notes.txt", "untracked, but not ignored\n");
        scene.repository.write("build.log", "ignored, but not named\n");

        Path workspace = scene.acquire(Settings.Environment.NONE).path();

        assertThat(workspace.resolve(".env")).hasContent("A=1\n");
        assertThat(workspace.resolve(".env.local")).hasContent("B=2\n");
        assertThat(workspace.resolve("node_modules/kept/index.js")).hasContent("x\n");
        assertThat(workspace.resolve(".env.example")).doesNotExist();
        assertThat(workspace.resolve("node_modules/other")).doesNotExist();
        assertThat(workspace.resolve("notes.txt")).doesNotExist();
        assertThat(workspace.resolve("build.log")).doesNotExist();
    }

    @Test
    void configuredFilesAndFoldersAreCopied() throws Exception {
        scene.repository.write("local settings/one.txt", "1\n");
        Path link = scene.repository.path().resolve("local settings/link");
        Files.createSymbolicLink(link, Path.of("/etc/hostname"));

        Workspace workspace = scene.acquire(copying("local settings", "missing.txt"));

        assertThat(workspace.path().resolve("local settings/one.txt")).hasContent("1\n");
        assertThat(workspace.path().resolve("local settings/link")).isSymbolicLink();
        assertThat(workspace.warnings()).singleElement().asString().contains("missing.txt");
    }

    @Test
    void whatTheCommitHasIsNotReplacedByACopy() throws Exception {
        scene.repository.write("README.md", "being edited\n");

        Workspace workspace = scene.acquire(copying("README.md"));

        assertThat(workspace.path().resolve("README.md")).hasContent("scratch\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../outside.txt", "/etc/hostname", "a/../../b", ".", "", "x\ny", "x\0y"})
    void aNameThatLeadsOutIsRefused(String name) {
        assertThatThrownBy(() -> scene.acquire(copying(name)))
                .isInstanceOf(WorkspaceException.class);
        assertThatThrownBy(() -> scene.acquire(linking(name)))
                .isInstanceOf(WorkspaceException.class);
    }

    @Test
    void aLinkInTheCommitLeadsNoCopyOutOfTheWorkspace() throws Exception {
        Path outside = Files.createDirectories(folder.resolve("outside"));
        Files.createSymbolicLink(scene.repository.path().resolve("config"), outside);
        scene.repository.commit("A link");
        scene.repository.git("rm", "-q", "--cached", "config");
        Files.delete(scene.repository.path().resolve("config"));
        scene.repository.write("config/secret.txt", "secret\n");

        assertThatThrownBy(() -> scene.acquire(copying("config/secret.txt")))
                .isInstanceOf(WorkspaceException.class)
                .hasMessageContaining("leads out of");
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void copiedAndLinkedFilesEnterNoCommitWhoeverMakesIt() throws Exception {
        scene.repository.write("secret.txt", "not even ignored\n");
        scene.repository.write("node_modules/m/index.js", "x\n");
        Settings.Environment environment =
                new Settings.Environment(
                        List.of(),
                        List.of("secret.txt", ".env"),
                        List.of("node_modules"),
                        Optional.empty(),
                        List.of(),
                        0);
        scene.repository.write(".env", "SECRET=1\n");
        Workspace workspace = scene.acquire(environment);
        Scene.write(workspace.path().resolve("task_envelope.json"), "{}");
        Scene.write(workspace.path().resolve("work.txt"), "work\n");

        scene.agentGit(workspace, "add", "-A");
        scene.agentGit(workspace, "commit", "-qm", "By the agent");
        String agents = scene.agentGit(workspace, "rev-parse", "HEAD");
        Scene.write(workspace.path().resolve("more.txt"), "more\n");
        String ours = scene.commit(workspace);

        List<String> tracked = List.of(".gitignore", "README.md", "src/Main.java", "work.txt");
        assertThat(scene.files(agents)).hasSameElementsAs(tracked);
        assertThat(scene.files(ours)).containsAll(tracked).contains("more.txt").hasSize(5);
    }

    @Test
    void aCopiedFileIsNotRescuedEither() throws Exception {
        scene.repository.write("secret.txt", "not even ignored\n");
        Workspace workspace = scene.acquire(copying("secret.txt"));
        Scene.write(workspace.path().resolve("work.txt"), "work\n");

        Rescued rescued = scene.workspaces.rescue(workspace).orElseThrow();

        assertThat(scene.files(rescued.ref().value()))
                .contains("work.txt")
                .doesNotContain("secret.txt");
    }

    @Test
    void theUsersOwnIgnoreRulesHoldForTheAgentsGitToo() throws Exception {
        Path rules = Scene.write(folder.resolve("rules"), "*.mine");
        scene.repository.git("config", "--global", "core.excludesFile", rules.toString());
        scene.openAgain();
        Workspace workspace = scene.acquire(Settings.Environment.NONE);
        Scene.write(workspace.path().resolve("x.mine"), "x");
        Scene.write(workspace.path().resolve("task_envelope.json"), "x");

        assertThat(scene.agentGit(workspace, "status", "--porcelain")).isEmpty();
    }

    @Test
    void aFolderIsLinkedUnlessItLeadsBackIntoTheCheckoutsCode() throws Exception {
        scene.repository.write("node_modules/plain/index.js", "x\n");
        scene.repository.write("web/node_modules/plain/index.js", "x\n");
        Path scope = scene.repository.path().resolve("web/node_modules/@ours");
        Files.createDirectories(scope);
        Files.createSymbolicLink(scope.resolve("core"), scene.repository.path().resolve("src"));

        Workspace workspace = scene.acquire(linking("node_modules", "web/node_modules"));

        assertThat(workspace.path().resolve("node_modules")).isSymbolicLink();
        assertThat(workspace.path().resolve("web/node_modules")).doesNotExist();
        assertThat(workspace.warnings())
                .singleElement()
                .asString()
                .contains("web/node_modules is not linked, since @ours/core");
    }

    @Test
    void aLinkedFolderIsNotEmptiedWhenTheWorkspaceGoes() throws Exception {
        Path precious = scene.repository.write("node_modules/m/index.js", "x\n");
        Workspace workspace = scene.acquire(linking("node_modules"));

        scene.workspaces.release(workspace);
        scene.workspaces.close();

        assertThat(precious).exists();
    }

    @Test
    void programsLearnWhereTheyAre() throws Exception {
        Workspace workspace = scene.acquire(ports(3));

        int port = Integer.parseInt(workspace.variables().get("COPPICE_PORT"));
        assertThat(workspace.variables())
                .containsEntry("COPPICE_JOB", "0123456789ab")
                .containsEntry("COPPICE_TASK", "part-1")
                .containsEntry("COPPICE_ATTEMPT", "1")
                .containsEntry("COPPICE_SLUG", "part-1")
                .containsEntry("COPPICE_BRANCH", "coppice/0123456789ab/1-part-1")
                .containsEntry("COPPICE_BASE_BRANCH", "trunk")
                .containsEntry("COPPICE_ROOT_PATH", scene.git.topLevel().toString())
                .containsEntry("COPPICE_WORKSPACE_PATH", workspace.path().toString())
                .containsEntry("COPPICE_PORT_1", Integer.toString(port + 1))
                .containsEntry("COPPICE_PORT_2", Integer.toString(port + 2))
                .doesNotContainKey("COPPICE_PORT_3")
                .containsEntry("COMPOSE_PROJECT_NAME", "coppice-0123456789ab-1-part-1");
    }

    @Test
    void aRetryHasTheSamePortsAndAnotherWorkspaceOthers() throws Exception {
        Workspace first = scene.acquire(ports(5));
        Workspace other = scene.workspaces.acquire(scene.request(2, 1, scene.head(), ports(5)));
        Workspace retry = scene.workspaces.acquire(scene.request(1, 2, scene.head(), ports(5)));

        assertThat(retry.variables().get("COPPICE_PORT"))
                .isEqualTo(first.variables().get("COPPICE_PORT"))
                .isNotEqualTo(other.variables().get("COPPICE_PORT"));
    }

    @Test
    void setupCommandsRunInTheWorkspaceWithItsVariables() throws Exception {
        Workspace workspace =
                scene.acquire(settingUp("echo $COPPICE_SLUG > made.log && pwd", "cat made.log"));

        assertThat(workspace.path().resolve("made.log")).hasContent("part-1\n");
        assertThat(scene.request(1, 1).log())
                .content()
                .contains("$ cat made.log\npart-1\n", workspace.path().toString());
    }

    @Test
    void aSetupCommandThatFailsSaysWhichAndShowsTheEndOfItsOutput() {
        assertThatThrownBy(() ->
                        scene.acquire(
                                settingUp("echo fine", "seq 100000; echo broken >&2; exit 7")))
                .isInstanceOf(WorkspaceException.class)
                .hasMessageStartingWith("setup command seq 100000")
                .hasMessageContaining("exit code 7")
                .hasMessageEndingWith("broken")
                .satisfies(failure -> assertThat(failure.getMessage()).hasSizeLessThan(5_000));
    }

    @Test
    void whatASetupCommandLeavesRunningIsEnded() throws Exception {
        Path pid = folder.resolve("pid");
        scene.acquire(settingUp("setsid sleep 600 & echo $! > '" + pid + "'"));

        assertThat(isAlive(Files.readString(pid).strip())).isFalse();
    }

    /// One that is dead and was not yet seen by its parent is not alive, though Java takes it for that.
    private static boolean isAlive(String pid) {
        try {
            return !Files.readString(Path.of("/proc", pid, "status")).contains("State:\tZ");
        } catch (IOException _) {
            return false; // it is gone
        }
    }

    @Test
    void aPythonEnvironmentIsFirstOnThePathAndInNoCommit() throws Exception {
        scene.repository.write(".gitignore", "");
        scene.repository.commit("Ignore nothing");
        Settings.Environment environment =
                new Settings.Environment(
                        List.of(CommandLine.shell("command -v python > python.txt")),
                        List.of(),
                        List.of(),
                        Optional.of(List.of("requirements.txt")),
                        List.of(),
                        0);

        Workspace workspace = scene.acquire(environment);

        Path bin = workspace.path().resolve(".venv/bin");
        assertThat(workspace.path().resolve("python.txt")).hasContent(bin.resolve("python") + "\n");
        assertThat(workspace.variables())
                .containsEntry("VIRTUAL_ENV", workspace.path().resolve(".venv").toString());
        assertThat(scene.files(scene.commit(workspace)))
                .contains("python.txt")
                .noneMatch(name -> name.startsWith(".venv"));
    }

    @Test
    void submodulesAreFilledFromWhatTheCheckoutHas() throws Exception {
        ScratchRepository library = ScratchRepository.in(folder.resolve("library"));
        scene.repository.git(
                "-c",
                "protocol.file.allow=always",
                "submodule",
                "--quiet",
                "add",
                library.path().toString(),
                "lib one");
        scene.repository.commit("Use a library");
        Leftovers.delete(library.path());
        scene.openAgain();
        String configuration = Files.readString(scene.repository.path().resolve(".git/config"));

        Workspace workspace = scene.acquire(Settings.Environment.NONE);

        assertThat(workspace.path().resolve("lib one/README.md")).hasContent("scratch\n");
        assertThat(workspace.warnings()).isEmpty();
        assertThat(scene.repository.gitIn(workspace.path(), "status", "--porcelain")).isEmpty();
        assertThat(
                        scene.repository.gitIn(
                                workspace.path().resolve("lib one"), "remote", "get-url", "origin"))
                .isEqualTo(library.path().toString());
        assertThat(scene.repository.path().resolve(".git/config"))
                .content()
                .isEqualTo(configuration);
        scene.workspaces.release(workspace);
        scene.workspaces.close();
        assertThat(workspace.path()).doesNotExist();
    }

    @Test
    void aSubmoduleThatTheCheckoutLacksIsLeftEmptyAndSaid() throws Exception {
        ScratchRepository library = ScratchRepository.in(folder.resolve("library"));
        scene.repository.git(
                "-c",
                "protocol.file.allow=always",
                "submodule",
                "--quiet",
                "add",
                library.path().toString(),
                "lib");
        scene.repository.commit("Use a library");
        Leftovers.delete(scene.repository.path().resolve(".git/modules"));
        scene.openAgain();

        Workspace workspace = scene.acquire(Settings.Environment.NONE);

        assertThat(workspace.path().resolve("lib")).isEmptyDirectory();
        assertThat(workspace.warnings()).singleElement().asString().contains("submodule lib");
    }

    @Test
    void withoutGitLfsLargeFilesArePointersAndThatIsSaid() throws Exception {
        String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
        scene.repository.write("big.bin", pointer);
        scene.repository.commit("A pointer");
        scene.repository.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
        scene.repository.git("add", ".gitattributes");
        scene.repository.git("commit", "-qm", "Attributes");
        scene.repository.git("config", "filter.lfs.smudge", "no-such-lfs smudge %f");
        scene.repository.git("config", "filter.lfs.clean", "no-such-lfs clean %f");
        scene.repository.git("config", "filter.lfs.required", "true");
        scene.openAgain();

        Workspace workspace = scene.acquire(Settings.Environment.NONE);

        assertThat(workspace.path().resolve("big.bin")).hasContent(pointer);
        assertThat(workspace.warnings()).singleElement().asString().contains("git-lfs");
    }
}
