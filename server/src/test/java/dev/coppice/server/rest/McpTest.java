package dev.coppice.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.server.access.Access;
import dev.coppice.server.access.Scope;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator.ValidationResponse;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceRequest;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What agents can do by MCP, called by the client of the official SDK, with keys and with the tokens of workers.
class McpTest {
    /// Ends a hang.
    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir Path folder;

    // ---- calls ----

    private static McpSyncClient client(Scene scene, String secret) {
        McpSyncClient client =
                McpClient.sync(
                                HttpClientStreamableHttpTransport.builder(scene.uri("").toString())
                                        .jsonMapper(new JacksonMcpJsonMapper(JsonMapper.shared()))
                                        .requestBuilder(
                                                HttpRequest.newBuilder()
                                                        .header(
                                                                "Authorization",
                                                                "Bearer " + secret))
                                        .build())
                        .jsonSchemaValidator((_, _) -> ValidationResponse.asValid(""))
                        .requestTimeout(LONG)
                        .initializationTimeout(LONG)
                        .build();
        client.initialize();
        return client;
    }

    /// What a tool told.
    private record Told(boolean isError, JsonNode json) {
        String error() {
            assertThat(isError).as(json.toString()).isTrue();
            return json.path("code").stringValue() + ": " + json.path("error").stringValue();
        }
    }

    /// The tools that tell what a call of the REST API tells, by its schemas.
    private static final Map<String, String> AS_BY_REST =
            Map.of(
                    "get_job_status", "Status",
                    "list_discoveries", "Discoveries",
                    "post_discovery", "Acceptance",
                    "start_child_job", "Submission");

    private static Told call(McpSyncClient client, String tool, Map<String, Object> arguments) {
        CallToolResult result =
                client.callTool(CallToolRequest.builder(tool).arguments(arguments).build());
        String text = ((TextContent) result.content().getFirst()).text();
        JsonNode json = JsonMapper.shared().readTree(text);
        assertThat(JsonMapper.shared().<JsonNode>valueToTree(result.structuredContent()))
                .as("the same for programs")
                .isEqualTo(json);
        boolean isError = Boolean.TRUE.equals(result.isError());
        if (!isError && AS_BY_REST.containsKey(tool)) {
            assertThat(ApiDocument.problems(ApiDocument.schema(AS_BY_REST.get(tool)), text))
                    .isEmpty();
        }
        return new Told(isError, json);
    }

    private static JsonNode done(McpSyncClient client, String tool, Map<String, Object> arguments) {
        Told told = call(client, tool, arguments);
        assertThat(told.isError()).as(told.json().toString()).isFalse();
        return told.json();
    }

    // ---- workers ----

    /// A task of a job that waits, with its token.
    private record Waiting(String job, String token, Path gate) {
        void goOn() throws IOException {
            Files.createFile(gate);
        }
    }

    /// A job whose first task tells its token and waits until it is let go; `more` lines are further tasks.
    private Waiting waiting(Scene scene, String name, String... more) throws Exception {
        Path token = folder.resolve(name + ".token");
        Path gate = folder.resolve(name + ".gate");
        String[] lines = new String[more.length + 1];
        lines[0] =
                "printf %s \"$COPPICE_API_KEY\" > '"
                        + token
                        + ".part' && mv '"
                        + token
                        + ".part' '"
                        + token
                        + "'; until [ -e '"
                        + gate
                        + "' ]; do sleep 0.05; done; echo x > "
                        + name
                        + ".txt";
        System.arraycopy(more, 0, lines, 1, more.length);
        String job = scene.submit(lines);
        return new Waiting(
                job,
                scene.awaiting(() ->
                        Files.exists(token)
                                ? Optional.of(Files.readString(token))
                                : Optional.empty()),
                gate);
    }

    private static Map<String, Object> task(String id, String line) {
        return Map.of("id", id, "description", line);
    }

    // ---- tests ----

