package dev.coppice.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.git.Leftovers;
import dev.coppice.process.Command;
import dev.coppice.process.Finished;
import dev.coppice.process.Marker;
import dev.coppice.process.Processes;
import dev.coppice.testkit.Wheels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One cache for all tests here, since the first template of a Python takes seconds.
class VirtualEnvironmentTest {
    @TempDir static Path shared;
    private static Path wheels;
    private static Processes processes;
    private static VirtualEnvironments environments;

    @TempDir Path folder;
    private Path workspace;

    @BeforeAll
    static void openTheCache() throws IOException {
        processes = Processes.open();
        environments = new VirtualEnvironments(shared.resolve("cache"));
        wheels = shared.resolve("wheels");
        Wheels.write(wheels, "oak", "1.0");
        Wheels.write(wheels, "oak", "2.0");
        Wheels.write(wheels, "elm", "1.0");
    }

    /// Links that lead out of a temporary folder make JUnit warn, so they go before it looks.
    @AfterAll
    static void close() throws IOException {
        processes.close();
        Leftovers.delete(shared.resolve("cache"));
    }

    @AfterEach
    void deleteTheWorkspaces() throws IOException {
        Leftovers.delete(workspace);
        Leftovers.delete(folder.resolve("other"));
    }

    @BeforeEach
    void makeAWorkspace() throws IOException {
        workspace = Files.createDirectories(folder.resolve("a workspace ü's"));
    }

    private static Map<String, String> variables() {
        Map<String, String> variables = new HashMap<>();
        variables.put("PATH", System.getenv("PATH"));
        variables.put("HOME", shared.toString());
        variables.put("LC_ALL", "C.UTF-8");
        variables.putAll(Wheels.environment(wheels));
        return variables;
    }

    private List<String> make(Path at, List<String> packages, List<String> files)
            throws InterruptedException {
        return environments.make(programs(at, variables()), new Requirements(packages, files));
    }

    private Programs programs(Path at, Map<String, String> variables) {
        Marker marker = new Marker("COPPICE_TEST_RUN", at.toString());
        return new Programs(
                processes,
                Launching.by(processes),
                marker,
                at,
                variables,
                folder.resolve("setup.log"));
    }

    private String run(Path at, String program, String... arguments) throws InterruptedException {
        List<String> argv = new ArrayList<>();
        argv.add(at.resolve(".venv/bin").resolve(program).toString());
        argv.addAll(List.of(arguments));
        Finished finished = processes.run(Command.of(at, variables(), argv));
        assertThat(finished.exitCode()).as(finished.toString()).isZero();
        return finished.stdoutText().strip();
    }

    private String python(Path at, String code) throws InterruptedException {
        return run(at, "python", "-c", code);
    }

    @Test
    void pythonAndPipRunAsTheWorkspacesOwn() throws Exception {
        make(workspace, List.of(), List.of());

        assertThat(python(workspace, "import sys; print(sys.prefix)"))
                .isEqualTo(workspace.resolve(".venv").toString());
        assertThat(run(workspace, "pip", "--version")).startsWith("pip ");
        assertThat(run(workspace, "python3", "-m", "pip", "--version")).startsWith("pip ");
    }

    @Test
    void requirementsComeFromAWheelFolder() throws Exception {
        Files.writeString(workspace.resolve("requirements.txt"), "oak==1.0\n");

        make(workspace, List.of("elm"), List.of("requirements.txt"));

        assertThat(python(workspace, "import oak, elm; print(oak.version, elm.version)"))
                .isEqualTo("1.0 1.0");
    }

    @Test
    void requirementsMayBeInTheEncodingThatWindowsWrites() throws Exception {
        Files.writeString(
                workspace.resolve("requirements.txt"),
                "\ufeff-r more.txt\r\n# für alle\r\n",
                StandardCharsets.UTF_16LE);
        Files.writeString(workspace.resolve("more.txt"), "oak==1.0\n");
        make(workspace, List.of(), List.of("requirements.txt"));
        Files.writeString(workspace.resolve("more.txt"), "oak==2.0\n");

        make(workspace, List.of(), List.of("requirements.txt"));

        assertThat(python(workspace, "import oak; print(oak.version)")).isEqualTo("2.0");
    }

    @Test
    void aPackagesCommandRunsInTheWorkspaceItWasFoundIn() throws Exception {
        Path other = Files.createDirectories(folder.resolve("other"));
        make(workspace, List.of("oak==1.0"), List.of());
        make(other, List.of("oak==1.0"), List.of());

        assertThat(run(workspace, "oak")).isEqualTo("1.0 " + workspace.resolve(".venv"));
        assertThat(run(other, "oak")).isEqualTo("1.0 " + other.resolve(".venv"));
    }

