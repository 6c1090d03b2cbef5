package dev.coppice.testkit;

import dev.coppice.testkit.ModelScript.Answer;
import dev.coppice.testkit.ModelScript.Tokens;
import dev.coppice.testkit.ModelScript.Turn;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// One turn of a script in the words of the Messages API: a message with one block, of text or of a call of one of the
/// client's tools.
///
/// @param id the message's
record ModelAnswer(String id, ModelRequest request, Turn turn) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String STRUCTURED = "StructuredOutput";

    private static final Map<Integer, String> ERROR_TYPES =
            Map.of(
                    400, "invalid_request_error",
                    401, "authentication_error",
                    402, "billing_error",
                    403, "permission_error",
                    404, "not_found_error",
                    429, "rate_limit_error",
                    529, "overloaded_error");

    static String error(int status) {
        ObjectNode error = JSON.createObjectNode();
        error.put("type", "error");
        error.putObject("error")
                .put("type", ERROR_TYPES.getOrDefault(status, "api_error"))
                .put("message", "refused " + status);
        return error.toString();
    }

    /// The whole message at once.
    String json() {
        ObjectNode message = message();
        message.withArray("content").add(block());
        message.put("stop_reason", stopReason());
        message.set("usage", usage(turn.tokens().output()));
        return message.toString();
    }

    /// The message as server-sent events.
    String events() {
        StringBuilder events = new StringBuilder();
        ObjectNode begun = message();
        begun.set("usage", usage(1));
        add(events, event("message_start").set("message", begun));
        ObjectNode whole = block();
        add(
                events,
                event("content_block_start").put("index", 0).set("content_block", empty(whole)));
        add(events, event("content_block_delta").put("index", 0).set("delta", delta(whole)));
        add(events, event("content_block_stop").put("index", 0));
        ObjectNode end = event("message_delta");
        end.putObject("delta").put("stop_reason", stopReason()).putNull("stop_sequence");
        end.set("usage", usage(turn.tokens().output()));
        add(events, end);
        add(events, event("message_stop"));
        return events.toString();
    }

    private static ObjectNode event(String type) {
        return JSON.createObjectNode().put("type", type);
    }

    private static void add(StringBuilder events, ObjectNode event) {
        events.append("event: ").append(event.path("type").asString());
        events.append("\ndata: ").append(event).append("\n\n");
    }

    private ObjectNode message() {
        ObjectNode message = JSON.createObjectNode();
        message.put("id", id).put("type", "message").put("role", "assistant");
        message.put("model", request.model()).putArray("content");
        message.putNull("stop_reason").putNull("stop_sequence");
        return message;
    }

    private ObjectNode usage(long output) {
        Tokens tokens = turn.tokens();
        return JSON.createObjectNode()
                .put("input_tokens", tokens.input())
                .put("output_tokens", output)
                .put("cache_read_input_tokens", tokens.cacheRead())
                .put("cache_creation_input_tokens", tokens.cacheWrite());
    }

    private String stopReason() {
        return block().path("type").asString().equals("text") ? "end_turn" : "tool_use";
    }

    private ObjectNode block() {
        return switch (turn.answer()) {
            case Answer.Say(String text) -> text(text);
            case Answer.Write(String path, String content) ->
                    call(
                            "Write",
                            JSON.createObjectNode()
                                    .put("file_path", absolute(path))
                                    .put("content", content));
            case Answer.Bash(String command, boolean background) ->
                    call("Bash", bash(command, background));
            case Answer.Call(String tool, String input) ->
                    call(tool, (ObjectNode) JSON.readTree(input));
            case Answer.Json(String json) ->
                    request.tools().contains(STRUCTURED)
                            ? call(STRUCTURED, (ObjectNode) JSON.readTree(json))
                            : text(json);
        };
    }

    private static ObjectNode bash(String command, boolean background) {
        ObjectNode input = JSON.createObjectNode().put("command", command);
        return background ? input.put("run_in_background", true) : input;
    }

    private String absolute(String path) {
        return Path.of(request.directory().orElse("/")).resolve(path).toString();
    }

    private static ObjectNode text(String text) {
        return JSON.createObjectNode().put("type", "text").put("text", text);
    }

    private ObjectNode call(String tool, ObjectNode input) {
        if (!request.tools().contains(tool)) {
            return text("There is no tool " + tool + ".");
        }
        ObjectNode call = JSON.createObjectNode();
        call.put("type", "tool_use").put("id", "toolu_" + id.substring("msg_".length()));
        call.put("name", tool).set("input", input);
        return call;
    }

    /// The block as it begins: its content comes after it.
    private static ObjectNode empty(ObjectNode whole) {
        ObjectNode empty = whole.deepCopy();
        if (empty.has("text")) {
            return empty.put("text", "");
        }
        empty.putObject("input");
        return empty;
    }

    private static ObjectNode delta(ObjectNode whole) {
        return whole.has("text")
                ? event("text_delta").put("text", whole.path("text").asString())
                : event("input_json_delta").put("partial_json", whole.path("input").toString());
    }
}