    @Test
    void theToolsAreTheElevenAndEachSaysStrictlyWhatItTakes() throws Exception {
        try (Scene scene = new Scene(folder, "");
                McpSyncClient client = client(scene, Scene.KEY)) {
            List<McpSchema.Tool> tools = client.listTools().tools();

            assertThat(tools)
                    .extracting(McpSchema.Tool::name)
                    .containsExactlyInAnyOrder(
                            "post_discovery",
                            "list_discoveries",
                            "add_tasks",
                            "start_child_job",
                            "get_job_status",
                            "get_task_result",
                            "report_result",
                            "claim_task",
                            "complete_task",
                            "fail_task",
                            "heartbeat");
            for (McpSchema.Tool tool : tools) {
                assertThat(tool.description()).as(tool.name()).hasSizeGreaterThan(60);
                assertThat(tool.inputSchema())
                        .as(tool.name())
                        .containsEntry("type", "object")
                        .containsEntry("additionalProperties", false);
            }
            assertThat(client.getServerInfo().name()).isEqualTo("coppice");
        }
    }

    /// What the schema offers is known, and what it does not is refused.
    @Test
    void theSchemasSayWhatIsRead() throws Exception {
        try (Scene scene = new Scene(folder, "");
                McpSyncClient client = client(scene, Scene.KEY)) {
            Waiting worker = waiting(scene, "worker");
            try (McpSyncClient ofWorker = client(scene, worker.token())) {
                for (McpSchema.Tool tool : client.listTools().tools()) {
                    Object properties = tool.inputSchema().get("properties");
                    Map<String, Object> all = new java.util.HashMap<>();
                    JsonMapper.shared()
                            .<JsonNode>valueToTree(properties)
                            .propertyNames()
                            .forEach(name -> all.put(name, false)); // which is right for none
                    all.put("surplus", 1);
                    boolean isWorkers = tool.name().equals("report_result");
                    JsonNode problems =
                            call(isWorkers ? ofWorker : client, tool.name(), all)
                                    .json()
                                    .path("errors");

                    List<String> unknown =
                            StreamSupport.stream(problems.spliterator(), false)
                                    .filter(p -> p.path("message").asString().contains("not known"))
                                    .map(p -> p.path("place").asString())
                                    .toList();
                    assertThat(unknown).as(tool.name()).containsExactly("surplus");
                }
            }
            worker.goOn();
            scene.finished(worker.job());
        }
    }

    @Test
    void allThatIsWrongIsToldAtOnce() throws Exception {
        try (Scene scene = new Scene(folder, "");
                McpSyncClient client = client(scene, Scene.KEY)) {
            Told told =
                    call(
                            client,
                            "complete_task",
                            Map.of("agent", "not a name!", "output", 7, "outptu", "x"));

            assertThat(told.error()).startsWith("invalid-request: ");
            assertThat(told.json().path("status").intValue()).isEqualTo(400);
            assertThat(told.json().path("errors").findValuesAsString("place"))
                    .containsExactlyInAnyOrder("agent", "output", "outptu", "job_id", "task_id");
            assertThat(told.json().toString()).contains("did you mean");
        }
    }