    @Test
    void whatAnAgentInstallsIsSeenInItsWorkspaceOnly() throws Exception {
        Path other = Files.createDirectories(folder.resolve("other"));
        make(workspace, List.of("oak==1.0"), List.of());
        make(other, List.of("oak==1.0"), List.of());

        run(workspace, "pip", "install", "-q", "oak==2.0", "elm");

        assertThat(python(workspace, "import oak, elm; print(oak.version)")).isEqualTo("2.0");
        assertThat(python(other, "import oak; print(oak.version)")).isEqualTo("1.0");
        assertThat(python(other, "import importlib.util as u; print(u.find_spec('elm'))"))
                .isEqualTo("None");
        assertThat(run(workspace, "oak")).isEqualTo("2.0 " + workspace.resolve(".venv"));
    }

    @Test
    void aRequirementThatIsThereAlreadyIsNotInstalledAgain() throws Exception {
        make(workspace, List.of("oak==1.0"), List.of());

        assertThat(run(workspace, "pip", "install", "oak"))
                .contains("Requirement already satisfied");
    }

    @Test
    void anActivatedShellFindsTheWorkspacesPython() throws Exception {
        make(workspace, List.of(), List.of());

        Finished finished =
                processes.run(
                        Command.of(
                                workspace,
                                variables(),
                                List.of("sh", "-c", ". .venv/bin/activate; command -v python")));

        assertThat(finished.stdoutText().strip())
                .isEqualTo(workspace.resolve(".venv/bin/python").toString());
    }

    @Test
    void changedRequirementsMakeAnotherTemplate() throws Exception {
        Files.writeString(workspace.resolve("requirements.txt"), "-r more.txt\n");
        Files.writeString(workspace.resolve("more.txt"), "oak==1.0\n");
        make(workspace, List.of(), List.of("requirements.txt"));
        Files.writeString(workspace.resolve("more.txt"), "oak==2.0\n");

        make(workspace, List.of(), List.of("requirements.txt"));

        assertThat(python(workspace, "import oak; print(oak.version)")).isEqualTo("2.0");
    }

    @Test
    void aPackageThatLiesInTheWorkspaceIsInstalledInIt() throws Exception {
        Files.copy(
                wheels.resolve("elm-1.0-py3-none-any.whl"),
                workspace.resolve("elm-1.0-py3-none-any.whl"));
        Files.writeString(workspace.resolve("requirements.txt"), "./elm-1.0-py3-none-any.whl\n");

        make(workspace, List.of(), List.of("requirements.txt"));

        assertThat(python(workspace, "import elm; print(elm.__file__)"))
                .startsWith(workspace.resolve(".venv").toString());
    }

    @Test
    void aRequirementNobodyHasIsAFailureThatNamesIt() {
        assertThatThrownBy(() -> make(workspace, List.of("no-such-tree"), List.of()))
                .isInstanceOf(WorkspaceException.class)
                .hasMessageContaining("No matching distribution found for no-such-tree");
        assertThat(folder.resolve("setup.log")).content().contains("no-such-tree");
    }

    @Test
    void aRequirementFileOutsideTheWorkspaceIsRefused() {
        assertThatThrownBy(() -> make(workspace, List.of(), List.of("../other/requirements.txt")))
                .isInstanceOf(WorkspaceException.class)
                .hasMessageContaining("leads out of");
    }

    @Test
    void whatHangsIsEndedWhenPipsTimeIsUp() throws Exception {
        Path programs = Files.createDirectories(folder.resolve("programs"));
        Path python =
                Files.writeString(
                        programs.resolve("python3"),
                        "#!/bin/sh\ncase \"$*\" in *venv*) exec sleep 97 ;; *) echo stub ;; esac\n");
        Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwxr-xr-x"));
        Map<String, String> variables = variables();
        variables.put("PATH", programs + ":" + System.getenv("PATH"));

        assertThatThrownBy(() ->
                        new VirtualEnvironments(folder.resolve("cache"), Duration.ofSeconds(5))
                                .make(
                                        programs(workspace, variables),
                                        new Requirements(List.of(), List.of())))
                .isInstanceOf(WorkspaceException.class)
                .hasMessageContainingAll("python3 -m venv", "time limit");
        assertThat(VirtualEnvironments.PIP_TIMEOUT).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void noPythonIsAFailureThatSaysSo() {
        Map<String, String> variables = variables();
        variables.put("PATH", folder.toString());

        assertThatThrownBy(() ->
                        environments.make(
                                programs(workspace, variables),
                                new Requirements(List.of(), List.of())))
                .isInstanceOf(WorkspaceException.class)
                .hasMessageContaining("python3");
    }
}
