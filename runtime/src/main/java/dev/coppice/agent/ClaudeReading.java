package dev.coppice.agent;

import dev.coppice.agent.AgentEnd.Verdict;
import dev.coppice.model.Reason;
import dev.coppice.process.Exit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Reads what Claude Code prints with `--output-format stream-json`: one JSON object a line, of these types.
///
/// | type | what is taken |
/// |---|---|
/// | `assistant` | what it says, which tools it uses, tokens, the kind of a provider's error |
/// | `user` | nothing: results of tools, most of all bytes |
/// | `system` | of its many subtypes `init` (the session, MCP servers that failed), `api_retry`, `permission_denied` |
/// | `rate_limit_event` | when a rejected account may go on |
/// | `result` | success or failure, the last words, the structured answer, the sums of the session |
///
/// Not every line begins with its type (`result` does not), new types come with every release, a run can have several
/// turns with a result each (the last counts), and a killed program leaves none. A result says `success` also of a
/// provider's error, so success is exit code 0 *and* a last result with `is_error: false` *and* the structured answer
/// where one was asked for. Why a run failed is read from fields that the program fills, never from prose: an agent may
/// well speak of status 401.
final class ClaudeReading implements AgentReading {
    private static final int DENIED_MAX = 100;
    private static final Set<String> CONNECTED = Set.of("connected", "pending");

    private final AgentRequest request;
    private final Consumer<AgentNote> notes;
    private final Tail said = new Tail();
    private final Tail prose = new Tail();
    private final ClaudeUsage usage = new ClaudeUsage();
    private final Set<String> unconnected = new HashSet<>();
    private Optional<String> session = Optional.empty();
    private Optional<String> providersError = Optional.empty();
    private Optional<Instant> limitedUntil = Optional.empty();
    private Optional<JsonNode> result = Optional.empty();

    ClaudeReading(AgentRequest request, Consumer<AgentNote> notes) {
        this.request = request;
        this.notes = notes;
    }

    @Override
    public void line(byte[] bytes, int from, int length) {
        if (length == 0) {
            return;
        }
        if (bytes[from] != '{') {
            prose(bytes, from, length);
            return;
        }
        try {
            switch (ClaudeLine.typeOf(bytes, from, length)) {
                case ASSISTANT -> assistant(ClaudeLine.Assistant.of(bytes, from, length));
                case SYSTEM -> system(Json.MAPPER.readTree(bytes, from, length));
                case RATE_LIMIT -> rateLimit(Json.MAPPER.readTree(bytes, from, length));
                case RESULT -> result(Json.MAPPER.readTree(bytes, from, length));
                case OTHER -> {}
            }
        } catch (JacksonException _) {
            // Half a line, the last of a killed program, or not meant as JSON.
            prose(bytes, from, length);
        }
    }

    /// What a program prints that is no event may tell a person why it failed.
    private void prose(byte[] bytes, int from, int length) {
        prose.addLine(bytes, from, length);
    }

    private void assistant(ClaudeLine.Assistant line) {
        providersError = line.error();
        if (line.isMadeByProgram()) {
            return;
        }
        usage.count(line.message(), line.usage());
        for (AgentNote note : line.notes()) {
            notes.accept(note);
        }
        line.text().ifPresent(text -> said.addLine(text));
    }

    private void system(JsonNode event) {
        switch (text(event, "subtype")) {
            case "init" -> {
                result = Optional.empty();
                for (JsonNode server : event.path("mcp_servers")) {
                    lookAt(text(server, "name"), text(server, "status"));
                }
                if (session.isEmpty() && !text(event, "session_id").isEmpty()) {
                    session = Optional.of(text(event, "session_id"));
                    notes.accept(new AgentNote.SessionOpened(text(event, "session_id")));
                }
            }
            case "api_retry" ->
                    notes.accept(
                            new AgentNote.Retrying(
                                    text(event, "error"),
                                    Duration.ofMillis(event.path("retry_delay_ms").asLong(0))));
            case "permission_denied" ->
                    notes.accept(
                            new AgentNote.Denied(
                                    text(event, "tool_name"),
                                    AgentNote.cut(text(event, "message"))));
            default -> {}
        }
    }