    @Test
    void aJobIsStartedFollowedAndReadWithAKey() throws Exception {
        try (Scene scene = new Scene(folder, "");
                McpSyncClient client = client(scene, Scene.KEY)) {
            String job =
                    done(
                                    client,
                                    "start_child_job",
                                    Map.of(
                                            "request",
                                            "Do it",
                                            "plan",
                                            Map.of(
                                                    "goal",
                                                    "A word",
                                                    "tasks",
                                                    List.of(task("one", "echo 1 > 1.txt")))))
                            .path("job_id")
                            .stringValue();
            scene.finished(job);

            assertThat(
                            done(client, "get_job_status", Map.of("job_id", job))
                                    .path("status")
                                    .stringValue())
                    .isEqualTo("completed");
            JsonNode task =
                    done(client, "get_task_result", Map.of("job_id", job, "task_id", "worker_1"));
            assertThat(task.path("id").stringValue()).isEqualTo("one");
            assertThat(task.path("files_created").get(0).stringValue()).isEqualTo("1.txt");
            assertThat(read(client, job, "plan").path("tasks").get(0).path("id").stringValue())
                    .isEqualTo("one");
            assertThat(read(client, job, "status").path("job_id").stringValue()).isEqualTo(job);
            assertThat(read(client, job, "discoveries").path("discoveries")).isEmpty();
            assertThat(client.listResourceTemplates().resourceTemplates()).hasSize(3);
            assertThatThrownBy(() -> read(client, "0123456789ab", "plan"))
                    .isInstanceOf(McpError.class)
                    .hasMessageContaining("There is no such job");
            assertThatThrownBy(() -> read(client, job, "secrets"))
                    .isInstanceOf(McpError.class)
                    .hasMessageContaining("Resource not found");
        }
    }

    @Test
    void whatIsWrongWithAResourceIsToldInTheWordsOfTheTools() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            JsonNode told =
                    scene.post(
                                    "/mcp",
                                    """
                                    {"jsonrpc": "2.0", "id": 1, "method": "resources/read",
                                     "params": {"uri": "coppice://jobs/0123456789ab/plan"}}
                                    """)
                            .json()
                            .at("/error/data");

