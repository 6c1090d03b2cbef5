package dev.coppice.server.mcp;

import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Passes messages on to a server's `/mcp`. What goes wrong on the way is an answer too. Safe for use by many threads.
public final class McpRelay implements AutoCloseable {
    private static final int OK = 200;
    private static final int TAKEN_IN = 202;

    /// No tool takes so long.
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final URI mcp;
    private final String key;
    private final HttpClient client = HttpClient.newHttpClient();

    /// A relay to this server.
    ///
    /// @param server its root: `http://127.0.0.1:8000`
    public McpRelay(URI server, String key) {
        this.mcp = URI.create(server.toString().replaceFirst("/+$", "") + "/mcp");
        this.key = key;
    }

    /// The answer to one message, on one line; empty where it needs none.
    public Optional<String> line(String message) throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(mcp)
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .header("Accept", "application/json, text/event-stream")
                        .timeout(PATIENCE)
                        .POST(HttpRequest.BodyPublishers.ofString(message))
                        .build();
        try {
            HttpResponse<String> answer =
                    client.send(request, HttpResponse.BodyHandlers.ofString());
            return switch (answer.statusCode()) {
                case OK -> Optional.of(answer.body());
                case TAKEN_IN -> Optional.empty();
                default -> failed(message, said(answer));
            };
        } catch (IOException e) {
            return failed(message, "The server at " + mcp + " can't be reached: " + e);
        }
    }

    /// What the server says in the words of a problem document.
    private static String said(HttpResponse<String> answer) {
        return read(answer.body())
                .map(problem -> problem.path("error").asString(""))
                .filter(error -> !error.isBlank())
                .orElse("The server answered with status " + answer.statusCode() + ".");
    }

    private static Optional<String> failed(String message, String error) {
        Optional<JsonNode> read = read(message);
        if (read.isPresent() && !read.get().has("id")) {
            return Optional.empty(); // nobody waits for an answer
        }
        ObjectNode answer = JsonMapper.shared().createObjectNode().put("jsonrpc", "2.0");
        answer.set("id", read.map(it -> it.path("id")).orElse(null));
        answer.putObject("error").put("code", ErrorCodes.INTERNAL_ERROR).put("message", error);
        return Optional.of(answer.toString());
    }

    private static Optional<JsonNode> read(String json) {
        try {
            return Optional.of(JsonMapper.shared().readTree(json));
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
