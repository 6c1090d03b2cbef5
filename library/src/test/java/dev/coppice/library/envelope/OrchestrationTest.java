package dev.coppice.library.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.coppice.model.Event;
import dev.coppice.model.Recorded;
import dev.coppice.runtime.Audit;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Opening;
import dev.coppice.runtime.Surroundings;
import dev.coppice.testkit.ScratchRepository;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The agents here are lines of shell that stand in the envelopes' descriptions. One cache of Python environments serves
/// all tests, since the first of a machine takes seconds.
class OrchestrationTest {
    @TempDir(cleanup = CleanupMode.NEVER)
    static Path shared;

    @TempDir(cleanup = CleanupMode.NEVER)
    Path folder;

    private final ByteArrayOutputStream console = new ByteArrayOutputStream();
    private ScratchRepository repository;
    private Orchestration orchestration;

    @BeforeEach
    void openARepository() {
        repository = ScratchRepository.in(folder.resolve("a repository"));
        repository.write("coppice.yaml", CONFIGURATION);
        repository.commit("Configure");
        orchestration = openAt(repository.path());
    }

    private static final String CONFIGURATION =
            "agents: { default: script, script: { command: [bash], stdin: description } }\n";

    private Surroundings surroundings(Path where) {
        return surroundings(where, Map.of());
    }

    private Surroundings surroundings(Path where, Map<String, String> further) {
        Map<String, String> environment = new HashMap<>(repository.environment());
        environment.put("COPPICE_HOME", shared.resolve("coppice").toString());
        environment.put("PIP_NO_INDEX", "1");
        environment.putAll(further);
        return new Surroundings(
                where, shared, environment, Optional.empty(), InstantSource.system());
    }

