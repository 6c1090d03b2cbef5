package dev.coppice.library.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.model.JobStatus;
import dev.coppice.model.Reason;
import dev.coppice.report.JobView;
import dev.coppice.runtime.Audit;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Opening;
import dev.coppice.testkit.ScratchRepository;
import java.io.ByteArrayOutputStream;
import java.io.InterruptedIOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sessions and single processes of document 002, whose cases have the names that the project's list of behaviours
/// gives them.
class OrchestratorSessionTest {
    @TempDir Path scratch;

    private StandInClaude claude;

    @BeforeEach
    void begin() {
        claude = new StandInClaude(scratch);
    }

    @Test
    void a1_aSessionHasItsNameAnIdOfItsOwnAndAFolderForLogs() throws Exception {
        // when
        OrchestratorSession session = claude.session();
        OrchestratorSession another = claude.session();

        // then
        assertThat(session.patternName()).isEqualTo("test");
        assertThat(session.sessionId()).startsWith("test_").isNotEqualTo(another.sessionId());
        assertThat(session.logDirectory())
                .isDirectory()
                .isEqualTo(
                        claude.folder()
                                .toRealPath()
                                .resolve(".claude/runtime/logs")
                                .resolve(session.sessionId()));
        assertThat(session.model()).isEmpty();
    }

