package dev.coppice.agent;

import dev.coppice.agent.AgentEnd.Verdict;
import dev.coppice.model.Reason;
import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.model.Usage;
import dev.coppice.process.Exit;
import dev.coppice.process.Processes;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Drives [ScriptedProgram], the agent of the demonstration and of tests: it needs no account and does what its script
/// says. It has sessions, structured answers and usage as a real one has.
final class ScriptedAgent implements Agent {
    private final AgentSettings settings;

    ScriptedAgent(AgentSettings settings) {
        this.settings = settings;
    }

    @Override
    public boolean hasSessions() {
        return true;
    }

    @Override
    public Optional<String> tool(String name) {
        return Optional.empty();
    }

    @Override
    public Availability probe(
            Processes processes, Path directory, Map<String, String> environment) {
        return Programs.find(settings.command().getFirst(), directory, environment);
    }

    @Override
    public AgentLaunch launch(AgentRequest request) {
        List<String> argv = new ArrayList<>(settings.command());
        argv.addAll(settings.args());
        switch (request.session()) {
            case AgentRequest.Session.Fresh fresh ->
                    argv.addAll(List.of("--session", fresh.id().toString()));
            case AgentRequest.Session.Resumed resumed ->
                    argv.addAll(List.of("--resume", resumed.id()));
        }
        return new AgentLaunch(argv, Map.of(), Map.of(), AgentLaunch.prompt(request.prompt()));
    }

    @Override
    public AgentReading reading(AgentRequest request, Consumer<AgentNote> notes) {
        return new Reading(request, notes);
    }

    /// Reads the lines that [ScriptedProgram] describes.
    private static final class Reading implements AgentReading {
        private final AgentRequest request;
        private final Consumer<AgentNote> notes;
        private final Tail said = new Tail();
        private Optional<String> session = Optional.empty();
        private Optional<String> answer = Optional.empty();
        private Optional<Instant> limitedUntil = Optional.empty();
        private Usage usage = Usage.NONE;
        private boolean isOver;

        Reading(AgentRequest request, Consumer<AgentNote> notes) {
            this.request = request;
            this.notes = notes;
        }

        @Override
        public void line(byte[] bytes, int from, int length) {
            if (length == 0 || bytes[from] != '{') {
                return;
            }
            try {
                event(Json.MAPPER.readTree(bytes, from, length));
            } catch (JacksonException _) {
                notes.accept(new AgentNote.Said("(half a line)"));
            }
        }

        private void event(JsonNode event) {
            switch (event.path("type").asString("")) {
                case "session" -> {
                    String id = event.path("id").asString("");
                    session = Optional.of(id);
                    notes.accept(new AgentNote.SessionOpened(id));
                }
                case "say" -> {
                    String text = event.path("text").asString("");
                    said.addLine(text);
                    notes.accept(new AgentNote.Said(AgentNote.cut(text)));
                }
                case "tool" ->
                        notes.accept(
                                new AgentNote.ToolUsed(
                                        event.path("name").asString(""),
                                        AgentNote.cut(event.path("what").asString(""))));
                case "usage" ->
                        usage =
                                usage.plus(
                                        new Usage(
                                                event.path("input").asLong(0),
                                                event.path("output").asLong(0),
                                                0,
                                                0,
                                                Optional.of(
                                                        new BigDecimal(
                                                                event.path("usd").asString("0")))));
                case "limited" ->
                        limitedUntil =
                                Optional.of(Instant.ofEpochSecond(event.path("until").asLong(0)));
                case "answer" -> answer = Optional.of(event.path("json").toString());
                case "end" -> isOver = true;
                default -> {}
            }
        }

        @Override
        public AgentEnd finish(Exit exit, String errors) {
            ResultFile file = ResultFile.at(request.resultFile());
            Optional<ResultFile.Report> report = Ending.report(file);
            return new AgentEnd(
                    Ending.withResultFile(verdict(exit, errors), file),
                    report.flatMap(ResultFile.Report::output).orElseGet(said::text),
                    session,
                    usage,
                    List.of(),
                    report);
        }

        private Verdict verdict(Exit exit, String errors) {
            if (exit instanceof Exit.Exited && limitedUntil.isPresent()) {
                return new Verdict.RateLimited(limitedUntil, "the script asks for a pause");
            }
            return Ending.of(exit, errors).or(this::missing).orElse(new Verdict.Succeeded(answer));
        }

        private Optional<Verdict> missing() {
            if (!isOver) {
                return Optional.of(
                        new Verdict.Failed(Reason.NO_RESULT, "ended before its script did"));
            }
            if (request.jsonSchema().isPresent() && answer.isEmpty()) {
                return Optional.of(
                        new Verdict.Failed(
                                Reason.NO_RESULT,
                                "did not give the structured answer it was asked for"));
            }
            return Optional.empty();
        }
    }
}
