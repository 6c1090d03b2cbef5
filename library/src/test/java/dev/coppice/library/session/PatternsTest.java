package dev.coppice.library.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;

import dev.coppice.model.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The four patterns of document 002, whose cases have the names that the project's list of behaviours gives them.
class PatternsTest {
    @TempDir Path scratch;

    private StandInClaude claude;
    private OrchestratorSession session;

    @BeforeEach
    void begin() {
        claude = new StandInClaude(scratch);
        session = claude.session();
    }

    private AgentProcess process(String id, String prompt) {
        return session.createProcess(prompt, id);
    }

    @Test
    void a8_aStageIsToldWhatAllBeforeItPrinted() throws Exception {
        // given
        List<AgentProcess> stages =
                List.of(
                        process("A", "do: echo from A"),
                        process("FAIL", "do: echo partly; exit 3"),
                        process("C", "Go on"));

        // when
        List<ProcessResult> results = Patterns.sequential(stages, true, false);

        // then
        assertThat(results).extracting(ProcessResult::exitCode).containsExactly(0, 3, 0);
        assertThat(results.get(1).reason()).contains(Reason.EXIT_CODE);
        assertThat(claude.prompt("A")).isEqualTo("do: echo from A");
        assertThat(claude.prompt("C"))
                .isEqualTo(
                        "\n\n--- Previous output ---\nfrom A\npartly\n\n\n--- New task ---\nGo on");

        // and run again, nothing has accumulated
        Patterns.sequential(stages, true, false);
        assertThat(claude.prompt("C")).containsOnlyOnce("--- Previous output ---");
        assertThat(claude.prompt("C")).containsOnlyOnce("from A");
    }

    @Test
    void whatIsPassedOnIsCappedAndSaysSo() throws Exception {
        // given
        int printed = 3 * Patterns.PASSED_MAX;
        AgentProcess flood =
                process(
                        "flood",
                        "do: head -c %d /dev/zero | tr '\\0' x; echo the end".formatted(printed));

        // when
        List<ProcessResult> results =
                Patterns.sequential(List.of(flood, process("next", "Go on")), true, false);

        // then
        assertThat(results.getFirst().output()).hasSizeGreaterThan(printed);
        assertThat(claude.prompt("next").length())
                .isBetween(Patterns.PASSED_MAX, Patterns.PASSED_MAX + 200);
        assertThat(claude.prompt("next"))
                .contains("[the beginning was left out]")
                .contains("the end\n");
    }

    @Test
    void whereNothingWasPrintedThePromptStaysAsItIs() throws Exception {
        Patterns.sequential(
                List.of(process("quiet", "do: true"), process("next", "Go on")), true, false);

        assertThat(claude.prompt("next")).isEqualTo("Go on");
    }