    /// One that still begins may yet come; of the others each is told once.
    private void lookAt(String server, String status) {
        if (!CONNECTED.contains(status) && unconnected.add(server)) {
            notes.accept(new AgentNote.Unconnected(server, status));
        }
    }

    private void rateLimit(JsonNode event) {
        JsonNode info = event.path("rate_limit_info");
        long until = info.path("resetsAt").asLong(0);
        limitedUntil =
                text(info, "status").equals("rejected")
                                && until > 0
                                && until < Integer.MAX_VALUE * 2L
                        ? Optional.of(Instant.ofEpochSecond(until))
                        : Optional.empty();
    }

    private void result(JsonNode event) {
        result = Optional.of(event);
        usage.sum(event);
    }

    @Override
    public AgentEnd finish(Exit exit, String errors) {
        ResultFile file = ResultFile.at(request.resultFile());
        Optional<ResultFile.Report> report = Ending.report(file);
        return new AgentEnd(
                Ending.withResultFile(verdict(exit, errors), file),
                report.flatMap(ResultFile.Report::output).or(this::lastWords).orElseGet(said::text),
                session,
                usage.since(request.usageBefore()),
                denied(),
                report);
    }

    private Verdict verdict(Exit exit, String errors) {
        if (exit instanceof Exit.Exited && result.isPresent() && isError(result.get())) {
            return complaint(result.get());
        }
        return Ending.of(exit, errors.isBlank() ? prose.text() : errors)
                .or(this::missing)
                .orElseGet(() -> new Verdict.Succeeded(structured()));
    }

    /// What is missing of a success.
    private Optional<Verdict> missing() {
        if (result.isEmpty()) {
            return Optional.of(
                    new Verdict.Failed(Reason.NO_RESULT, "ended without saying how it went"));
        }
        if (request.jsonSchema().isPresent() && structured().isEmpty()) {
            return Optional.of(
                    new Verdict.Failed(
                            Reason.NO_RESULT,
                            "did not give the structured answer it was asked for"));
        }
        return Optional.empty();
    }

    private Verdict complaint(JsonNode result) {
        int status = result.path("api_error_status").asInt(0);
        String error = providersError.orElse("");
        String message = message(result);
        if (status == 429 || status == 529 || error.equals("rate_limit")) {
            return new Verdict.RateLimited(limitedUntil, message);
        }
        if (status == 401 || error.equals("authentication_failed")) {
            return new Verdict.Failed(Reason.NOT_LOGGED_IN, message);
        }
        if (status == 402 || error.equals("billing_error")) {
            return new Verdict.Failed(Reason.BILLING, message);
        }
        if (text(result, "subtype").equals("error_max_budget_usd")) {
            return new Verdict.Failed(Reason.BUDGET, message);
        }
        return new Verdict.Failed(Reason.AGENT_ERROR, message);
    }

    private static String message(JsonNode result) {
        List<String> parts = new ArrayList<>();
        result.path("errors").forEach(error -> parts.add(error.asString("")));
        if (parts.isEmpty()) {
            parts.add(text(result, "result"));
        }
        String message = String.join("; ", parts).strip();
        return message.isEmpty() ? text(result, "subtype") : message;
    }

    private static boolean isError(JsonNode result) {
        return result.path("is_error").asBoolean(true);
    }

    private Optional<String> structured() {
        return result.map(it -> it.path("structured_output"))
                .filter(JsonNode::isContainer)
                .map(JsonNode::toString);
    }

    private Optional<String> lastWords() {
        return result.filter(it -> !isError(it))
                .map(it -> text(it, "result"))
                .filter(words -> !words.isEmpty());
    }

    private List<String> denied() {
        List<String> denied = new ArrayList<>();
        result.ifPresent(it -> {
            for (JsonNode denial : it.path("permission_denials")) {
                if (denied.size() < DENIED_MAX) {
                    denied.add(denial(denial));
                }
            }
        });
        return denied;
    }

    private static String denial(JsonNode denial) {
        for (JsonNode value : denial.path("tool_input")) {
            if (value.isString()) {
                return text(denial, "tool_name") + ": " + AgentNote.cut(value.stringValue());
            }
        }
        return text(denial, "tool_name");
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }
}
