package dev.coppice.server.mcp;

import dev.coppice.client.ProblemDocument;
import dev.coppice.server.jobs.Fault;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What a model is told where something can't be done.
final class Errors {
    private Errors() {}

    /// ```json
    /// {"error": "a whole sentence", "code": "invalid-request", "status": 400,
    ///  "errors": [{"place": "tasks[0].priority", "message": "…"}], "retry_after_seconds": null}
    /// ```
    ///
    /// @param code see [Fault.Kind]
    /// @param status the same as a number of HTTP
    /// @param errors all that is wrong with what was asked, at once
    record Told(
            String error,
            String code,
            int status,
            List<ProblemDocument.Item> errors,
            Optional<Long> retryAfterSeconds) {}

    static Told of(Fault fault) {
        ProblemDocument document = fault.document();
        return new Told(
                document.error(),
                fault.kind().code(),
                fault.status(),
                document.errors(),
                fault.retryAfterSeconds());
    }

    /// The answer to what is no message.
    static String unreadable(Fault fault) {
        ObjectNode answer = JsonMapper.shared().createObjectNode().put("jsonrpc", "2.0");
        answer.putNull("id")
                .putObject("error")
                .put("code", ErrorCodes.PARSE_ERROR)
                .put("message", String.valueOf(fault.getMessage()));
        return answer.toString();
    }

    static Fault internal() {
        return Fault.of(
                Fault.Kind.INTERNAL, "Something went wrong in the server; its log has more.");
    }

    static Fault stopping() {
        return Fault.of(Fault.Kind.UNAVAILABLE, "The server stops.");
    }
}