    private Orchestration openAt(Path where) {
        return Orchestration.open(
                surroundings(where),
                folder.resolve(Orchestration.AUDIT_FILE),
                new PrintStream(console, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void close() {
        orchestration.close();
    }

    private String audit() throws IOException {
        return Files.readString(folder.resolve(Orchestration.AUDIT_FILE));
    }

    private static HandoffEnvelope shell(String agent, String line) {
        return Orchestration.buildEnvelope(agent, line, Map.of());
    }

    private static String results(String json) {
        return "echo '{\"task_id\":\"t\",\"status\":\"completed\",\"results\":"
                + json
                + "}' > task_result.json";
    }

    @Test
    void aWorktreeThatCannotBeMadeLeavesNothing() throws Exception {
        orchestration.createWorktree("one");
        String before = repository.git("worktree", "list");

        String usersOwn = repository.git("symbolic-ref", "--short", "HEAD").strip();
        for (String refused : List.of(usersOwn, "one/more")) {
            assertThatThrownBy(() -> orchestration.createWorktree(refused))
                    .isInstanceOf(EnvelopeException.class);
        }

        assertThat(repository.git("worktree", "list")).isEqualTo(before);
        assertThat(repository.git("status", "--porcelain")).isEmpty();
    }

    @Test
    void g5_aWorktreeIsThereWithTheRepositorysFilesAndThenGone() throws Exception {
        Path worktree = orchestration.createWorktree("agent-1-branch");

        assertThat(worktree)
                .isEqualTo(
                        repository
                                .path()
                                .toRealPath()
                                .resolve(".coppice/worktrees/agent-1-branch"));
        assertThat(worktree.resolve("README.md")).hasContent("scratch");
        assertThat(repository.git("status", "--porcelain")).isEmpty();

        orchestration.removeWorktree("agent-1-branch");

        assertThat(worktree).doesNotExist();
        assertThat(repository.git("branch", "--list", "agent-1-branch")).isEmpty();
        assertThat(repository.git("for-each-ref", "refs/coppice/rescue")).isEmpty();
    }

    @Test
    void g6_pythonAndPipRunInAVirtualEnvironment() throws Exception {
        Path worktree = orchestration.createWorktree("python");

        Path environment = orchestration.setupVirtualenv(worktree);

        assertThat(environment).isEqualTo(worktree.resolve(".venv"));
        assertThat(orchestration.runAgentInVenv(worktree, List.of("pip", "--version")).output())
                .startsWith("pip ");
        Files.writeString(
                worktree.resolve("script.py"), "import sys; print(sys.prefix, sys.argv[1])");
        assertThat(orchestration.runAgentInVenv(worktree, List.of("script.py", "--arg")).output())
                .isEqualTo(environment + " --arg\n");
        assertThatThrownBy(() -> orchestration.runAgentInVenv(folder, List.of("script.py")))
                .hasMessageContaining("no virtualenv in " + folder);
    }

    @Test
    void g6_wherePipCantBeUpgradedThatIsAWarning() throws Exception {
        Path links = Files.createDirectory(folder.resolve("links"));
        Files.writeString(links.resolve("pip-99.0-py3-none-any.whl"), "no wheel");
        Surroundings fresh =
                surroundings(
                        repository.path(),
                        Map.of(
                                "COPPICE_HOME",
                                folder.resolve("fresh").toString(),
                                "PIP_FIND_LINKS",
                                links.toString()));
        try (Orchestration first =
                Orchestration.open(
                        fresh,
                        folder.resolve(Orchestration.AUDIT_FILE),
                        new PrintStream(console, true, StandardCharsets.UTF_8))) {
            Path environment = first.setupVirtualenv(repository.path());

            assertThat(environment.resolve("bin/python")).isExecutable();
        }
        assertThat(audit())
                .contains("[WARNING] orchestrator.setup_virtualenv: pip could not be upgraded: ");
    }

    @Test
    void g7_threeEnvelopesGiveThreeResultsInThePlansOrder() throws Exception {
        List<TaskResult> results =
                orchestration.orchestrateParallel(
                        List.of(
                                shell("one", "sleep 1; " + results("{\"n\": 1}")),
                                shell("two", results("{\"n\": 2}")),
                                shell("three", results("{\"n\": 3}"))));

        assertThat(results)
                .extracting(TaskResult::agentName)
                .containsExactly("one", "two", "three");
        assertThat(results).extracting(TaskResult::status).containsOnly(TaskStatus.COMPLETED);
        AggregatedResults all = Orchestration.aggregateResults(results);
        assertThat(all.successful()).isEqualTo(3);
        assertThat(all.successRate()).isEqualTo(100);
        assertThat(all.wallClockTime()).isPositive();
        Path file = orchestration.writeResults(all);
        assertThat(file).isEqualTo(repository.path().resolve("orchestration_results.json"));
        assertThat(file).content().contains("\"total_tasks\": 3", "\"success_rate\": 100.0");
    }

    @Test
    void g8_provenanceIsCompleteAlsoOnTimeout() throws Exception {
        HandoffEnvelope good = shell("good", "echo x > x.txt; " + results("{\"a\": 1}"));
        TaskResult done = orchestration.runSubagent("good-branch", good);
        int seconds = 5;
        TaskResult late = late(seconds);
        // a busy machine may need more than this for the worktree
        while (late.provenance().orElseThrow().worktreePath().isEmpty() && seconds < 120) {
            seconds *= 2;
            late = late(seconds);
        }

        ProvenanceInfo provenance = done.provenance().orElseThrow();
        assertThat(done.status()).as(done.toString()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(done.outputs()).isEqualTo(Map.of("a", 1L));
        assertThat(provenance.completedAt()).isPresent();
        assertThat(provenance.inputHash()).isEqualTo(good.inputHash());
        assertThat(provenance.outputHash()).contains(Orchestration.computeHash(Map.of("a", 1)));
        String tip = repository.git("rev-parse", "good-branch");
        assertThat(provenance.commandHistory())
                .containsExactly(
                        "Created worktree at " + provenance.worktreePath().orElseThrow(),
                        "Setup virtualenv",
                        "Wrote task envelope",
                        "Executed agent (bash, exit code 0)",
                        "Committed results (" + tip + ")");
        assertThat(Path.of(provenance.worktreePath().orElseThrow())).doesNotExist();
        assertThat(repository.git("ls-tree", "--name-only", "good-branch"))
                .contains("x.txt")
                .doesNotContain("task_", ".venv");
        assertThat(late.status()).isEqualTo(TaskStatus.TIMEOUT);
        assertThat(late.errorMessage().orElseThrow())
                .isEqualTo(
                        "late timed out after "
                                + seconds
                                + " s. Give the envelope a longer timeout if it needs one.");
        assertThat(late.provenance().orElseThrow().completedAt()).isPresent();
        assertThat(Path.of(late.provenance().orElseThrow().worktreePath().orElseThrow()))
                .doesNotExist();
    }

    private TaskResult late(int seconds) throws InterruptedException {
        return orchestration.runSubagent(
                "late-branch-" + seconds,
                shell("late", "sleep 600").withTimeout(Duration.ofSeconds(seconds)));
    }

    @Test
    void g9_aFunctionThatFailsTwiceSucceedsAtTheThirdCall() throws Exception {
        AtomicInteger calls = new AtomicInteger();

        int call =
                orchestration.retryWithBackoff(
                        () -> {
                            if (calls.incrementAndGet() < 3) {
                                throw new IOException("not yet");
                            }
                            return calls.get();
                        },
                        RetryConfig.retries(3).withBaseDelay(Duration.ofMillis(100)),
                        "flaky");

        assertThat(call).isEqualTo(3);
        assertThat(audit()).contains("flaky: attempt 2 failed, retry in ", "not yet");
    }

    @Test
    void g9_retriesAreTriesAfterTheFirst() {
        AtomicInteger calls = new AtomicInteger();

        assertThatThrownBy(() ->
                        orchestration.retryWithBackoff(
                                () -> {
                                    throw new IOException("failure " + calls.incrementAndGet());
                                },
                                RetryConfig.retries(2).withBaseDelay(Duration.ofMillis(1)),
                                "broken"))
                .isInstanceOf(IOException.class)
                .hasMessage("failure 3");
        assertThat(calls).hasValue(3);
    }

    @Test
    void g9_theWaitsAreThoseOfTheRetryConfig() throws IOException {
        RetryConfig config =
                RetryConfig.retries(2).withBaseDelay(Duration.ofMillis(100)).withJitterRange(0);

        assertThat(waits("twice", config)).containsExactly("0.1 s", "0.2 s");
        assertThat(waits("capped", config.withMaxDelay(Duration.ofMillis(150))))
                .containsExactly("0.1 s", "0.15 s");
        assertThat(waits("thrice", config.withBackoffFactor(3))).containsExactly("0.1 s", "0.3 s");
    }

    /// What the log says was waited for what always fails.
    private List<String> waits(String name, RetryConfig config) throws IOException {
        assertThatThrownBy(() ->
                        orchestration.retryWithBackoff(
                                () -> {
                                    throw new IOException("no");
                                },
                                config,
                                name))
                .hasMessage("no");
        return Pattern.compile(name + ": attempt \\d failed, retry in (.*?):")
                .matcher(audit())
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void whatCantSucceedIsNotTriedAgain() throws Exception {
        AtomicInteger calls = new AtomicInteger();

        assertThatThrownBy(() ->
                        orchestration.retryWithBackoff(() -> {
                            calls.incrementAndGet();
                            throw new IllegalArgumentException("bad");
                        }))
                .hasMessage("bad");
        assertThat(calls).hasValue(1);
        assertThat(audit()).contains("[ERROR] orchestrator.retry_with_backoff: java.lang.Illegal");
    }

    @Test
    void whatAFunctionWithinItsTimeThrowsIsTold() throws Exception {
        assertThatThrownBy(() ->
                        orchestration.runWithTimeout(
                                () -> {
                                    throw new IOException("broken");
                                },
                                Duration.ofMinutes(1)))
                .isInstanceOf(IOException.class);
        assertThat(audit())
                .contains("[ERROR] orchestrator.run_with_timeout: java.io.IOException: broken");
    }

    @Test
    void g10_aTimeoutEndsTheWholeTree() throws Exception {
        Path pid = Files.createFile(folder.resolve("pid"));
        try (Orchestration patient =
                new Orchestration(
                        surroundings(repository.path()),
                        folder.resolve(Orchestration.AUDIT_FILE),
                        new PrintStream(console, true, StandardCharsets.UTF_8),
                        Orchestration.DEFAULT_OPERATION_TIMEOUT,
                        Duration.ofMinutes(4))) {
            // with ever more time, since a busy machine may need more than this until it has begun
            for (int seconds = 5; Files.size(pid) == 0 && seconds < 300; seconds *= 2) {
                assertTimesOut(patient, seconds, "sleep 600 & echo $! > '" + pid + "'; wait");
            }
            long sleeper = Long.parseLong(Files.readString(pid).strip());
            assertThat(isAlive(sleeper)).isFalse();
        }
    }

    private static void assertTimesOut(Orchestration orchestration, int seconds, String line) {
        assertThatThrownBy(() ->
                        orchestration.runWithTimeout(
                                () -> orchestration.runCommand(List.of("sh", "-c", line)),
                                Duration.ofSeconds(seconds),
                                "sleeping"))
                .isInstanceOf(OperationTimedOutException.class)
                .hasMessage("sleeping timed out after " + seconds + " s");
    }

    /// Whether a process is there and is not just waiting for its parent to take notice of its end.
    private static boolean isAlive(long pid) {
        try {
            return !Files.readString(Path.of("/proc", Long.toString(pid), "status"))
                    .contains("State:\tZ");
        } catch (IOException gone) {
            return false;
        }
    }

    @Test
    void g12_anAgentsOwnFailureIsBelieved() throws Exception {
        TaskResult failed =
                orchestration.runSubagent(
                        "b1",
                        shell(
                                "says",
                                "echo '{\"status\":\"failed\",\"error\":\"no disk\"}' > task_result.json"));
        TaskResult silent = orchestration.runSubagent("b2", shell("silent", "echo hello"));
        TaskResult owing =
                orchestration.runSubagent(
                        "b3", shell("owing", "echo hello").withExpectedOutputs("report"));
        TaskResult bad =
                orchestration.runSubagent("b4", shell("bad", "echo '{' > task_result.json"));
        TaskResult exits = orchestration.runSubagent("b5", shell("exits", "echo boom >&2; exit 3"));

        assertThat(failed.status()).isEqualTo(TaskStatus.FAILED);
        assertThat(failed.errorMessage()).contains("no disk");
        assertThat(silent.status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(silent.outputs().get("output")).isEqualTo("hello\n");
        assertThat(String.valueOf(silent.outputs().get("warning"))).contains("no task_result.json");
        assertThat(owing.status()).isEqualTo(TaskStatus.FAILED);
        assertThat(owing.errorMessage().orElseThrow()).contains("no task_result.json", "report");
        assertThat(bad.status()).isEqualTo(TaskStatus.FAILED);
        assertThat(bad.errorMessage().orElseThrow()).contains("not JSON");
        assertThat(exits.errorMessage().orElseThrow()).contains("exit code 3", "boom");
    }

    @Test
    void g13_fourAgentsOnAnAbsentRepositorySucceedAtTheFirstTry() throws Exception {
        Path absent = folder.resolve("absent");
        Files.createDirectories(absent);
        Files.writeString(absent.resolve("coppice.yaml"), CONFIGURATION);
        try (Orchestration there = openAt(absent)) {
            List<TaskResult> results =
                    there.orchestrateParallel(
                            List.of(
                                    shell("a", results("{}")),
                                    shell("b", results("{}")),
                                    shell("c", results("{}")),
                                    shell("d", results("{}"))));

            assertThat(results).extracting(TaskResult::status).containsOnly(TaskStatus.COMPLETED);
            assertThat(results)
                    .allSatisfy(
                            r -> assertThat(r.provenance().orElseThrow().retryCount()).isZero());
        }
        assertThat(repository.gitIn(absent, "rev-list", "--count", "HEAD")).isEqualTo("1");
    }

    @Test
    void g12_anOutputThatWasExpectedAndIsMissingIsNamed() throws Exception {
        TaskResult result =
                orchestration.runSubagent(
                        "half",
                        shell("half", results("{\"summary\": \"s\"}"))
                                .withExpectedOutputs("summary", "report.md"));

        assertThat(result.status()).isEqualTo(TaskStatus.FAILED);
        assertThat(result.errorMessage().orElseThrow())
                .contains("report.md")
                .doesNotContain("summary");
        assertThat(result.provenance().orElseThrow().completedAt()).isPresent();
    }

    @Test
    void whateverGoesWrongIsInTheResult() throws Exception {
        repository.write("coppice.yaml", "agents: [");

        TaskResult one = orchestration.runSubagent("work", shell("a", "true"));
        List<TaskResult> two =
                orchestration.orchestrateParallel(List.of(shell("b", "true"), shell("c", "true")));

        assertThat(one.status()).isEqualTo(TaskStatus.FAILED);
        assertThat(one.errorMessage().orElseThrow()).contains("coppice.yaml");
        assertThat(two).extracting(TaskResult::status).containsOnly(TaskStatus.FAILED);
        assertThat(audit()).contains("[ERROR] orchestrator.run_subagent: ", "\tat dev.coppice");
    }

    @Test
    void g14_twoEnvelopesOfOneNameAreBothInTheAggregate() throws Exception {
        List<TaskResult> results =
                orchestration.orchestrateParallel(
                        List.of(
                                shell("twin", results("{\"n\": 1}")),
                                shell("twin", results("{\"n\": 2}"))));

        AggregatedResults all = Orchestration.aggregateResults(results);
        assertThat(all.resultsByAgent()).hasSize(2);
        assertThat(all.allOutputs()).hasSize(2);
    }

    @Test
    void g15_whatIsRemovedIsInTheRescueRef() throws Exception {
        Path worktree = orchestration.createWorktree("busy");
        ScratchRepository there = ScratchRepository.at(worktree, repository);
        there.write("done.txt", "unmerged\n");
        there.commit("Unmerged");
        there.write("half.txt", "untracked\n");

        orchestration.removeWorktree("busy");

        assertThat(worktree).doesNotExist();
        assertThat(repository.git("branch", "--list", "busy")).isEmpty();
        String ref = repository.git("for-each-ref", "--format=%(refname)", "refs/coppice/rescue");
        assertThat(repository.git("ls-tree", "--name-only", ref)).contains("done.txt", "half.txt");
        orchestration.removeWorktree("busy");
        assertThat(repository.git("for-each-ref", "--format=%(refname)", "refs/coppice/rescue"))
                .isEqualTo(ref);
    }

    @Test
    void g16_aFailedAgentIsRunAgainAsTheEnvelopeSays() throws Exception {
        Path count = folder.resolve("count");
        HandoffEnvelope envelope =
                shell("flaky", "echo x >> '" + count + "'; test $(wc -l < '" + count + "') -ge 3")
                        .withRetryConfig(
                                RetryConfig.retries(5)
                                        .withBackoffFactor(2.0)
                                        .withBaseDelay(Duration.ofMillis(10)));

        TaskResult result = orchestration.runSubagent("flaky", envelope);

        assertThat(result.status()).as(result.toString()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(result.provenance().orElseThrow().retryCount()).isEqualTo(2);
    }

    @Test
    void g16_theWaitsAreThoseOfTheEnvelope() throws Exception {
        orchestration.runSubagent(
                "broken",
                shell("broken", "exit 1")
                        .withRetryConfig(
                                RetryConfig.retries(2)
                                        .withBackoffFactor(3)
                                        .withJitterRange(0)
                                        .withBaseDelay(Duration.ofMillis(200))));

        List<Duration> waits = new ArrayList<>();
        try (Coppice coppice = coppice()) {
            for (Recorded each : coppice.log().read(coppice.jobs().getFirst(), 0, 1_000)) {
                if (each.event() instanceof Event.RetryScheduled retry) {
                    waits.add(Duration.between(each.at(), retry.at()));
                }
            }
        }
        assertThat(waits).containsExactly(Duration.ofMillis(200), Duration.ofMillis(600));
    }

    @Test
    void g17_thePromptAndTheFileHoldAllOfTheEnvelope() throws Exception {
        repository.write(
                "coppice.yaml",
                "agents: { default: script, script: { command: [bash, -c, 'cat > prompt.txt; cat task_envelope.json > envelope.txt'] } }\n");
        orchestration.close();
        orchestration = openAt(repository.path());
        HandoffEnvelope envelope =
                Orchestration.buildEnvelope("reader", "Review it", Map.of("file", "Api.java"))
                        .withAgentType(AgentType.CODE_REVIEWER)
                        .withContext(Map.of("module", "billing"))
                        .withConstraints(Map.of("style", "no setters"))
                        .withExpectedOutputs("envelope.txt");

        TaskResult result = orchestration.runSubagent("read", envelope);

        assertThat(result.status()).as(result.toString()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(repository.read("read", "prompt.txt"))
                .contains("code_reviewer", "Review it", "Api.java", "billing", "no setters")
                .containsPattern("(?s)Expected outputs.*- envelope.txt");
        assertThat(repository.read("read", "envelope.txt")).isEqualTo(envelope.toJson());
    }

    @Test
    void g18_aTimeoutAndItsLogNameTheOperation() throws Exception {
        assertThatThrownBy(() ->
                        orchestration.runWithTimeout(
                                () -> orchestration.runCommand(List.of("sleep", "97")),
                                Duration.ofSeconds(1),
                                "data_processing"))
                .hasMessage("data_processing timed out after 1 s");
        assertThat(audit())
                .contains(
                        "[ERROR] orchestrator.run_with_timeout: data_processing timed out after 1 s");
    }

    @Test
    void g19_anEnvelopeThatCantStartDisturbsNoOther() throws Exception {
        List<TaskResult> results =
                orchestration.orchestrateParallel(
                        List.of(
                                shell("first", results("{}")),
                                shell("bad..name", results("{}")),
                                shell("third", results("{}"))));

        assertThat(results)
                .extracting(TaskResult::status)
                .containsExactly(TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.COMPLETED);
        assertThat(results.get(1).errorMessage().orElseThrow()).contains("name of a branch");
    }

    @Test
    void g20_theAuditLogTellsAllAndIsAppendedTo() throws Exception {
        orchestration.orchestrateParallel(
                List.of(
                        shell("code_generator_1", results("{}")),
                        shell("code_reviewer_1", "exit 1")
                                .withRetryConfig(
                                        RetryConfig.retries(1).withBaseDelay(Duration.ofMillis(1))),
                        shell("tester_1", "sleep 97").withTimeout(Duration.ofSeconds(2)),
                        shell("documenter_1", results("{}"))));
        String first = audit();
        orchestration.orchestrateParallel(List.of(shell("b", results("{}"))));

        assertThat(audit()).startsWith(first).hasSizeGreaterThan(first.length());
        assertThat(first)
                .contains("[INFO] orchestrator.orchestrate_parallel: 4 envelopes")
                .containsPattern(
                        "\\[INFO] orchestrator\\.run_subagent: tester_1_\\d+ on agent-tester")
                .containsPattern("run_subagent: code_generator_1: command bash in /.*worktree")
                .contains(
                        "[INFO] orchestrator.run_subagent: code_reviewer_1: tried again, not before")
                .contains("[ERROR] orchestrator.run_subagent: tester_1 timeout: tester_1 timed out")
                .contains("[INFO] orchestrator.run_subagent: documenter_1 completed documenter_1_");
        assertThat(first.lines().filter(line -> line.contains("run_subagent: provenance: {")))
                .hasSize(4);
        assertThat(first.lines().findFirst().orElseThrow())
                .matches("\\d{4}-.*Z \\[INFO] orchestrator\\.[a-z_]+: .*");
        assertThat(console.toString(StandardCharsets.UTF_8))
                .contains("provenance: {")
                .doesNotContain("\u001b");
    }

    @Test
    void g20_theCommandsOfPipAndTheStacksOfErrorsAreTold() throws Exception {
        Path worktree = orchestration.createWorktree("told");
        Files.writeString(worktree.resolve("requirements.txt"), "no-such-package-anywhere\n");

        assertThatThrownBy(() -> orchestration.setupVirtualenv(worktree))
                .isInstanceOf(EnvelopeException.class);

        assertThat(audit())
                .containsPattern(
                        "\\[INFO] orchestrator\\.setup_virtualenv: command .* pip .* install")
                .containsPattern("(?s)\\[ERROR] orchestrator\\.setup_virtualenv: .*\n\tat dev\\.")
                .doesNotContain("[DEBUG] orchestrator.run_command");
        orchestration.runCommand(List.of("true"));
        assertThat(audit())
                .contains("[DEBUG] orchestrator.run_command: true ended with exit code 0");
    }

    @Test
    void theHistoryHasTheAgentsLaunchLineAsItWas() throws Exception {
        Path claude = folder.resolve("claude");
        Files.writeString(
                claude,
                """
                #!/bin/bash
                cat > /dev/null
                echo '{"status": "completed", "results": {}}' > task_result.json
                echo '{"type": "result", "subtype": "success", "is_error": false, "result": "done"}'
                """);
        Files.setPosixFilePermissions(claude, PosixFilePermissions.fromString("rwxr-xr-x"));
        repository.write("coppice.yaml", "orchestrator: { claude_command: '" + claude + "' }\n");

        TaskResult result = orchestration.runSubagent("work", shell("a", "Do it"));

        assertThat(result.status()).as(result.toString()).isEqualTo(TaskStatus.COMPLETED);
        String line = claude + " -p --output-format stream-json";
        assertThat(result.provenance().orElseThrow().commandHistory())
                .anyMatch(step ->
                        step.startsWith("Executed agent (" + line)
                                && step.contains(" --disallowedTools ")
                                && step.endsWith(", exit code 0)"));
        assertThat(audit()).contains("run_subagent: a: command " + line);
    }

    @Test
    void asManyEnvelopesAsThePlanHasRunAtOnceWhateverTheAgentTakes() throws Exception {
        repository.write(
                "coppice.yaml",
                "agents: { default: script, script: { command: [bash], stdin: description, max_concurrent: 1 } }\n");
        Path meeting = Files.createDirectories(folder.resolve("meeting"));
        String meet =
                "touch '%s'/$$; until [ $(ls '%s' | wc -l) = 3 ]; do sleep 0.1; done"
                        .formatted(meeting, meeting);

        List<TaskResult> results =
                orchestration.orchestrateParallel(
                        List.of(shell("a", meet), shell("b", meet), shell("c", meet)));

        assertThat(results).extracting(TaskResult::status).containsOnly(TaskStatus.COMPLETED);
    }

    @Test
    void aProgramThatFloodsIsEndedAndSaidToHave() {
        assertThatThrownBy(() -> orchestration.runCommand(List.of("yes")))
                .isInstanceOf(EnvelopeException.class)
                .hasMessage("yes wrote more than 64 MiB and was ended. Let it write into a file.");
    }

    @Test
    void aFunctionThatIgnoresItsInterruptIsLeftToItself() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (Orchestration brief =
                new Orchestration(
                        surroundings(repository.path()),
                        folder.resolve(Orchestration.AUDIT_FILE),
                        new PrintStream(console, true, StandardCharsets.UTF_8),
                        Orchestration.DEFAULT_OPERATION_TIMEOUT,
                        Duration.ofMillis(100))) {
            assertThatThrownBy(() ->
                            brief.runWithTimeout(
                                    () -> ignoringInterrupts(release),
                                    Duration.ofMillis(100),
                                    "deaf"))
                    .hasMessage("deaf timed out after 0.1 s");
        } finally {
            release.countDown();
        }
        assertThat(audit())
                .contains(
                        "[WARNING] orchestrator.run_with_timeout: deaf ignores that it was interrupted");
    }

    private static boolean ignoringInterrupts(CountDownLatch release) {
        while (true) {
            try {
                release.await();
                return true;
            } catch (InterruptedException _) {
                // that is what is tested
            }
        }
    }

    @Test
    void aWorktreeMayBeMadeRemovedAndMergedInAnotherRepository() throws Exception {
        ScratchRepository other = ScratchRepository.in(folder.resolve("other"));
        Path base = folder.resolve("trees");
        other.git("branch", "stable");
        Path worktree = orchestration.createWorktree("far", other.path(), base);
        ScratchRepository there = ScratchRepository.at(worktree, other);
        there.write("far.txt", "far\n");
        there.commit("Go far");

        assertThat(worktree).isEqualTo(base.resolve("far"));
        assertThat(orchestration.mergeWorktree("far", other.path(), "stable")).isTrue();
        assertThat(other.git("show", "stable:far.txt")).isEqualTo("far");

        orchestration.removeWorktree("far", other.path(), base);

        assertThat(worktree).doesNotExist();
        assertThat(other.git("branch", "--list", "far")).isEmpty();
    }

    @Test
    void aMergeThatConflictsChangesNothing() throws Exception {
        Path worktree = orchestration.createWorktree("theirs");
        ScratchRepository there = ScratchRepository.at(worktree, repository);
        there.write("README.md", "theirs\n");
        there.commit("Theirs");
        repository.write("README.md", "ours\n");
        repository.commit("Ours");
        String before = repository.git("rev-parse", "trunk");

        assertThat(orchestration.mergeWorktree("theirs")).isFalse();

        assertThat(repository.git("rev-parse", "trunk")).isEqualTo(before);
        assertThat(repository.path().resolve("README.md")).hasContent("ours");
        assertThat(repository.git("status", "--porcelain")).isEmpty();
        assertThat(audit()).contains("[ERROR] orchestrator.merge_worktree", "README.md");
    }

    @Test
    void anEnvelopeIsRunByTheAgentThatTheCallNames() throws Exception {
        repository.write(
                "coppice.yaml",
                CONFIGURATION.replace(
                        "} }",
                        "}, other: { command: [sh, -c, 'echo other > who.txt'], stdin: none } }"));

        TaskResult result =
                orchestration.runSubagent(
                        "named", shell("a", "exit 1"), List.of(), Optional.of("other"));

        assertThat(result.status()).as(result.toString()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(repository.git("show", "named:who.txt")).isEqualTo("other");
    }

    @Test
    void aFolderThatIsNotThereIsMade() throws Exception {
        Path absent = folder.resolve("not/there");
        try (Orchestration there =
                Orchestration.open(
                        surroundings(absent),
                        absent.resolve(Orchestration.AUDIT_FILE),
                        new PrintStream(console, true, StandardCharsets.UTF_8))) {
            assertThat(there.createWorktree("first")).isDirectory();
        }
    }

    @Test
    void aBranchIsMergedIntoTheDefaultBranchAndKept() throws Exception {
        orchestration.runSubagent("work", shell("a", "echo x > x.txt"));

        assertThat(orchestration.mergeWorktree("work")).isTrue();

        assertThat(repository.git("log", "-1", "--format=%s", "trunk"))
                .isEqualTo("Merge agent work from work");
        assertThat(repository.git("show", "trunk:x.txt")).isEqualTo("x");
        assertThat(orchestration.mergeWorktree("no-such-branch")).isFalse();
    }

    @Test
    void anEnvelopesRunIsAJobThatVerifies() throws Exception {
        orchestration.runSubagent("work", shell("a", "echo x > x.txt"));

        try (Coppice coppice = coppice()) {
            assertThat(coppice.jobs())
                    .singleElement()
                    .satisfies(job ->
                            assertThat(coppice.verify(job))
                                    .isInstanceOf(Audit.Verdict.Sound.class));
        }
    }

    /// Coppice as the command line opens it here.
    private Coppice coppice() {
        return ((Opening.Opened)
                        Coppice.open(
                                surroundings(repository.path()),
                                Optional.empty(),
                                new LinkedHashMap<>()))
                .coppice();
    }

    @Test
    void aFailingCommandTellsItsCodeAndBothStreams() {
        assertThatThrownBy(() ->
                        orchestration.runCommand(
                                List.of("sh", "-c", "echo out; echo err >&2; exit 4")))
                .isInstanceOf(CommandFailedException.class)
                .hasMessageContainingAll("exit code 4", "out", "err");
        assertThatThrownBy(() ->
                        orchestration.runCommand(
                                List.of("ls"), folder.resolve("nowhere"), Duration.ofSeconds(5)))
                .hasMessage(
                        "There is no folder "
                                + folder.resolve("nowhere")
                                + ". Make it, or name another.");
    }

    @Test
    void aFailedCommandStaysKnownInAnExceptionThatWasWrittenAndRead() throws Exception {
        CommandFailedException thrown =
                catchThrowableOfType(
                        CommandFailedException.class,
                        () -> orchestration.runCommand(List.of("sh", "-c", "exit 4")));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(thrown);
        }

        try (ObjectInputStream in =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(((CommandFailedException) in.readObject()).process())
                    .isEqualTo(thrown.process());
        }
    }

    @Test
    void whatIsMergedIsRemovedWithoutARescue() throws Exception {
        Path worktree = orchestration.createWorktree("done");
        ScratchRepository there = ScratchRepository.at(worktree, repository);
        there.write("done.txt", "done\n");
        there.commit("Do it");
        orchestration.mergeWorktree("done");

        orchestration.removeWorktree("done");

        assertThat(worktree).doesNotExist();
        assertThat(repository.git("branch", "--list", "done")).isEmpty();
        assertThat(repository.git("for-each-ref", "refs/coppice/rescue")).isEmpty();
        assertThat(repository.git("show", "trunk:done.txt")).isEqualTo("done");
    }

    @Test
    void whatGitDoesHasAnOperationsTime() throws Exception {
        try (Orchestration limited =
                withSlowGit(Duration.ofSeconds(3), "worktree add", "sleep 97")) {
            assertThatThrownBy(() -> limited.createWorktree("never"))
                    .isInstanceOf(OperationTimedOutException.class)
                    .hasMessage("create_worktree timed out after 3 s");
        }
        assertThat(
                        ProcessHandle.allProcesses()
                                .flatMap(process -> process.info().commandLine().stream())
                                .filter(line -> line.contains(programs().toString())))
                .isEmpty();
        assertThat(audit()).contains("[ERROR] orchestrator.create_worktree: create_worktree timed");
        assertThat(Orchestration.DEFAULT_OPERATION_TIMEOUT).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void aMergeThatRunsOutOfItsTimeLeavesTheCheckoutAsItWas() throws Exception {
        assertLeavesTheCheckoutAsItWas(
                Duration.ofSeconds(3), "sleep 97", "merge_worktree timed out after 3 s");
    }

    @Test
    void aMergeThatIsKilledLeavesTheCheckoutAsItWas() throws Exception {
        assertLeavesTheCheckoutAsItWas(
                Duration.ofMinutes(4), "kill -KILL $$", "ended with exit code 137");
    }

    /// @param end what a git does that has begun to merge
    private void assertLeavesTheCheckoutAsItWas(Duration limit, String end, String told)
            throws Exception {
        repository.write("both.txt", "ours\n");
        repository.write("mine.txt", "committed\n");
        repository.commit("Begin");
        repository.branch(
                "work",
                "HEAD",
                Map.of("both.txt", "theirs\n", "made/new.txt", "x\n", "new.txt", "y\n"));
        String head = repository.head();
        repository.write("mine.txt", "edited by the user\n");
        String begin =
                "git checkout -q work -- new.txt; mkdir made; echo > made/new.txt; echo half > both.txt; ";

        try (Orchestration limited = withSlowGit(limit, "merge", begin + end)) {
            assertThat(limited.mergeWorktree("work")).isFalse();
        }

        assertThat(audit()).contains(told);
        assertThat(repository.head()).isEqualTo(head);
        assertThat(repository.git("status", "--porcelain", "-uall")).isEqualTo(" M mine.txt");
        assertThat(repository.path().resolve("mine.txt")).hasContent("edited by the user");
        assertThat(orchestration.mergeWorktree("work")).isTrue();
    }

    private Path programs() {
        return folder.resolve("programs");
    }

    /// Opens one whose operations have this time, and whose git does something else first where it is given this command.
    private Orchestration withSlowGit(Duration limit, String command, String first)
            throws IOException {
        Path git = Files.createDirectories(programs()).resolve("git");
        Files.writeString(
                git,
                """
                #!/bin/bash
                PATH=${PATH#*:}
                if [[ $* == *' %s '* ]]; then %s; : '%s'; fi
                exec git "$@"
                """
                        .formatted(command, first, programs()));
        Files.setPosixFilePermissions(git, PosixFilePermissions.fromString("rwxr-xr-x"));
        String path = programs() + ":" + repository.environment().get("PATH");
        return new Orchestration(
                surroundings(repository.path(), Map.of("PATH", path)),
                folder.resolve(Orchestration.AUDIT_FILE),
                new PrintStream(console, true, StandardCharsets.UTF_8),
                limit,
                Duration.ofMinutes(1));
    }

    @Test
    void aMissingAgentsMessageSaysWhatToDo() throws Exception {
        repository.write("coppice.yaml", "orchestrator: { claude_command: /nowhere/claude }\n");

        TaskResult result = orchestration.runSubagent("work", shell("a", "Do it"));

        assertThat(result.status()).isEqualTo(TaskStatus.FAILED);
        assertThat(result.errorMessage().orElseThrow())
                .contains(
                        "/nowhere/claude can't be used",
                        "npm install",
                        "orchestrator.claude_command",
                        "coppice doctor");
    }

    @Test
    void aWorktreeOfThatNameIsReplacedAfterItsWorkWasRescued() throws Exception {
        Path first = orchestration.createWorktree("again");
        ScratchRepository.at(first, repository).write("half.txt", "untracked\n");

        Path second = orchestration.createWorktree("again");

        assertThat(second).isEqualTo(first).isNotEmptyDirectory();
        assertThat(second.resolve("half.txt")).doesNotExist();
        String ref = repository.git("for-each-ref", "--format=%(refname)", "refs/coppice/rescue");
        assertThat(repository.git("ls-tree", "--name-only", ref)).contains("half.txt");
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void anInterruptEndsTheAgentFirst() throws Exception {
        Path pid = folder.resolve("pid");
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        Thread caller =
                Thread.ofVirtual()
                        .start(() ->
                                end.complete(
                                        catchThrowable(() ->
                                                orchestration.runSubagent(
                                                        "long",
                                                        shell(
                                                                "a",
                                                                "echo $$ > pid && mv pid '"
                                                                        + pid
                                                                        + "'; sleep 97")))));
        while (!Files.exists(pid)) {
            assertThat(end).as("the agent's run").isNotDone();
            Thread.onSpinWait();
        }

        caller.interrupt();

        assertThat(end.get()).isInstanceOf(InterruptedException.class);
        assertThat(isAlive(Long.parseLong(Files.readString(pid).strip()))).isFalse();
        assertThat(audit()).contains("run_subagent: a: command bash in ");
        assertThat(repository.git("worktree", "list").lines())
                .as("only the repository's own")
                .hasSize(1);
    }

    @Test
    void secretsAreInNoLineAndNoFile() throws Exception {
        String secret = "p\u00e4\"ss\\word";
        String json = "{\"dsn\": \"p\u00e4\\\"ss\\\\word\"}";
        Path leak =
                Files.writeString(
                        folder.resolve("leak.json"),
                        "{\"status\": \"completed\", \"results\": {\"password\": \"p\u00e4\\\"ss\\\\word\"}}");
        try (Orchestration careful =
                Orchestration.open(
                        surroundings(repository.path(), Map.of("DATABASE_PASSWORD", secret)),
                        folder.resolve(Orchestration.AUDIT_FILE),
                        new PrintStream(console, true, StandardCharsets.UTF_8))) {
            careful.runCommand(List.of("echo", secret));
            TaskResult result =
                    careful.runSubagent(
                            "leaky",
                            shell("leaky", "cat '" + leak + "' > task_result.json # " + json));
            Path results = careful.writeResults(Orchestration.aggregateResults(List.of(result)));

            assertThat(result.status()).isEqualTo(TaskStatus.COMPLETED);
            assertThat(results)
                    .content()
                    .contains("\"password\": \"***\"")
                    .doesNotContain("ss\\\\word");
        }
        assertThat(audit())
                .contains("command echo ***", "# {\"dsn\": \"***\"}")
                .doesNotContain("word\"", "ss\\word", "ss\\\\word");
        assertThat(console.toString(StandardCharsets.UTF_8)).doesNotContain(secret);
    }

    @Test
    void whatIsToldAndWrittenIsNoChangeOfTheUsers() throws Exception {
        Path absent = Files.createDirectories(folder.resolve("absent"));
        Files.writeString(absent.resolve("coppice.yaml"), CONFIGURATION);
        PrintStream out = new PrintStream(console, true, StandardCharsets.UTF_8);
        try (Orchestration there =
                Orchestration.open(
                        surroundings(absent), absent.resolve(Orchestration.AUDIT_FILE), out)) {
            for (int run = 0; run < 2; run++) {
                List<TaskResult> results =
                        there.orchestrateParallel(List.of(shell("a", results("{}"))));
                there.writeResults(Orchestration.aggregateResults(results));
            }
        }

        assertThat(absent.resolve(Orchestration.RESULTS_FILE)).exists();
        assertThat(repository.gitIn(absent, "status", "--porcelain")).isEmpty();
        assertThat(repository.gitIn(absent, "ls-files")).isEqualTo("coppice.yaml");
        assertThat(console.toString(StandardCharsets.UTF_8)).doesNotContain("[WARNING]");
    }

    @Test
    void onlyWhatNeedsARepositoryMakesOne() throws Exception {
        Path plain = Files.createDirectories(folder.resolve("plain"));
        try (Orchestration there = openAt(plain)) {
            there.removeWorktree("nothing");

            assertThat(there.mergeWorktree("nothing")).isFalse();
            assertThat(plain).isEmptyDirectory();
        }
    }
}
