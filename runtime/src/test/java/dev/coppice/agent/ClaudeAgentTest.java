package dev.coppice.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.agent.AgentEnd.Verdict;
import dev.coppice.agent.AgentNote.Denied;
import dev.coppice.agent.AgentNote.Retrying;
import dev.coppice.agent.AgentNote.Said;
import dev.coppice.agent.AgentNote.SessionOpened;
import dev.coppice.agent.AgentNote.ToolUsed;
import dev.coppice.model.Reason;
import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.model.Settings.Home;
import dev.coppice.model.Settings.Input;
import dev.coppice.model.Settings.Kind;
import dev.coppice.model.Settings.Permission;
import dev.coppice.model.Usage;
import dev.coppice.process.Exit;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Stories about Claude Code, told by what the real one (2.1.329) printed: the files in `claude/`.
class ClaudeAgentTest extends AgentContract {
    private static final String SESSION = "0ee1bd55-dd50-4ecb-98b2-9fea0300079a";

    private final List<AgentNote> notes = new ArrayList<>();

    @Override
    Kind kind() {
        return Kind.CLAUDE;
    }

    @Override
    String printedWhenItSays(String text) {
        return """
        {"type":"system","subtype":"init","session_id":"s1"}
        {"type":"assistant","message":{"id":"m1","content":[{"type":"text","text":"%s"}]}}
        {"is_error":false,"result":"%s","type":"result"}
        """
                .formatted(text, text);
    }

    private AgentRequest request() {
        return AgentRuns.request(directory, "do it");
    }

    private AgentEnd read(String recording, int exitCode) {
        return read(recording, request(), new Exit.Exited(exitCode));
    }

    private AgentEnd read(String recording, AgentRequest request, Exit exit) {
        AgentReading reading = AgentRuns.agent(kind(), "claude").reading(request, notes::add);
        AgentRuns.read(recorded(recording), reading);
        return reading.finish(exit, "");
    }

