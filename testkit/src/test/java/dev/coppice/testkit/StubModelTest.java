package dev.coppice.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class StubModelTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient client = HttpClient.newHttpClient();
    private StubModel model = StubModel.start();

    @AfterEach
    void close() {
        model.close();
        client.close();
    }

    /// A request as a CLI sends it: a prompt between reminders, then as many answers as were given already.
    private static ObjectNode conversation(String prompt, int answers, String... tools) {
        ObjectNode request = JSON.createObjectNode().put("model", "m").put("stream", false);
        request.putArray("system")
                .addObject()
                .put("type", "text")
                .put("text", "You work.\n - Primary working directory: /home/ana/shop\n - more");
        ArrayNode messages = request.putArray("messages");
        ArrayNode said = messages.addObject().put("role", "user").putArray("content");
        said.addObject().put("type", "text").put("text", "<system-reminder>x</system-reminder>");
        said.addObject().put("type", "text").put("text", prompt);
        for (int i = 0; i < answers; i++) {
            messages.addObject().put("role", "assistant").put("content", "answer");
            messages.addObject()
                    .put("role", "user")
                    .putArray("content")
                    .addObject()
                    .put("type", "tool_result")
                    .put("content", "done");
        }
        for (String tool : tools) {
            request.withArray("tools").addObject().put("name", tool);
        }
        return request;
    }

    private HttpRequest post(String path, ObjectNode body) {
        return HttpRequest.newBuilder(model.url().resolve(path))
                .header("x-claude-code-session-id", "s1")
                .POST(BodyPublishers.ofString(body.toString()))
                .build();
    }

    private HttpResponse<String> send(ObjectNode body) throws IOException, InterruptedException {
        return client.send(post("/v1/messages?beta=true", body), BodyHandlers.ofString(UTF_8));
    }

    private JsonNode answer(ObjectNode body) throws IOException, InterruptedException {
        HttpResponse<String> response = send(body);
        assertThat(response.statusCode()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private static String script(String... steps) {
        return "Do this.\n```model\n" + String.join("\n", steps) + "\n```\nThanks.";
    }

    @Test
    void aScriptIsAnsweredTurnByTurn() throws Exception {
        String prompt = script("write a/b.txt", "| one", "| two", "bash git status", "say done");

        JsonNode first = answer(conversation(prompt, 0, "Write", "Bash"));
        JsonNode second = answer(conversation(prompt, 1, "Write", "Bash"));
        JsonNode third = answer(conversation(prompt, 2, "Write", "Bash"));
        JsonNode beyond = answer(conversation(prompt, 3, "Write", "Bash"));

        assertThat(first.at("/content/0/name").asString()).isEqualTo("Write");
        assertThat(first.at("/content/0/input/file_path").asString())
                .isEqualTo("/home/ana/shop/a/b.txt");
        assertThat(first.at("/content/0/input/content").asString()).isEqualTo("one\ntwo\n");
        assertThat(first.path("stop_reason").asString()).isEqualTo("tool_use");
        assertThat(second.at("/content/0/input/command").asString()).isEqualTo("git status");
        assertThat(third.at("/content/0/text").asString()).isEqualTo("done");
        assertThat(third.path("stop_reason").asString()).isEqualTo("end_turn");
        assertThat(beyond.at("/content/0/text").asString()).isEqualTo("Done.");
    }

    @Test
    void theNewestScriptCounts() throws Exception {
        ObjectNode resumed = conversation(script("say one", "say two"), 2);
        resumed.withArray("messages")
                .addObject()
                .put("role", "user")
                .put("content", script("say three"));

        assertThat(answer(resumed).at("/content/0/text").asString()).isEqualTo("three");
    }

    @Test
    void aStreamTellsTheSameAsAWholeMessage() throws Exception {
        ObjectNode request = conversation(script("usage 7 8 9 10", "say Café 🌳"), 0);

        String stream = send(request.put("stream", true)).body();

        assertThat(stream)
                .containsSubsequence(
                        "event: message_start",
                        "\"input_tokens\":7",
                        "event: content_block_start",
                        "\"text\":\"\"",
                        "event: content_block_delta",
                        "Café 🌳",
                        "event: content_block_stop",
                        "event: message_delta",
                        "\"end_turn\"",
                        "\"output_tokens\":8",
                        "\"cache_read_input_tokens\":9",
                        "\"cache_creation_input_tokens\":10",
                        "event: message_stop");
    }

    @Test
    void aStructuredAnswerGoesThroughTheToolForIt() throws Exception {
        String prompt = script("json", "| {\"a\":", "| 1}");

        assertThat(
                        answer(conversation(prompt, 0, "StructuredOutput"))
                                .at("/content/0/input/a")
                                .asInt())
                .isEqualTo(1);
        assertThat(answer(conversation(prompt, 0)).at("/content/0/text").asString())
                .contains("\"a\"");
    }

    @Test
    void aFailureComesAsOftenAsItSays() throws Exception {
        ObjectNode twice = conversation(script("fail 529 times 2 after 3", "say ok"), 0);
        ObjectNode always = conversation(script("say first", "fail 401", "say never"), 1);

        HttpResponse<String> failed = send(twice);

        assertThat(failed.statusCode()).isEqualTo(529);
        assertThat(failed.headers().firstValue("retry-after")).contains("3");
        assertThat(failed.body()).contains("overloaded_error");
        assertThat(send(twice).statusCode()).isEqualTo(529);
        assertThat(send(twice).statusCode()).isEqualTo(200);
        assertThat(send(always).statusCode()).isEqualTo(401);
        assertThat(send(always).statusCode()).isEqualTo(401);
    }

    @Test
    void rulesGiveScriptsToPrompts() throws Exception {
        model.close();
        model =
                StubModel.start(prompt ->
                        prompt.contains("plan") ? Optional.of("say by rule") : Optional.empty());

        assertThat(answer(conversation("make a plan", 0)).at("/content/0/text").asString())
                .isEqualTo("by rule");
        assertThat(answer(conversation(script("say own"), 0)).at("/content/0/text").asString())
                .isEqualTo("own");
        assertThat(answer(conversation("neither", 0)).at("/content/0/text").asString())
                .contains("no script");
    }

    @Test
    void whatWasAskedIsKept() throws Exception {
        send(conversation(script("say ok"), 0, "Bash"));

        ModelRequest request = model.requests().getFirst();

        assertThat(request.session()).isEqualTo("s1");
        assertThat(request.prompt()).startsWith("Do this.").doesNotContain("system-reminder");
        assertThat(request.tools()).containsExactly("Bash");
        assertThat(request.directory()).contains("/home/ana/shop");
    }

    @Test
    void tokensAreCountedRoughly() throws Exception {
        HttpResponse<String> counted =
                client.send(
                        post("/v1/messages/count_tokens", conversation("hello", 0)),
                        BodyHandlers.ofString(UTF_8));

        assertThat(JSON.readTree(counted.body()).path("input_tokens").asInt()).isPositive();
        assertThat(model.requests()).isEmpty();
    }

    @Test
    void whatHangsEndsWithTheStub() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        model.close();
        model =
                StubModel.start(prompt -> {
                    asked.countDown();
                    return Optional.of("hang");
                });
        CompletableFuture<HttpResponse<String>> answer =
                client.sendAsync(
                        post("/v1/messages", conversation("wait", 0)),
                        BodyHandlers.ofString(UTF_8));
        assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();

        model.close();

        assertThatThrownBy(() -> answer.get(60, TimeUnit.SECONDS))
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void aStepThatIsNoneIsToldToTheAuthor() {
        assertThatThrownBy(() -> ModelScript.parse("shout hello"))
                .hasMessage("no step of a model: shout");
    }
}