            assertThat(told.path("code").stringValue()).isEqualTo("not-found");
            assertThat(told.propertyNames())
                    .containsExactlyInAnyOrder(
                            "error", "code", "status", "errors", "retry_after_seconds");
        }
    }

    private static JsonNode read(McpSyncClient client, String job, String part) {
        String uri = "coppice://jobs/" + job + "/" + part;
        return JsonMapper.shared()
                .readTree(
                        ((TextResourceContents)
                                        client.readResource(
                                                        ReadResourceRequest.builder(uri).build())
                                                .contents()
                                                .getFirst())
                                .text());
    }

    @Test
    void aWorkerDoesWhatIsItsOwnAndNothingElse() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            Waiting mine = waiting(scene, "mine");
            Waiting other = waiting(scene, "other");
            try (McpSyncClient client = client(scene, mine.token())) {
                Map<String, Object> others = Map.of("job_id", other.job());
                for (String tool : List.of("get_job_status", "list_discoveries")) {
                    assertThat(done(client, tool, Map.of()).path("job_id").stringValue())
                            .isEqualTo(mine.job());
                    assertThat(call(client, tool, others).error()).startsWith("forbidden: ");
                }
                assertThat(
                                call(
                                                client,
                                                "get_task_result",
                                                Map.of("job_id", other.job(), "task_id", "task-1"))
                                        .error())
                        .startsWith("forbidden: ");
                assertThat(
                                call(
                                                client,
                                                "post_discovery",
                                                Map.of("content", "c", "job_id", other.job()))
                                        .error())
                        .startsWith("forbidden: ");
                assertThat(
                                call(
                                                client,
                                                "add_tasks",
                                                Map.of(
                                                        "job_id",
                                                        other.job(),
                                                        "tasks",
                                                        List.of(task("x", "true"))))
                                        .error())
                        .startsWith("forbidden: ");
                for (String tool : List.of("claim_task", "complete_task", "fail_task")) {
                    assertThat(call(client, tool, Map.of()).error()).startsWith("forbidden: ");
                }
                assertThat(done(client, "heartbeat", Map.of()).path("accepted").booleanValue())
                        .isTrue();
                assertThatThrownBy(() -> read(client, other.job(), "status"))
                        .isInstanceOf(McpError.class);
                assertThat(read(client, mine.job(), "status").path("job_id").stringValue())
                        .isEqualTo(mine.job());
            }
            mine.goOn();
            other.goOn();
            scene.finished(mine.job());
            scene.finished(other.job());

            // its token has ended with it
            assertThat(
                            scene.send(
                                            Scene.body(
                                                    scene.keyless("/mcp")
                                                            .header("X-API-Key", mine.token()),
                                                    PING))
                                    .status())
                    .isEqualTo(401);
        }
    }

    private static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";

    @Test
    void aFindingIsMaskedAndReachesTheOthers() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            Waiting worker = waiting(scene, "worker");
            try (McpSyncClient client = client(scene, worker.token())) {
                done(
                        client,
                        "post_discovery",
                        Map.of("content", "the key is " + worker.token(), "tags", List.of("keys")));

                JsonNode found =
                        done(client, "list_discoveries", Map.of()).path("discoveries").get(0);
                assertThat(found.path("content").stringValue())
                        .startsWith("the key is ")
                        .doesNotContain(worker.token());
                assertThat(found.path("task").stringValue()).isEqualTo("task-1");
                assertThat(found.path("tags").get(0).stringValue()).isEqualTo("keys");
            }
            worker.goOn();
            scene.finished(worker.job());
        }
    }

    @Test
    void tasksThatAWorkerAddsAreDoneAndNotTrusted() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            Waiting worker = waiting(scene, "worker");
            try (McpSyncClient client = client(scene, worker.token())) {
                JsonNode added =
                        done(
                                client,
                                "add_tasks",
                                Map.of(
                                        "tasks",
                                        List.of(
                                                Map.of(
                                                        "id",
                                                        "extra",
                                                        "description",
                                                        "echo extra > extra.txt",
                                                        "colour",
                                                        "blue"))));
                assertThat(added.path("tasks").get(0).stringValue()).isEqualTo("extra");
                assertThat(added.path("warnings").get(0).stringValue()).contains("colour");

                Told refused =
                        call(
                                client,
                                "add_tasks",
                                Map.of(
                                        "tasks",
                                        List.of(
                                                Map.of("description", "x", "agent", "nobody"),
                                                Map.of("description", "", "priority", 11))));
                assertThat(refused.error()).startsWith("invalid-request: ");
                assertThat(refused.json().path("errors").size()).isGreaterThanOrEqualTo(3);
            }
            worker.goOn();
            JsonNode ended = scene.finished(worker.job());

            assertThat(ended.path("status").stringValue()).isEqualTo("completed");
            assertThat(scene.repository().read("coppice/" + worker.job() + "/result", "extra.txt"))
                    .isEqualTo("extra\n");
            assertThat(ended.path("notes").findValuesAsString("text"))
                    .anyMatch(text -> text.contains("colour"));
        }
    }

    @Test
    void anEndedJobGoesOnWithNewTasksOnlyWhereThereIsRoomAndSomebodyWaits() throws Exception {
        try (Scene scene = new Scene(folder, "api: { max_concurrent_jobs: 1 }\n");
                McpSyncClient outside = client(scene, Scene.KEY)) {
            String ended = scene.submit("true");
            scene.finished(ended);
            Waiting worker = waiting(scene, "worker");
            String child;
            try (McpSyncClient client = client(scene, worker.token())) {
                child = childOf(client, "echo a > a.txt");
                scene.finished(child);
            }
            Map<String, Object> toChild =
                    Map.of("job_id", child, "tasks", List.of(task("late", "true")));
            Map<String, Object> toRoot =
                    Map.of("job_id", ended, "tasks", List.of(task("late", "true")));

            assertThat(call(outside, "add_tasks", toChild).error())
                    .startsWith("conflict: ")
                    .contains("retry job " + worker.job());
            assertThat(call(outside, "add_tasks", toRoot).error())
                    .startsWith("too-many-requests: ");
            worker.goOn();
            scene.finished(worker.job());
            done(outside, "add_tasks", toRoot);
            scene.awaiting(() ->
                    Optional.of(scene.finished(ended))
                            .filter(s -> s.path("results").path("tasks").size() == 2));
        }
    }

    private static String childOf(McpSyncClient worker, String line) {
        return done(
                        worker,
                        "start_child_job",
                        Map.of("plan", Map.of("goal", "More", "tasks", List.of(task("a", line)))))
                .path("job_id")
                .stringValue();
    }

    @Test
    void aServerAtAnyAddressOfLoopbackIsOpenToItsWorkers() throws Exception {
        try (Scene scene = new Scene(folder, "");
                RestServer _ =
                        RestServer.start(
                                scene.coppice(),
                                Access.none(),
                                new RestServer.Options(
                                        "127.0.0.2",
                                        0,
                                        scene.logs(),
                                        RestServer.Options.PATIENCE,
                                        RestServer.Options.CONNECTIONS,
                                        "test",
                                        InstantSource.system()))) {
            Path answer = folder.resolve("answer");
            scene.finished(
                    scene.submit(
                            "curl -s -o /dev/null -w \"%{http_code} $COPPICE_API_URL\" -H \"Authorization: Bearer $COPPICE_API_KEY\""
                                    + " -H 'Content-Type: application/json' -d '"
                                    + PING
                                    + "' \"$COPPICE_API_URL/mcp\" > '"
                                    + answer
                                    + "'; echo x > x.txt"));

            assertThat(answer).content().startsWith("200 http://127.0.0.2:");
        }
    }

    @Test
    void whatTheSdkRefusesIsInTheAuditLogAndASignOfLifeIsNot() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            Waiting worker = waiting(scene, "worker");
            try (McpSyncClient client = client(scene, worker.token())) {
                done(client, "heartbeat", Map.of());
                assertThatThrownBy(() -> call(client, "no_such_tool", Map.of()))
                        .isInstanceOf(McpError.class);
                done(client, "post_discovery", Map.of("content", "It is so."));
            }
            List<String> lines = auditOfMessages(scene);

            assertThat(lines).anyMatch(line -> line.contains("post_discovery"));
            assertThat(lines).noneMatch(line -> line.contains("heartbeat"));
            assertThat(lines)
                    .anyMatch(line -> line.contains("\"/mcp\"") && line.contains("\"status\":400"));
            worker.goOn();
            scene.finished(worker.job());
        }
    }

    @Test
    void noSecretThatAWorkerReportsIsLeftInItsFolder() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            Waiting worker = waiting(scene, "worker");
            try (McpSyncClient client = client(scene, worker.token())) {
                done(
                        client,
                        "report_result",
                        Map.of("status", "completed", "output", "with " + worker.token()));
            }
            String itself =
                    scene.submit(
                            "printf '{\"status\":\"completed\",\"output\":\"%s\"}' \"$COPPICE_API_KEY\" > \"$COPPICE_RESULT\"; echo x > x.txt");
            scene.finished(itself);
            worker.goOn();
            JsonNode ended = scene.finished(worker.job());

            Path workspace = Path.of(ended.path("results").path("workspace").stringValue());
            String result = "depth_0/worker_1/task_result.json";
            assertThat(workspace.resolve(result)).content().contains("\"output\":\"with ***\"");
            assertThat(workspace.resolveSibling("job_" + itself).resolve(result))
                    .content()
                    .contains("\"output\":\"***\"");
        }
    }

    @Test
    void whatAWorkerReportsIsItsResult() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            Waiting worker = waiting(scene, "worker");
            try (McpSyncClient client = client(scene, worker.token())) {
                done(
                        client,
                        "report_result",
                        Map.of(
                                "status",
                                "completed",
                                "output",
                                "All is well.",
                                "discoveries",
                                List.of("water is wet")));
                assertThat(call(client, "report_result", Map.of("status", "maybe")).error())
                        .contains("status");
            }
            worker.goOn();
            JsonNode ended = scene.finished(worker.job());

            JsonNode task = ended.path("results").path("tasks").get(0);
            assertThat(task.path("status").stringValue()).isEqualTo("success");
            assertThat(task.path("output").stringValue()).isEqualTo("All is well.");
            assertThat(ended.path("discoveries").get(0).path("content").stringValue())
                    .isEqualTo("water is wet");
        }
    }

    @Test
    void aWorkersJobIsItsChild() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            Waiting worker = waiting(scene, "worker");
            String child;
            try (McpSyncClient client = client(scene, worker.token())) {
                child =
                        done(
                                        client,
                                        "start_child_job",
                                        Map.of(
                                                "plan",
                                                Map.of(
                                                        "goal",
                                                        "Two",
                                                        "tasks",
                                                        List.of(
                                                                task("a", "echo a > a.txt"),
                                                                task("b", "echo b > b.txt")))))
                                .path("job_id")
                                .stringValue();
                scene.awaiting(() ->
                        Optional.of(done(client, "get_job_status", Map.of("job_id", child)))
                                .filter(s -> s.path("status").asString().equals("completed")));
                assertThat(
                                call(
                                                client,
                                                "add_tasks",
                                                Map.of(
                                                        "job_id",
                                                        child,
                                                        "tasks",
                                                        List.of(task("c", "true"))))
                                        .error())
                        .startsWith("forbidden: ");
            }
            worker.goOn();
            JsonNode task = scene.finished(worker.job()).path("results").path("tasks").get(0);

            assertThat(task.path("status").stringValue()).isEqualTo("recursive_success");
            assertThat(task.path("child_job_id").stringValue()).isEqualTo(child);
        }
    }

    @Test
    void aJobsTasksAreClaimedAndCompleted() throws Exception {
        try (Scene scene = new Scene(folder, "");
                McpSyncClient client = client(scene, Scene.KEY)) {
            String job = scene.leaveToClaimants("write it", "test it");
            Map<String, Object> ann = Map.of("job_id", job, "agent", "ann");
            JsonNode claimed = done(client, "claim_task", ann);
            String first = claimed.path("task").path("id").stringValue();
            assertThat(claimed.path("task").path("description").stringValue())
                    .isEqualTo("write it");
            assertThat(claimed.path("claimed_by").stringValue()).isEqualTo("ann");
            assertThat(
                            call(
                                            client,
                                            "claim_task",
                                            Map.of("job_id", job, "agent", "bob", "task_id", first))
                                    .error())
                    .startsWith("conflict: ")
                    .contains("by ann");
            Map<String, Object> annsFirst = Map.of("job_id", job, "agent", "ann", "task_id", first);
            assertThat(done(client, "heartbeat", annsFirst).path("accepted").booleanValue())
                    .isTrue();
            done(
                    client,
                    "complete_task",
                    Map.of(
                            "job_id",
                            job,
                            "agent",
                            "ann",
                            "task_id",
                            first,
                            "output",
                            "written",
                            "files_created",
                            List.of("it.txt"),
                            "discoveries",
                            List.of("it is short")));
            String second = done(client, "claim_task", ann).path("task").path("id").stringValue();
            assertThat(done(client, "claim_task", ann).path("task").isNull()).isTrue();
            JsonNode failed =
                    done(
                            client,
                            "fail_task",
                            Map.of(
                                    "job_id", job, "agent", "ann", "task_id", second, "error",
                                    "no time"));

            assertThat(failed.path("job_status").stringValue()).isEqualTo("partial");
            JsonNode result =
                    done(client, "get_task_result", Map.of("job_id", job, "task_id", first));
            assertThat(result.path("output").stringValue()).isEqualTo("written");
            assertThat(result.path("files_created").get(0).stringValue()).isEqualTo("it.txt");
        }
    }

    @Test
    void aKeyThatMayReadLooksOnly() throws Exception {
        try (Scene scene = new Scene(folder, "");
                McpSyncClient client = client(scene, scene.key("reader", Scope.READ))) {
            String job = scene.submit("echo x > x.txt");
            scene.finished(job);

            assertThat(
                            done(client, "get_job_status", Map.of("job_id", job))
                                    .path("job_id")
                                    .stringValue())
                    .isEqualTo(job);
            for (String tool :
                    List.of(
                            "post_discovery",
                            "add_tasks",
                            "start_child_job",
                            "claim_task",
                            "complete_task",
                            "fail_task",
                            "heartbeat")) {
                assertThat(call(client, tool, Map.of()).error())
                        .as(tool)
                        .startsWith("forbidden: This needs a key of the scope submit");
            }
            assertThat(call(client, "report_result", Map.of()).error()).startsWith("forbidden: ");
        }
    }

    @Test
    void whatChangesAndWhatIsRefusedIsInTheAuditLog() throws Exception {
        try (Scene scene = new Scene(folder, "");
                McpSyncClient client = client(scene, Scene.KEY)) {
            String job = scene.submit("echo x > x.txt");
            scene.finished(job);
            done(client, "get_job_status", Map.of("job_id", job));
            call(client, "get_job_status", Map.of("job_id", "0123456789ab"));
            done(
                    client,
                    "add_tasks",
                    Map.of("job_id", job, "tasks", List.of(task("y", "echo y > y.txt"))));

            List<String> lines = auditOfMessages(scene);
            assertThat(lines).hasSize(2);
            assertThat(lines.get(0)).contains("\"tool\":\"get_job_status\",\"status\":404");
            assertThat(lines.get(1))
                    .contains("\"tool\":\"add_tasks\",\"status\":200,\"job\":\"" + job + "\"");
            scene.finished(job);
        }
    }

    /// The lines of the audit log that are about messages, without the stream that the client asks for beside them, at
    /// whatever time.
    private static List<String> auditOfMessages(Scene scene) throws IOException {
        return Files.readAllLines(scene.logs().resolve("audit.jsonl")).stream()
                .filter(line -> line.contains("\"/mcp\""))
                .filter(line -> !line.contains("\"GET\""))
                .toList();
    }

    @Test
    void thereIsNoStreamAndNoSession() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            assertThat(scene.get("/mcp").status()).isEqualTo(405);
            assertThat(scene.send(scene.call("/mcp").DELETE()).status()).isEqualTo(405);
            assertThat(scene.post("/mcp", PING).json().path("result").isObject()).isTrue();
            assertThat(
                            scene.post(
                                            "/mcp",
                                            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}")
                                    .status())
                    .isEqualTo(202);
            assertThat(scene.post("/mcp", "[" + PING + "]").status()).isEqualTo(400);
            assertThat(scene.post("/mcp", "hello").status()).isEqualTo(400);
            assertThat(scene.send(Scene.body(scene.keyless("/mcp"), PING)).status()).isEqualTo(401);

            Waiting worker = waiting(scene, "worker");
            assertThat(
                            scene.send(
                                            scene.keyless("/mcp")
                                                    .header("X-API-Key", worker.token())
                                                    .GET())
                                    .status())
                    .isEqualTo(405);
            worker.goOn();
            scene.finished(worker.job());
        }
    }

    @Test
    void aPageOfSomebodyElseIsRefused() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            for (String origin :
                    List.of("http://evil.example", "null", "http://127.0.0.1.evil.example")) {
                assertThat(
                                scene.send(
                                                Scene.body(
                                                        scene.call("/mcp").header("Origin", origin),
                                                        PING))
                                        .status())
                        .as(origin)
                        .isEqualTo(403);
            }
            assertThat(
                            scene.send(
                                            Scene.body(
                                                    scene.call("/mcp")
                                                            .header(
                                                                    "Origin",
                                                                    "http://localhost:6274"),
                                                    PING))
                                    .status())
                    .isEqualTo(200);
            RawCall.Answer rebound =
                    RawCall.send(
                            scene.uri("/"), "evil.example:80", "POST", "/mcp", Scene.KEY, PING);
            assertThat(rebound.status()).isEqualTo(403);
        }
    }
}