    private static byte[] recorded(String name) {
        try (InputStream in =
                Objects.requireNonNull(
                        ClaudeAgentTest.class.getResourceAsStream("claude/" + name + ".jsonl"))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Usage usage(long input, long output, String usd) {
        return new Usage(input, output, 0, 0, Optional.of(new BigDecimal(usd)));
    }

    // What it did.

    @Test
    void aRunTellsItsSessionWordsToolsAndUsage() {
        AgentEnd end = read("success", 0);

        assertThat(end.verdict()).isEqualTo(new Verdict.Succeeded(Optional.empty()));
        assertThat(end.output()).isEqualTo("Done: fine");
        assertThat(end.session()).contains(SESSION);
        assertThat(end.usage()).isEqualTo(usage(36_153, 32, "0.145252"));
        assertThat(notes)
                .containsExactly(
                        new SessionOpened(SESSION),
                        new Said("I write."),
                        new ToolUsed("Write", "/home/ana/shop/hello.txt"),
                        new ToolUsed("Bash", "touch x && python3 -c 'print(1)'"),
                        new Denied(
                                "Bash",
                                "This Bash command contains multiple operations. The following"
                                        + " part requires approval: python3 -c 'print(1)'"),
                        new Said("Done: fine"));
    }

    @Test
    void whatItWasNotAllowedIsToldButFailsNothing() {
        assertThat(read("success", 0).denied())
                .containsExactly("Bash: touch x && python3 -c 'print(1)'");
    }

    @Test
    void aResumedSessionIsChargedWithTheDifference() {
        AgentRequest resumed =
                AgentRuns.resuming(request(), SESSION, usage(36_153, 32, "0.145252"));

        AgentEnd end = read("resumed", resumed, new Exit.Exited(0));

        assertThat(end.session()).contains(SESSION);
        assertThat(end.usage()).isEqualTo(usage(48_350 - 36_153, 2, "0.048828"));
    }

    @Test
    void aKilledRunIsCountedAndItsPriceComesWithTheNext() {
        AgentEnd killed = read("killed", request(), new Exit.Signaled(15));

        assertThat(killed.verdict())
                .isEqualTo(new Verdict.Failed(Reason.EXIT_CODE, "ended with signal 15"));
        assertThat(killed.usage()).isEqualTo(new Usage(11_929, 1, 0, 0, Optional.empty()));
        assertThat(killed.output()).isEqualTo("Working.\n");

        AgentRequest resumed =
                AgentRuns.resuming(request(), killed.session().orElseThrow(), killed.usage());
        AgentEnd next = read("resumed-after-kill", resumed, new Exit.Exited(0));

        assertThat(next.usage()).isEqualTo(usage(23_975 - 11_929, 9, "0.096100"));
    }

    @Test
    void aSumBelowWhatWasThereBeforeWasBegunAnew() {
        AgentRequest resumed = AgentRuns.resuming(request(), SESSION, usage(90_000, 900, "9"));

        assertThat(read("resumed", resumed, new Exit.Exited(0)).usage())
                .isEqualTo(usage(48_350, 34, "0.194080"));
    }

    @Test
    void thePriceOfAnUnknownModelIsUnknown() {
        Usage usage = read("unknown-model", 0).usage();

        assertThat(usage.inputTokens()).isPositive();
        assertThat(usage.usd()).isEmpty();
    }

    @Test
    void ofSeveralResultsTheLastCounts() {
        AgentEnd end = read("two-results", 0);

        assertThat(end.output()).isEqualTo("it ended");
        assertThat(end.usage().usd()).contains(new BigDecimal("0.145772"));
        assertThat(notes).filteredOn(SessionOpened.class::isInstance).hasSize(1);
    }

    @Test
    void aFurtherTurnWithoutItsResultIsNoSuccess() {
        String recording = new String(recorded("two-results"), UTF_8);
        String cut = recording.substring(0, recording.lastIndexOf("\n{\"duration_api_ms"));
        AgentReading reading = AgentRuns.agent(kind(), "claude").reading(request(), notes::add);
        AgentRuns.read(cut.getBytes(UTF_8), reading);

        assertThat(reading.finish(new Exit.Exited(0), "").verdict())
                .isInstanceOfSatisfying(
                        Verdict.Failed.class,
                        failed -> assertThat(failed.reason()).isEqualTo(Reason.NO_RESULT));
    }

    // Structured answers.

    @Test
    void theStructuredAnswerIsItsJson() {
        AgentRequest asked = AgentRuns.wantingJson(request());

        assertThat(read("structured", asked, new Exit.Exited(0)).verdict())
                .isEqualTo(new Verdict.Succeeded(Optional.of("{\"answer\":42,\"list\":[\"a\"]}")));
    }

    @Test
    void proseInsteadOfTheStructuredAnswerIsAFailureThatKeepsTheProse() {
        AgentRequest asked = AgentRuns.wantingJson(request());

        AgentEnd end = read("unstructured", asked, new Exit.Exited(0));

        assertThat(end.verdict())
                .isInstanceOfSatisfying(
                        Verdict.Failed.class,
                        failed -> assertThat(failed.reason()).isEqualTo(Reason.NO_RESULT));
        assertThat(end.output()).isNotEmpty();
    }

    // Why it failed.

    @ParameterizedTest
    @CsvSource({
        "unauthorized, NOT_LOGGED_IN, Failed to authenticate. API Error: 401 refused 401",
        "no-key, NOT_LOGGED_IN, Not logged in · Please run /login",
        "billing, BILLING, Credit balance is too low",
        "max-turns, AGENT_ERROR, Reached maximum number of turns (1)",
        "max-budget, BUDGET, Reached maximum budget ($0.01)",
        "unknown-session, AGENT_ERROR,"
                + " No conversation found with session ID: c992d0ad-eea0-4dc8-a456-c879da0fe23c",
    })
    void aFailureHasItsReason(String recording, Reason reason, String message) {
        assertThat(read(recording, 1).verdict()).isEqualTo(new Verdict.Failed(reason, message));
    }

    @ParameterizedTest
    @CsvSource({"rate-limited", "overloaded"})
    void aProviderThatWantsAPauseIsARateLimit(String recording) {
        assertThat(read(recording, 1).verdict())
                .isInstanceOfSatisfying(
                        Verdict.RateLimited.class,
                        limited -> assertThat(limited.until()).isEmpty());
        assertThat(notes).filteredOn(Retrying.class::isInstance).hasSize(2);
    }

    @Test
    void anAccountThatIsUsedUpSaysWhenItMayGoOn() {
        assertThat(read("account-limited", 1).verdict())
                .isEqualTo(
                        new Verdict.RateLimited(
                                Optional.of(Instant.ofEpochSecond(1_795_260_705)),
                                "You've hit your 5-hour limit · resets 11:31am (UTC)"));
    }

    @Test
    void itsOwnRetriesAreNoted() {
        read("rate-limited", 1);

        assertThat(notes).contains(new Retrying("rate_limit", Duration.ofMillis(613)));
    }

    @Test
    void aSessionThatIsNotThereIsNotOfferedAgain() {
        AgentRequest resumed = AgentRuns.resuming(request(), "c992d0ad", Usage.NONE);

        assertThat(read("unknown-session", resumed, new Exit.Exited(1)).session()).isEmpty();
    }

    @Test
    void wordsAboutErrorsAreNotErrors() {
        AgentReading reading = AgentRuns.agent(kind(), "claude").reading(request(), notes::add);
        String printed =
                printedWhenItSays("I fixed status 401: authentication_failed, rate_limit, 429");
        AgentRuns.read(printed.getBytes(UTF_8), reading);

        assertThat(reading.finish(new Exit.Exited(0), "429 rate_limit").verdict())
                .isInstanceOf(Verdict.Succeeded.class);
    }

    @Test
    void anEndWithoutAnyResultIsNoSuccess() {
        assertThat(read("killed", 0).verdict())
                .isEqualTo(
                        new Verdict.Failed(Reason.NO_RESULT, "ended without saying how it went"));
    }

    // How it is started.

    private List<String> argv(Permission permission, AgentRequest request) {
        return new ClaudeAgent(settings(permission), false).launch(request).argv();
    }

    private static AgentSettings settings(Permission permission) {
        return new AgentSettings(
                Kind.CLAUDE,
                List.of("claude", "--debug"),
                List.of("--effort", "high"),
                Optional.of("sonnet"),
                permission,
                Input.PROMPT,
                List.of(),
                Home.USER,
                4);
    }

    @Test
    void aTaskIsStartedInANewSessionThatEdits() {
        assertThat(argv(Permission.EDIT, request()))
                .containsExactly(
                        "claude",
                        "--debug",
                        "-p",
                        "--output-format",
                        "stream-json",
                        "--verbose",
                        "--session-id",
                        SESSION,
                        "--permission-mode",
                        "acceptEdits",
                        "--model",
                        "sonnet",
                        "--disallowedTools",
                        "ListAgents",
                        "SendMessage",
                        "--strict-mcp-config",
                        "--effort",
                        "high");
    }

    @Test
    void aRetryResumesTheSession() {
        assertThat(argv(Permission.EDIT, AgentRuns.resuming(request(), "abc", Usage.NONE)))
                .containsSequence("--resume", "abc")
                .doesNotContain("--session-id");
    }

    @Test
    void theToolsOfCoppiceAreOfferedByAFileThatHoldsNoToken() {
        AgentRequest request =
                AgentRuns.withTools(
                        request(),
                        new WorkerTools(URI.create("http://127.0.0.1:8000/mcp"), directory));
        AgentLaunch launch = AgentRuns.agent(kind(), "claude").launch(request);

        Path file = directory.resolve("mcp.json");
        assertThat(launch.argv())
                .containsSequence("--strict-mcp-config", "--mcp-config", file.toString())
                .containsSequence("--allowedTools", "mcp__coppice");
        assertThat(launch.environment()).containsEntry("ENABLE_TOOL_SEARCH", "false");
        assertThat(launch.files()).containsOnlyKeys(file);
        assertThat(Json.MAPPER.readTree(launch.files().get(file)))
                .isEqualTo(
                        Json.MAPPER.readTree(
                                """
                                {"mcpServers": {"coppice": {"type": "http", "url": "http://127.0.0.1:8000/mcp",
                                  "headers": {"Authorization": "Bearer ${COPPICE_API_KEY}"}}}}
                                """));
        assertThat(AgentRuns.agent(kind(), "claude").tool("get_job_status"))
                .contains("`mcp__coppice__get_job_status`");
        assertThat(AgentRuns.agent(kind(), "claude").launch(request()).argv())
                .as("without a door")
                .doesNotContain("--mcp-config", "--allowedTools")
                .contains("--strict-mcp-config");
    }

    @Test
    void aServerThatCanNotBeUsedIsToldOnce() {
        AgentReading reading = AgentRuns.agent(kind(), "claude").reading(request(), notes::add);
        String init =
                """
                {"type":"system","subtype":"init","session_id":"s1","mcp_servers":[
                  {"name":"coppice","status":"failed"},{"name":"b","status":"connected"},
                  {"name":"c","status":"pending"}]}
                """
                                .replace("\n", "")
                        + "\n";
        AgentRuns.read((init + init).getBytes(UTF_8), reading);

        assertThat(notes)
                .containsExactly(
                        new AgentNote.Unconnected("coppice", "failed"), new SessionOpened("s1"));
    }

    @Test
    void aReaderHasOnlyToolsThatRead() {
        AgentRequest plan =
                new AgentRequest(
                        "plan",
                        "plan",
                        Optional.of("opus"),
                        request().session(),
                        Usage.NONE,
                        Optional.of("{}"),
                        true,
                        Optional.of(new BigDecimal("0.50")),
                        Optional.empty(),
                        request().envelope(),
                        request().resultFile());

        assertThat(argv(Permission.ALL, plan))
                .containsSequence("--permission-mode", "dontAsk", "--tools", "Read,Grep,Glob")
                .containsSequence("--model", "opus")
                .containsSequence("--max-budget-usd", "0.50")
                .containsSequence("--json-schema", "{}");
    }

    @Test
    void rootIsCalledASandboxOnlyWhereEverythingIsAllowed() {
        assertThat(new ClaudeAgent(settings(Permission.ALL), true).launch(request()).environment())
                .containsEntry("IS_SANDBOX", "1");
        assertThat(new ClaudeAgent(settings(Permission.ALL), false).launch(request()).environment())
                .doesNotContainKey("IS_SANDBOX");
        assertThat(new ClaudeAgent(settings(Permission.EDIT), true).launch(request()).environment())
                .doesNotContainKey("IS_SANDBOX")
                .containsEntry("DISABLE_AUTOUPDATER", "1")
                .containsKey("CLAUDE_CODE_MAX_RETRIES");
    }

    // Whether it is there.

    private Availability probe(String script) throws IOException, InterruptedException {
        Path program = directory.resolve("claude");
        Files.writeString(program, "#!/bin/sh\n" + script);
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return AgentRuns.probe(AgentRuns.agent(kind(), program.toString()), directory);
    }

    @Test
    void aLoginIsAskedFor() throws IOException, InterruptedException {
        String version = "[ $1 = --version ] && echo '2.1.329 (Claude Code)' && exit\n";

        assertThat(probe(version + "echo '{\"loggedIn\":true}'"))
                .isEqualTo(
                        new Availability.Usable(
                                directory.resolve("claude"), Optional.of("2.1.329")));
        assertThat(probe(version + "echo '{\"loggedIn\":false}'; exit 1"))
                .isInstanceOf(Availability.NotLoggedIn.class);
        assertThat(probe(version + "echo unknown command >&2; exit 1"))
                .isInstanceOf(Availability.Usable.class);
    }
}
