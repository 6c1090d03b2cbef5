package dev.coppice.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.coppice.agent.AgentEnd.Verdict;
import dev.coppice.agent.AgentRuns.Run;
import dev.coppice.model.Reason;
import dev.coppice.model.Settings.Kind;
import dev.coppice.process.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What holds for every adapter. Its program is a small shell script that keeps what it is given and prints what it is
/// told to, so that real bytes go through real processes.
abstract class AgentContract {
    @TempDir Path directory;

    abstract Kind kind();

    /// What the agent's program prints when it says this and succeeds.
    abstract String printedWhenItSays(String text);

    private Agent agent(String printed, String ending) throws IOException {
        Files.writeString(directory.resolve("printed"), printed);
        Path program = directory.resolve("program.sh");
        Files.writeString(program, "cat >received; cat printed\n" + ending + "\n");
        return AgentRuns.agent(kind(), "/bin/sh", program.toString());
    }

    private Run run(Agent agent) {
        return AgentRuns.run(agent, AgentRuns.request(directory, "do it"), directory, Map.of());
    }

    static Stream<String> awkwardPrompts() {
        return Stream.of(
                "/compact",
                "@/etc/passwd and @README.md",
                "-p --help",
                "'single' \"double\" `back` \\ $(touch owned) ${HOME} !! %s",
                "line\n\n\r\nline\ttab\n",
                "🌳 Café 发现: 关键细节 \u202e",
                "x".repeat(199_999) + "é");
    }

    @ParameterizedTest
    @MethodSource("awkwardPrompts")
    void aPromptArrivesUnchangedBelowOurFirstLine(String prompt) throws IOException {
        Agent agent = agent(printedWhenItSays("read"), "exit 0");

        AgentRuns.run(agent, AgentRuns.request(directory, prompt), directory, Map.of());

        assertThat(directory.resolve("received"))
                .hasContent(AgentLaunch.FIRST_LINE + "\n\n" + prompt);
        assertThat(directory.resolve("owned")).doesNotExist();
    }

    @Test
    void anEndWithCodeZeroAndItsOwnSuccessIsASuccess() throws IOException {
        Run run = run(agent(printedWhenItSays("hello 🌳"), "exit 0"));

        assertThat(run.end().verdict()).isInstanceOf(Verdict.Succeeded.class);
        assertThat(run.end().output().strip()).isEqualTo("hello 🌳");
    }

    @Test
    void anotherExitCodeIsAFailureThatQuotesTheErrors() throws IOException {
        Run run = run(agent(printedWhenItSays("so far"), "echo boom >&2; exit 3"));

        assertThat(run.end().verdict())
                .isEqualTo(new Verdict.Failed(Reason.EXIT_CODE, "ended with exit code 3: boom"));
        assertThat(run.end().output()).contains("so far");
    }

    @Test
    void aSignalIsAFailure() throws IOException {
        Run run = run(agent(printedWhenItSays("so far"), "kill -9 $$"));

        assertThat(run.end().verdict())
                .isInstanceOfSatisfying(
                        Verdict.Failed.class,
                        failed -> assertThat(failed.message()).startsWith("ended with signal 9"));
    }

    static Stream<Arguments> endsByALimit() {
        return Stream.of(
                arguments(new Exit.TimedOut(Exit.Limit.WALL), "workers.default_timeout"),
                arguments(new Exit.TimedOut(Exit.Limit.IDLE), "workers.idle_timeout"),
                arguments(new Exit.OutputLimit(1), "workers.max_output"));
    }

    @ParameterizedTest
    @MethodSource("endsByALimit")
    void anEndByALimitIsAFailureThatNamesTheLimit(Exit exit, String key) throws IOException {
        AgentReading reading = reading(printedWhenItSays("all is well"));

        assertThat(reading.finish(exit, "").verdict())
                .isInstanceOfSatisfying(
                        Verdict.Failed.class, failed -> assertThat(failed.message()).contains(key));
    }

    @Test
    void anAgentThatWeStoppedIsNoSuccess() throws IOException {
        AgentReading reading = reading(printedWhenItSays("all is well"));

        assertThat(reading.finish(new Exit.Stopped(), "").verdict())
                .isEqualTo(new Verdict.Stopped());
    }

    @Test
    void aResultFileThatSaysFailedIsBelieved() throws IOException {
        Run run =
                run(
                        agent(
                                printedWhenItSays("done"),
                                "echo '{\"status\":\"failed\",\"error\":\"no database\"}'"
                                        + " >task_result.json"));

        assertThat(run.end().verdict())
                .isEqualTo(new Verdict.Failed(Reason.AGENT_ERROR, "no database"));
    }

    @Test
    void aResultFileThatNobodyCanReadIsAFailure() throws IOException {
        Run run = run(agent(printedWhenItSays("done"), "echo '{half' >task_result.json"));

        assertThat(run.end().verdict())
                .isInstanceOfSatisfying(
                        Verdict.Failed.class,
                        failed -> assertThat(failed.message()).contains("task_result.json"));
    }

    @Test
    void aResultFileCarriesOutputAndDiscoveries() throws IOException {
        Run run =
                run(
                        agent(
                                printedWhenItSays("said"),
                                "echo '{\"output\":\"told\",\"discoveries\":[\"D1\"]}'"
                                        + " >task_result.json"));

        assertThat(run.end().output()).isEqualTo("told");
        assertThat(run.end().report().orElseThrow().discoveries().getFirst().content())
                .isEqualTo("D1");
    }

    @Test
    void noiseHarmsNothing() throws IOException {
        Random chance = new Random(7);
        for (int round = 0; round < 200; round++) {
            byte[] noise = new byte[chance.nextInt(300)];
            chance.nextBytes(noise);
            byte[] begun = "{\"type\":\"assistant\",\"message\":{\"content\":[".getBytes(UTF_8);
            AgentReading reading = reading("");

            reading.line(begun, 0, chance.nextInt(begun.length));
            AgentRuns.read(noise, reading);

            assertThat(reading.finish(new Exit.Signaled(9), "").verdict())
                    .isInstanceOf(Verdict.Failed.class);
        }
    }

    @Test
    void aLineOfThreeMegabytesIsReadLikeAnyOther() throws IOException {
        String printed = printedWhenItSays("y".repeat(3_000_000));
        AgentReading reading = reading(printed);

        AgentEnd end = reading.finish(new Exit.Exited(0), "");

        assertThat(end.verdict()).isInstanceOf(Verdict.Succeeded.class);
        assertThat(end.output().strip()).endsWith("yyy");
    }

    private AgentReading reading(String printed) {
        Agent agent = AgentRuns.agent(kind(), "/bin/sh");
        AgentReading reading = agent.reading(AgentRuns.request(directory, "do it"), note -> {});
        AgentRuns.read(printed.getBytes(UTF_8), reading);
        return reading;
    }

    @Test
    void aMissingProgramIsNamed() throws InterruptedException {
        Agent agent = AgentRuns.agent(kind(), "coppice-no-such-program");

        assertThat(AgentRuns.probe(agent, directory))
                .isInstanceOfSatisfying(
                        Availability.Missing.class,
                        missing ->
                                assertThat(missing.program()).isEqualTo("coppice-no-such-program"));
    }
}