    @Test
    void aSessionThatIsInterruptedAtItsBeginningSaysSo() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(claude::session)
                .isInstanceOf(UncheckedIOException.class)
                .hasRootCauseInstanceOf(InterruptedException.class)
                .cause()
                .isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void anInterruptComesOutAsSuchWhateverItBreaksOff() throws Exception {
        AgentProcess process = claude.session().createProcess("do: echo out", "task-001");
        for (int i = 0; i < 12; i++) {
            CompletableFuture<ProcessResult> end = new CompletableFuture<>();
            Thread thread =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    end.complete(process.run());
                                } catch (InterruptedException | RuntimeException e) {
                                    end.completeExceptionally(e);
                                }
                            });
            LockSupport.parkNanos(Duration.ofMillis(i * 10L).toNanos());
            thread.interrupt();

            end.handle((_, thrown) -> Optional.ofNullable(thrown))
                    .join()
                    .ifPresent(e -> assertThat(e).isInstanceOf(InterruptedException.class));
        }
    }

    @Test
    void a2_aResultSaysHowItEndedAndWhose() throws Exception {
        ProcessResult result =
                claude.session()
                        .createProcess("do: echo out; echo err >&2; exit 5", "task-001")
                        .run();

        assertThat(result.exitCode()).isEqualTo(5);
        assertThat(result.output()).isEqualTo("out\n");
        assertThat(result.stderr()).isEqualTo("err\n");
        assertThat(result.processId()).isEqualTo("task-001");
        assertThat(result.reason()).contains(Reason.EXIT_CODE);
    }

    @Test
    void a3_thePromptIsAnArgumentOfItsOwn() throws Exception {
        // given
        AgentProcess process = claude.session().createProcess("Analyze this code", "analyze");

        // when
        process.run();

        // then
        assertThat(process.command())
                .containsExactly(
                        "claude", "--dangerously-skip-permissions", "-p", "Analyze this code");
        assertThat(claude.arguments("analyze"))
                .containsExactly("--dangerously-skip-permissions", "-p", "Analyze this code");
    }

    @Test
    void aLongPromptAndOneThatLooksLikeAnOptionGoToStandardInput() throws Exception {
        // given
        String longPrompt = "ä".repeat(AgentProcess.ARGUMENT_BYTES_MAX / 2) + "\nthe end";
        OrchestratorSession session = claude.session();

        // when
        ProcessResult of = session.createProcess(longPrompt, "long").run();
        session.createProcess("--help me", "dashes").run();

        // then
        assertThat(of.output()).isEqualTo("the end\n");
        assertThat(claude.prompt("long")).isEqualTo(longPrompt);
        assertThat(claude.prompt("dashes")).isEqualTo("--help me");
        assertThat(claude.arguments("dashes"))
                .containsExactly("--dangerously-skip-permissions", "-p");
    }

    @Test
    void a6_theModelIsSaid() throws Exception {
        // given
        OrchestratorSession session =
                OrchestratorSession.named("my-pattern")
                        .surroundings(claude.surroundings())
                        .model("claude-3-opus")
                        .timeout(Duration.ofMinutes(10))
                        .streamOutput(false)
                        .open();

        // when
        session.createProcess("Any", "session").run();
        session.createProcess("Any", "own").withModel("claude-3-sonnet").run();

        // then
        assertThat(claude.arguments("session"))
                .containsExactly(
                        "--dangerously-skip-permissions", "-p", "Any", "--model", "claude-3-opus");
        assertThat(claude.arguments("own")).endsWith("--model", "claude-3-sonnet");
    }

    @Test
    void a7_noShellReadsThePrompt() throws Exception {
        // given
        String prompt = "$(touch x); \"quotes\" 'q'";

        // when
        claude.session().createProcess(prompt, "literal").run();

        // then
        assertThat(claude.prompt("literal")).isEqualTo(prompt);
        assertThat(claude.folder().resolve("x")).doesNotExist();
    }

    @Test
    void a12_aTimeoutEndsTheWholeTreeAndKeepsWhatWasPrinted() throws Exception {
        // given
        Path pid = Files.createFile(claude.folder().resolve("pid"));
        AgentProcess process =
                claude.session()
                        .createProcess(
                                "do: echo begun; setsid sleep 600 & echo $! > pid; wait", "hangs");

        // when: with ever more time, since a busy machine may need more than this until it has
        // begun
        ProcessResult result = process.withTimeout(Duration.ofSeconds(3)).run();
        for (int more = 6; Files.size(pid) == 0 && more < 300; more *= 2) {
            result = process.withTimeout(Duration.ofSeconds(more)).run();
        }

        // then
        assertThat(result.exitCode()).isEqualTo(-1);
        assertThat(result.reason()).contains(Reason.WALL_TIMEOUT);
        assertThat(result.output()).isEqualTo("begun\n");
        assertThat(result.stderr()).contains("did not end within its time", "longer timeout");
        // who waited for the grandchild, which holds standard output, would be back after ten
        // minutes
        assertThat(result.duration()).isLessThan(Duration.ofMinutes(9));
        long grandchild = Long.parseLong(Files.readString(pid).strip());
        assertThat(ProgramEndTest.isAlive(grandchild)).isFalse();
    }

    @Test
    void a13_aMissingProgramIsNamedWithTheWayOut() throws Exception {
        // given
        Files.writeString(
                claude.folder().resolve("coppice.yaml"),
                "orchestrator: { claude_command: claude-that-is-not-there }\n");

        // when
        ProcessResult result = claude.session().createProcess("Any", "any").run();

        // then
        assertThat(result.exitCode()).isEqualTo(-1);
        assertThat(result.reason()).contains(Reason.NOT_INSTALLED);
        assertThat(result.stderr())
                .contains(
                        "claude-that-is-not-there",
                        "orchestrator.claude_command",
                        "coppice doctor");
    }

    @Test
    void a17_linesArePassedOnWhileTheProcessRuns() throws Exception {
        // given
        PrintStream before = System.out;
        PrintStream errorsBefore = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        AgentProcess process =
                OrchestratorSession.named("test")
                        .surroundings(claude.surroundings())
                        .open()
                        .createProcess(
                                "do: echo first; echo odd >&2; until [ -e seen ]; do sleep 0.01; done",
                                "stream");
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
        try {
            // when
            FutureTask<ProcessResult> run = new FutureTask<>(process::run);
            Thread.ofVirtual().start(run);
            while (!printed.toString(StandardCharsets.UTF_8).contains("first\n")
                    || !errors.toString(StandardCharsets.UTF_8).contains("odd\n")) {
                LockSupport.parkNanos(10_000_000);
            }

            // then
            assertThat(run.isDone()).isFalse();
            Files.writeString(claude.folder().resolve("seen"), "");
            assertThat(run.get().isSuccess()).isTrue();
            assertThat(run.get().duration()).isPositive();

            // and nothing where that is asked for
            printed.reset();
            errors.reset();
            assertThat(process.withStreamOutput(false).run().output()).isEqualTo("first\n");
            assertThat(printed.size()).isZero();
            assertThat(errors.toString(StandardCharsets.UTF_8)).doesNotContain("odd");
        } finally {
            System.setOut(before);
            System.setErr(errorsBefore);
        }
    }

    @Test
    void a19_anAbsentWorkingDirectoryIsNamed() throws Exception {
        // given
        Path absent = scratch.resolve("absent");

        // when
        ProcessResult result = AgentProcess.of("Any", "any", absent, scratch.resolve("logs")).run();

        // then
        assertThat(result.exitCode()).isEqualTo(-1);
        assertThat(result.reason()).contains(Reason.WORKSPACE);
        assertThat(result.stderr()).contains(absent.toString());
        assertThat(absent).doesNotExist();
        assertThat(scratch.resolve("logs/any.log")).content().contains(absent.toString());
    }

    @Test
    void aProcessCanBeMadeWithoutASession() throws Exception {
        // given
        Files.writeString(
                claude.folder().resolve("coppice.yaml"),
                "orchestrator: { claude_command: '%s' }\n"
                        .formatted(scratch.resolve("programs/claude")));

        // when
        ProcessResult result =
                AgentProcess.of("Any", "analyze-001", claude.folder(), scratch.resolve("logs"))
                        .withModel("claude-3-sonnet")
                        .withStreamOutput(false)
                        .withTimeout(Duration.ofMinutes(5))
                        .run();

        // then
        assertThat(result.isSuccess()).as(result.stderr()).isTrue();
        assertThat(claude.arguments("analyze-001")).endsWith("--model", "claude-3-sonnet");
        assertThat(scratch.resolve("logs/analyze-001.log")).exists();
        assertThat(scratch.resolve("logs/session.log")).doesNotExist();
    }

    @Test
    void theLogsHavePromptCommandAndOutputOfEachRun() throws Exception {
        // given
        OrchestratorSession session = claude.session();
        AgentProcess process = session.createProcess("Look at it\ndo: echo fine; echo odd >&2");
        session.log("Beginning", "WARNING");

        // when
        process.run();
        process.run();

        // then
        assertThat(process.processId()).isEqualTo("process_001");
        assertThat(session.processLog("process_001"))
                .isEqualTo(session.logDirectory().resolve("process_001.log"))
                .content()
                .matches(
                        "(?s)(Process: process_001\nStarted: [-0-9 :]+\nCommand: \\[\\S*claude, "
                                + "--dangerously-skip-permissions, -p, Look at it\n.*?"
                                + "Prompt: Look at it\ndo: echo fine; echo odd >&2\n-{80}\n"
                                + ".*?\\[[0-9:]{8}] \\[STD.*?Ended with exit code 0 after [0-9.]+ s\n){2}")
                .contains("[STDOUT] fine\n", "[STDERR] odd\n");
        assertThat(session.sessionLog())
                .content()
                .startsWith(
                        "Session ID: "
                                + session.sessionId()
                                + "\nPattern: test\nWorking Directory: ")
                .contains(
                        "\nLog Directory: "
                                + session.logDirectory()
                                + "\nModel: default\nStarted: ")
                .containsPattern("\n-{80}\n\\[[0-9:]{8}] \\[WARNING] Beginning\n")
                .contains("[INFO] process_001: exit code 0 after ");
        assertThat(session.summarize())
                .contains("ID: " + session.sessionId(), "Processes Created: 1", "Runs: 2");
    }

    @Test
    void secretsAreMaskedInResultsAndLogs() throws Exception {
        // given
        OrchestratorSession session = claude.session();
        String secret = "sk-abcdefghijklmnopqrstuvwxyz";

        // when
        ProcessResult result = session.createProcess("do: echo " + secret, "leaky").run();

        // then
        assertThat(result.output()).isEqualTo("***\n");
        assertThat(session.processLog("leaky")).content().doesNotContain(secret).contains("***");
    }

    @Test
    void idsThatAFileCannotTellApartHaveTwoLogs() {
        OrchestratorSession session = claude.session();

        assertThat(
                        Stream.of("a b", "a_b", "a/b", "x".repeat(61) + "1", "x".repeat(61) + "2")
                                .map(session::processLog))
                .doesNotHaveDuplicates()
                .contains(session.logDirectory().resolve("a_b.log"));
    }

    @Test
    void anIdNeverLeadsOutOfTheLogs() throws Exception {
        // given
        OrchestratorSession session = claude.session();

        // when
        for (String id : List.of("../../out", "naïve ✓", "session", "a".repeat(300))) {
            ProcessResult result = session.createProcess("Any", id).run();

            // then
            assertThat(result.processId()).isEqualTo(id);
            assertThat(session.processLog(id))
                    .hasParentRaw(session.logDirectory())
                    .isNotEqualTo(session.sessionLog())
                    .content()
                    .startsWith("Process: " + id + "\n");
        }
    }

    @Test
    void gitSeesNeitherLogsNorJobs() throws Exception {
        // given
        ScratchRepository repository = ScratchRepository.in(scratch.resolve("repository"));
        OrchestratorSession session =
                OrchestratorSession.named("test")
                        .surroundings(claude.surroundings())
                        .workingDirectory(repository.path())
                        .streamOutput(false)
                        .open();

        // when
        ProcessResult result = session.createProcess("do: echo new > made.txt", "maker").run();

        // then
        assertThat(result.isSuccess()).as(result.stderr()).isTrue();
        assertThat(repository.git("status", "--porcelain", "-uall").strip())
                .isEqualTo("?? made.txt");
        assertThat(repository.git("branch", "--list", "coppice/*")).isEmpty();
        assertThat(Files.readAllLines(repository.path().resolve(".git/info/exclude")))
                .filteredOn(line -> line.contains(".claude"))
                .containsExactly("/.claude/runtime/logs");
    }

    @Test
    void aRoundIsAJobThatCanBeLookedAt() throws Exception {
        // given
        OrchestratorSession session = claude.session();

        // when
        Patterns.sequential(
                List.of(
                        session.createProcess("do: echo a", "a"),
                        session.createProcess("do: exit 1", "b")));

        // then
        Opening opening =
                Coppice.open(claude.surroundings(), Optional.empty(), new LinkedHashMap<>());
        assertThat(opening).isInstanceOf(Opening.Opened.class);
        try (Coppice coppice = ((Opening.Opened) opening).coppice()) {
            JobView job = coppice.view(coppice.jobs().getFirst()).orElseThrow();
            assertThat(job.status()).isEqualTo(JobStatus.PARTIAL);
            assertThat(job.tasks()).extracting(task -> task.id().value()).containsExactly("a", "b");
            assertThat(coppice.verify(job.id())).isInstanceOf(Audit.Verdict.Sound.class);
        }
    }

    @Test
    void aProcessWithoutATimeoutTakesItsTime() throws Exception {
        // given
        Files.writeString(
                claude.folder().resolve("coppice.yaml"), "workers: { default_timeout: 1 }\n");

        // when
        ProcessResult result =
                claude.session()
                        .createProcess("do: for i in 1 2 3; do echo $i; sleep 0.5; done")
                        .run();

        // then
        assertThat(result.isSuccess()).as(result.stderr()).isTrue();
        assertThat(result.output()).isEqualTo("1\n2\n3\n");
    }

    @Test
    void aProcessThatNeitherPrintsNorComputesIsEnded() throws Exception {
        // given
        AgentProcess process = claude.session().createProcess("do: echo begun; sleep 600");

        // when: with ever more time, since a busy machine may need more than this until it has
        // begun
        ProcessResult result = runWithIdleTimeout(4, process);
        for (int more = 8; result.output().isEmpty() && more < 300; more *= 2) {
            result = runWithIdleTimeout(more, process);
        }

        // then
        assertThat(result.exitCode()).isEqualTo(-1);
        assertThat(result.reason()).contains(Reason.IDLE_TIMEOUT);
        assertThat(result.output()).isEqualTo("begun\n");
        assertThat(result.stderr()).contains("workers.idle_timeout");
    }

    private ProcessResult runWithIdleTimeout(int seconds, AgentProcess process) throws Exception {
        Files.writeString(
                claude.folder().resolve("coppice.yaml"),
                "workers: { idle_timeout: %d }\n".formatted(seconds));
        return process.run();
    }

    @Test
    void roundsOfSeveralThreadsDoNotDisturbEachOther() throws Exception {
        // given
        OrchestratorSession session = claude.session();
        List<FutureTask<ProcessResult>> runs =
                Stream.of("a", "b", "c", "d")
                        .map(id -> new FutureTask<>(session.createProcess("I am " + id, id)::run))
                        .toList();

        // when
        runs.forEach(Thread::startVirtualThread);

        // then
        for (FutureTask<ProcessResult> run : runs) {
            assertThat(run.get().output()).isEqualTo("I am " + run.get().processId() + "\n");
        }
        assertThat(session.summarize()).contains("Runs: 4");
    }

    @Test
    void aConfigurationThatCannotBeUsedIsAResult() throws Exception {
        // given
        Files.writeString(claude.folder().resolve("coppice.yaml"), "wrokers: {}\n");

        // when
        ProcessResult result = claude.session().createProcess("Any", "any").run();

        // then
        assertThat(result.exitCode()).isEqualTo(-1);
        assertThat(result.stderr()).contains("wrokers");
    }

    @Test
    void blankPromptsAndTimesThatHavePassedAreRefused() {
        OrchestratorSession session = claude.session();

        assertThatIllegalArgumentException().isThrownBy(() -> session.createProcess(" "));
        assertThatIllegalArgumentException().isThrownBy(() -> session.createProcess("Any", ""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> session.createProcess("Any", "any", Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> OrchestratorSession.named(" "));
    }
}