    @Test
    void a9_aFallbackInWhichAllFailSaysSo() throws Exception {
        // given
        List<AgentProcess> attempts =
                List.of(
                        process("advanced", "do: echo bang >&2; exit 1"),
                        process("basic", "do: echo boom >&2; exit 2"));

        // when
        ProcessResult result = Patterns.withFallback(attempts);

        // then
        assertThat(result.processId()).isEqualTo("basic");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.stderr()).isEqualTo("All 2 fallback attempts failed. Last error: boom\n");
    }

    @Test
    void theFirstSuccessEndsAFallback() throws Exception {
        // given
        List<AgentProcess> attempts =
                List.of(
                        process("first", "do: exit 1"),
                        process("second", "do: echo done"),
                        process("third", "do: echo never"));

        // when
        ProcessResult result = Patterns.withFallback(attempts, Duration.ofMinutes(5));

        // then
        assertThat(result.processId()).isEqualTo("second");
        assertThat(result.output()).isEqualTo("done\n");
        assertThat(claude.wasStarted("third")).isFalse();
    }

    @Test
    void theTimeoutOfAFallbackReplacesEachOnesOwn() throws Exception {
        // given
        AgentProcess slow = process("slow", "do: sleep 600").withTimeout(Duration.ofHours(1));

        // when
        ProcessResult result = Patterns.withFallback(List.of(slow), Duration.ofSeconds(1));

        // then
        assertThat(result.exitCode()).isEqualTo(ProcessResult.NOT_RUN);
        assertThat(result.reason()).contains(Reason.WALL_TIMEOUT);
        assertThat(result.stderr())
                .startsWith("All 1 fallback attempts failed. Last error: ")
                .contains("longer timeout");
    }

    @Test
    void a10_aBatchIsToldWhatTheOnesBeforeItBrought() throws Exception {
        // given
        List<AgentProcess> processes =
                List.of(
                        process("one", "do: echo first"),
                        process("two", "do: echo wrong; exit 1"),
                        process("three", "Third"),
                        process("four", "Fourth"));

        // when
        List<ProcessResult> results = Patterns.batched(processes, 2, true);

        // then
        assertThat(results)
                .extracting(ProcessResult::processId)
                .containsExactly("one", "two", "three", "four");
        assertThat(claude.prompt("one")).isEqualTo("do: echo first");
        assertThat(claude.prompt("three"))
                .isEqualTo("\n\n--- Previous batch output ---\nfirst\n\n\n--- New task ---\nThird");
        assertThat(claude.prompt("four")).startsWith("\n\n--- Previous batch output ---\nfirst\n");
    }

    @Test
    void a10_whatTheEarlierOnesBroughtIsJoinedByABlankLine() throws Exception {
        // given
        List<AgentProcess> processes =
                List.of(
                        process("one", "do: printf first"),
                        process("two", "do: printf second"),
                        process("three", "Third"));

        // when
        Patterns.batched(processes, 2, true);

        // then
        assertThat(claude.prompt("three"))
                .isEqualTo(
                        "\n\n--- Previous batch output ---\nfirst\n\nsecond\n\n--- New task ---\nThird");
    }

    @Test
    void nothingIsPassedOnAndNothingStopsWhereNobodyAsks() throws Exception {
        // given
        List<AgentProcess> processes =
                List.of(process("one", "do: echo first; exit 1"), process("two", "Second"));

        // then
        assertThat(Patterns.sequential(processes)).hasSize(2);
        assertThat(claude.prompt("two")).isEqualTo("Second");
        assertThat(Patterns.batched(processes, 1)).hasSize(2);
        assertThat(claude.prompt("two")).isEqualTo("Second");
    }

    @Test
    void asManyRunAtOnceAsPythonsPoolHasThreads() {
        assertThat(Round.DEFAULT_MAX_WORKERS)
                .isEqualTo(Math.min(32, Runtime.getRuntime().availableProcessors() + 4));
    }

    @Test
    void whoReadsAStreamHearsOfAnErrorThatEndsTheRound() throws Exception {
        Round broken =
                Round.of(List.of(process("some", "Any")))
                        .ordered(_ -> {
                            throw new AssertionError("broken");
                        });

        try (Stream<ProcessResult> results = broken.stream()) {
            assertThatThrownBy(results::toList).hasRootCauseMessage("broken");
        }
    }

    @Test
    void twentyItemsGoInBatchesOfFive() throws Exception {
        // given
        Path running = Files.createDirectories(scratch.resolve("running"));
        List<AgentProcess> items =
                IntStream.range(0, 20)
                        .mapToObj(i ->
                                process(
                                        "item-" + i,
                                        "do: touch %1$s/%2$d; ls %1$s | wc -l; rm %1$s/%2$d"
                                                .formatted(running, i)))
                        .toList();

        // when
        List<ProcessResult> results = Patterns.batched(items, 5);

        // then
        assertThat(results)
                .extracting(ProcessResult::processId)
                .containsExactlyElementsOf(items.stream().map(AgentProcess::processId).toList());
        assertThat(results)
                .allSatisfy(result ->
                        assertThat(Integer.parseInt(result.output().strip())).isLessThan(6));
    }

    @Test
    void a11_nothingIsRunOfEmptyListsAndOfSenselessNumbers() throws Exception {
        List<AgentProcess> some = List.of(process("some", "Any"));

        assertThat(Patterns.parallel(List.of())).isEmpty();
        assertThat(Patterns.sequential(List.of())).isEmpty();
        assertThat(Patterns.batched(List.of(), 1)).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> Patterns.withFallback(List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> Patterns.batched(some, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Patterns.batched(some, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> Patterns.parallel(some, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Patterns.parallel(List.of(), 0));
        assertThat(claude.wasStarted("some")).isFalse();
    }

    @Test
    void a14_eachIdHasItsOwnOutputWhateverTheOrderOfTheEnds() throws Exception {
        // given: the first waits for the second, and that one for the third
        List<AgentProcess> agents =
                List.of(
                        process("security", waitFor("b") + "; echo s"),
                        process("performance", waitFor("c") + "; echo p; touch b"),
                        process("maintainability", "do: echo m; touch c"));

        // when
        List<ProcessResult> results = Patterns.parallel(agents, 3);

        // then
        assertThat(results)
                .extracting(ProcessResult::processId, ProcessResult::output)
                .containsExactly(
                        tuple("security", "s\n"),
                        tuple("performance", "p\n"),
                        tuple("maintainability", "m\n"));
    }

    private static String waitFor(String file) {
        return "do: until [ -e " + file + " ]; do sleep 0.01; done";
    }

    @Test
    void asCompletedGivesEachResultAsSoonAsItIsThere() throws Exception {
        // given: the first ends only after the second one's result was seen
        List<AgentProcess> agents =
                List.of(process("slow", waitFor("seen")), process("quick", "do: true"));

        try (Stream<ProcessResult> results = Patterns.parallelAsCompleted(agents, 2)) {
            // when
            List<String> ids =
                    results.map(ProcessResult::processId)
                            .peek(id -> touch(claude.folder().resolve("seen")))
                            .toList();

            // then
            assertThat(ids).containsExactly("quick", "slow");
        }
    }

    private static void touch(Path file) {
        try {
            Files.writeString(file, "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void closingTheStreamStopsWhatStillRuns() throws Exception {
        // given
        AgentProcess endless = process("endless", "do: echo $$ > pid; sleep 600");

        // when
        try (Stream<ProcessResult> _ = Patterns.parallelAsCompleted(List.of(endless), 1)) {
            awaitFile(claude.folder().resolve("pid"));
        }

        // then
        assertThat(isAlive(claude.folder().resolve("pid"))).isFalse();
    }

    @Test
    void whoIsInterruptedStopsWhatRunsFirst() throws Exception {
        // given
        AgentProcess endless = process("endless", "do: echo $$ > pid; sleep 600");
        FutureTask<ProcessResult> run = new FutureTask<>(endless::run);
        Thread thread = Thread.ofVirtual().start(run);
        awaitFile(claude.folder().resolve("pid"));

        // when
        thread.interrupt();

        // then
        assertThat(catchThrowable(run::get))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(isAlive(claude.folder().resolve("pid"))).isFalse();
    }

    private static void awaitFile(Path file) throws IOException {
        while (!Files.exists(file) || Files.readString(file).isBlank()) {
            LockSupport.parkNanos(10_000_000);
        }
    }

    private static boolean isAlive(Path pid) throws IOException {
        return ProgramEndTest.isAlive(Long.parseLong(Files.readString(pid).strip()));
    }

    @Test
    void a18_aFailureEndsTheRowWhereThatIsAskedFor() throws Exception {
        // given
        List<AgentProcess> stages =
                List.of(
                        process("A", "do: echo a"),
                        process("FAIL", "do: exit 7"),
                        process("C", "do: echo c"));

        // when
        List<ProcessResult> stopped = Patterns.sequential(stages, false, true);

        // then
        assertThat(stopped).extracting(ProcessResult::processId).containsExactly("A", "FAIL");
        assertThat(claude.wasStarted("C")).isFalse();
        assertThat(Patterns.sequential(stages, true, true))
                .extracting(ProcessResult::processId)
                .containsExactly("A", "FAIL");
        assertThat(claude.wasStarted("C")).isFalse();

        // and goes on after it where it is not
        assertThat(Patterns.sequential(stages))
                .extracting(ProcessResult::exitCode)
                .containsExactly(0, 7, 0);
    }

    @Test
    void oneProcessCanStandInAListSeveralTimes() throws Exception {
        // given
        AgentProcess flaky =
                process(
                        "flaky",
                        "do: if [ -e tried ]; then echo well; else touch tried; exit 1; fi");

        // when
        ProcessResult result = Patterns.withFallback(List.of(flaky, flaky));

        // then
        assertThat(result.processId()).isEqualTo("flaky");
        assertThat(result.output()).isEqualTo("well\n");
    }

    @Test
    void theProcessesOfARoundShareAFolder() {
        AgentProcess elsewhere =
                AgentProcess.of("Any", "elsewhere", scratch.resolve("elsewhere"), scratch);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Patterns.parallel(List.of(process("here", "Any"), elsewhere)))
                .withMessageContaining("share a working directory");
    }
}
