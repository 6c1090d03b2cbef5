package dev.coppice.house;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.agent.ScriptedProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The programs in the folder examples, as a user would run them, with the scripted agent. One home folder serves all,
/// since the first Python environment of a machine takes seconds.
class ExamplesTest {
    private static final String SCRIPT =
            """
            ```script
            say I do my part.
            write part.md
            | done
            result
            | {"status": "completed", "results": {"summary": "done"}}
            ```
            """;

    @TempDir(cleanup = CleanupMode.NEVER)
    static Path machine;

    @TempDir(cleanup = CleanupMode.NEVER)
    Path folder;

    private Map<String, String> environment;

    @BeforeEach
    void configureTheScriptedAgent() throws IOException {
        environment = UsersMachine.environment(machine);
        Path script = Files.writeString(machine.resolve("script.md"), SCRIPT);
        Files.writeString(
                folder.resolve("coppice.yaml"),
                """
                agents:
                  default: scripted
                  scripted: { kind: scripted, command: [%s], args: [--scripts, "%s"] }
                """
                        .formatted(
                                ScriptedProgram.command().stream()
                                        .map(word -> '"' + word + '"')
                                        .collect(joining(", ")),
                                script));
    }

    private GuidePage.Ran run(String name) throws IOException, InterruptedException {
        String source = Files.readString(Path.of("..", "examples", name + ".java"));
        GuidePage.Example program = new GuidePage.Example(name, source, Optional.empty());
        Path classes = Files.createDirectories(machine.resolve("classes"));
        assertThat(new GuidePage(name, List.of(program)).compile(classes)).isEmpty();
        return GuidePage.run(program, classes, folder, environment);
    }

    @Test
    void theDefaultOrchestrationPrintsItsSummaryAndWritesBothFiles() throws Exception {
        GuidePage.Ran ran = run("DefaultOrchestration");

        assertThat(ran.exitCode()).as(ran.errors()).isZero();
        assertThat(UsersMachine.withoutAudit(ran.output()))
                .isEqualTo(
                        "Total: 4, successful: 4, failed: 0, timeout: 0, success rate: 100.0 %\n");
        assertThat(folder.resolve("orchestration_results.json"))
                .content()
                .contains("code_generator_1", "code_reviewer_1", "tester_1", "documenter_1")
                .contains("\"summary\": \"done\"");
        assertThat(folder.resolve("orchestrator_audit.log")).isNotEmptyFile();
    }

    /// The stand-in for claude casts no vote, so that the panel abstains.
    @Test
    void theExamplesOfUseRunToTheirEnd() throws Exception {
        GuidePage.Ran ran = run("ExampleUsage");

        assertThat(ran.exitCode()).as(ran.errors()).isZero();
        assertThat(UsersMachine.withoutAudit(ran.output()))
                .isEqualTo(
                        """
                        one agent: COMPLETED
                        merged: true
                        agent1: COMPLETED
                        agent2: COMPLETED
                        agent3: COMPLETED
                        results: orchestration_results.json
                        in the environment: Python
                        one process: 1 of 1 succeeded
                        in parallel: 3 of 3 succeeded
                        in sequence: 3 of 3 succeeded
                        with fallback: 1 of 1 succeeded
                        in batches: 4 of 4 succeeded
                        n-version: 3 of 3 succeeded
                        debate: 2 rounds
                        cascade: primary
                        expert panel: ABSTAIN
                        """);
    }

    @Test
    void theVerificationTicksTwelveFunctions() throws Exception {
        GuidePage.Ran ran = run("VerifyImplementation");

        assertThat(ran.exitCode()).as(ran.output() + ran.errors()).isZero();
        assertThat(ran.output().lines().filter(line -> line.startsWith("✓ "))).hasSize(12);
        assertThat(ran.output()).endsWith("All 12 functions work.\n");
    }

    @Test
    void theVerificationEndsWith1WhenAFunctionFails() throws Exception {
        Path programs = Files.createDirectories(folder.resolve("bin"));
        Path python = Files.writeString(programs.resolve("python3"), "#!/bin/sh\nexit 1\n");
        Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwxr-xr-x"));
        environment.merge("PATH", programs.toString(), (path, first) -> first + ":" + path);

        GuidePage.Ran ran = run("VerifyImplementation");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.output()).contains("✓ create_worktree\n", "✗ setup_virtualenv: ");
    }
}
