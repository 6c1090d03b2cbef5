package dev.coppice.house.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coppice.client.CoppiceClient;
import dev.coppice.testkit.ClaudeCli;
import dev.coppice.testkit.StubModel;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// MCP as its users have it: the program on standard input and output, and workers that have the tools by themselves.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class McpTest {
    private static final String KEY = "a-key-of-forty-characters-for-the-tests!";
    private static final Duration HANGS = Duration.ofMinutes(4);
    private static final Pattern SERVING =
            Pattern.compile("^serving at (http://127\\.0\\.0\\.1:\\d+) ", Pattern.MULTILINE);

    /// What the worker's model does: it shares a finding, looks at its job, and starts a job of three tasks.
    private static final String PLANT =
            """
            call mcp__coppice__post_discovery
            | {"content": "The soil is sandy.", "tags": ["soil"]}
            call mcp__coppice__get_job_status
            | {}
            write beds.txt
            | three beds
            call mcp__coppice__start_child_job
            | {"request": "Plant three beds", "plan": {"tasks": [
            |   {"id": "rose", "agent": "script", "description": "cat beds.txt && echo rose > rose.txt"},
            |   {"id": "lily", "agent": "script", "description": "echo lily > lily.txt"},
            |   {"id": "aster", "agent": "script", "description": "echo aster > aster.txt"}]}}
            say I started a job.
            """;

    private static final String GO_ON =
            """
            bash cat rose.txt lily.txt aster.txt >> beds.txt
            say All is planted.
            """;

    @TempDir Path folder;
    private Scene scene;
    private Optional<Process> running = Optional.empty();

    @BeforeEach
    void begin() throws IOException {
        scene = Scene.in(folder);
    }

    @AfterEach
    void end() throws InterruptedException {
        if (running.isPresent()) {
            running.get().destroy();
            running.get().waitFor();
        }
    }

    private static Optional<String> script(String prompt) {
        return prompt.contains("The jobs that you started have ended")
                ? Optional.of(GO_ON)
                : Optional.of(PLANT).filter(_ -> prompt.contains("## Your task (plant)"));
    }

    private String serve() throws IOException {
        running =
                Optional.of(
                        scene.program().start(scene.repository().path(), "serve", "--port", "0"));
        Scene.await(() -> SERVING.matcher(scene.program().printed("out")).find());
        Matcher serving = SERVING.matcher(scene.program().printed("out"));
        assertThat(serving.find()).isTrue();
        return serving.group(1);
    }

    private static JsonNode call(String method, String address, String body)
            throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address))
                        .header("X-API-Key", KEY)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return JsonMapper.shared()
                    .readTree(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
        }
    }

    @Test
    void whatAWorkerOfTheRealClaudeStartsByAToolReachesItsParent() throws Exception {
        Optional<ClaudeCli> claude = ClaudeCli.find();
        assumeTrue(claude.isPresent(), "there is no npm here");
        // given
        scene.configure(
                """
                agents:
                  claude: { permission: all }
                  script: { command: [bash], stdin: description }
                workers: { max_workers: 2, stop_grace: 0.2 }
                api: { api_key: "%s" }
                """
                        .formatted(KEY));
        try (StubModel model = StubModel.start(McpTest::script)) {
            claude.get()
                    .environment(folder.resolve("program/home"), model)
                    .forEach(scene.program()::with);
            String server = serve();

            // when
            JsonNode posted =
                    call(
                            "POST",
                            server + "/api/v1/orchestrate",
                            """
                            {"request": "Plant a garden", "plan": {"tasks": [
                              {"id": "plant", "description": "Plant what is too much for one."}]}}
                            """);
            String job = posted.path("job_id").asString();
            String at = server + "/api/v1/jobs/" + job;
            try (CoppiceClient client = new CoppiceClient(server, KEY)) {
                client.await(job, HANGS, _ -> {});
            }

            // then
            JsonNode ended = call("GET", at + "/status", "");
            assertThat(ended.path("status").asString())
                    .as(ended.toPrettyString())
                    .isEqualTo("completed");
            JsonNode task = ended.path("results").path("tasks").get(0);
            assertThat(task.path("status").asString()).isEqualTo("recursive_success");
            assertThat(task.path("child_results").findValuesAsString("status"))
                    .containsExactly("success", "success", "success");
            assertThat(scene.repository().read("coppice/" + job + "/result", "beds.txt"))
                    .isEqualTo("three beds\nrose\nlily\naster\n");
            Path workspace = Path.of(ended.path("results").path("workspace").asString());
            assertThat(workspace.resolve("FINAL_RESULT.md"))
                    .content()
                    .contains(task.path("child_job_id").asString());
            assertThat(ended.path("discoveries").get(0).path("content").asString())
                    .isEqualTo("The soil is sandy.");
            assertThat(ended.path("notes").findValuesAsString("text"))
                    .noneMatch(text -> text.contains("MCP"));
            assertThat(model.requests())
                    .as("what the job brought is told to the agent that started it")
                    .anyMatch(request ->
                            request.prompt().contains("The jobs that you started have ended"));
            assertThatTheTokenIsNowhere(workspace.resolve("depth_0/worker_1/attempt_1"));
            assertThat(
                            Files.readAllLines(
                                    scene.repository().path().resolve(".coppice/logs/audit.jsonl")))
                    .filteredOn(line -> line.contains("\"/mcp\""))
                    .filteredOn(line -> line.contains("\"tool\""))
                    .extracting(line -> JsonMapper.shared().readTree(line).path("tool").asString())
                    .containsExactly("post_discovery", "start_child_job");
        }
    }

    private static void assertThatTheTokenIsNowhere(Path attempt) throws IOException {
        Path config = attempt.resolve("mcp.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(config)))
                .isEqualTo("rw-------");
        try (Stream<Path> files = Files.walk(attempt)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(file).content().doesNotContain("cpt_");
            }
        }
    }

    // ---- on standard input and output ----

    private static String message(int id, String method, Object params) {
        return JsonMapper.shared()
                .writeValueAsString(
                        Map.of("jsonrpc", "2.0", "id", id, "method", method, "params", params));
    }

    private static String toolCall(int id, String tool, Map<String, Object> arguments) {
        return message(id, "tools/call", Map.of("name", tool, "arguments", arguments));
    }

    /// Gives the program these lines and the end of its input, and returns what it printed.
    private List<JsonNode> speak(Map<String, String> environment, String... lines)
            throws Exception {
        environment.forEach(scene.program()::with);
        Process process = scene.program().start(scene.repository().path(), "mcp");
        running = Optional.of(process);
        process.getOutputStream()
                .write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        Program.Result result = scene.program().ended(process);
        assertThat(result.code()).as(result.err()).isZero();
        return result.out().lines().map(JsonMapper.shared()::readTree).toList();
    }

    private static final String INITIALIZE =
            message(
                    1,
                    "initialize",
                    Map.of(
                            "protocolVersion",
                            "2025-11-25",
                            "capabilities",
                            Map.of(),
                            "clientInfo",
                            Map.of("name", "test", "version", "1")));
    private static final String INITIALIZED =
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";

    @Test
    void onStandardInputAndOutputTheRepositoryIsAtHand() throws Exception {
        List<JsonNode> answers =
                speak(
                        Map.of(),
                        INITIALIZE,
                        INITIALIZED,
                        message(2, "tools/list", Map.of()),
                        "what is this?",
                        toolCall(3, "get_job_status", Map.of("job_id", "0123456789ab")),
                        toolCall(
                                4,
                                "start_child_job",
                                Map.of(
                                        "plan",
                                        Map.of(
                                                "goal",
                                                "g",
                                                "tasks",
                                                List.of(Map.of("description", "sleep 100"))))));

        assertThat(answers).hasSize(5);
        assertThat(answers.get(0).path("result").path("serverInfo").path("name").asString())
                .isEqualTo("coppice");
        assertThat(answers.get(0).path("result").path("protocolVersion").asString())
                .isEqualTo("2025-11-25");
        assertThat(answers.get(1).path("result").path("tools").size()).isEqualTo(11);
        assertThat(answers.get(2).path("error").path("code").asInt()).isEqualTo(-32700);
        assertThat(answers.get(3).path("result").path("isError").asBoolean()).isTrue();
        String job =
                answers.get(4).path("result").path("structuredContent").path("job_id").asString();
        assertThat(scene.program().printed("err")).contains("coppice resume " + job);
        assertThat(scene.program().run(scene.repository().path(), "status", job).out())
                .contains("coppice resume " + job);

        // of a job that another one laid down nothing is told
        speak(Map.of(), INITIALIZE, INITIALIZED);
        assertThat(scene.program().printed("err")).doesNotContain("coppice resume");
    }

    @Test
    void whereAServerIsNamedItAnswers() throws Exception {
        scene.configure(Scene.CONFIGURATION + "api: { api_key: \"" + KEY + "\" }\n");
        Scene server = scene.second();
        running =
                Optional.of(
                        server.program().start(scene.repository().path(), "serve", "--port", "0"));
        Process serving = running.get();
        Scene.await(() -> SERVING.matcher(server.program().printed("out")).find());
        Matcher address = SERVING.matcher(server.program().printed("out"));
        assertThat(address.find()).isTrue();
        try {
            List<JsonNode> answers =
                    speak(
                            Map.of("COPPICE_API_URL", address.group(1), "COPPICE_API_KEY", KEY),
                            INITIALIZE,
                            INITIALIZED,
                            toolCall(2, "list_discoveries", Map.of("job_id", "0123456789ab")));
            assertThat(answers).hasSize(2);
            assertThat(
                            answers.get(1)
                                    .path("result")
                                    .path("structuredContent")
                                    .path("code")
                                    .asString())
                    .isEqualTo("not-found");

            List<JsonNode> refused =
                    speak(Map.of("COPPICE_API_KEY", "another"), INITIALIZE, INITIALIZED);
            assertThat(refused).hasSize(1);
            assertThat(refused.get(0).path("id").asInt()).isEqualTo(1);
            assertThat(refused.get(0).path("error").path("message").asString())
                    .isEqualTo("The key is not valid.");
        } finally {
            serving.destroy();
            serving.waitFor();
        }
    }
}
