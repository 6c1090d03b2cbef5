package dev.coppice.agent;

import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.model.Settings.Permission;
import dev.coppice.process.Command;
import dev.coppice.process.Finished;
import dev.coppice.process.Processes;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;

/// Claude Code, driven without a terminal: `claude -p` with the prompt on standard input and one JSON object a line on
/// standard output, which [ClaudeReading] reads. Seen with 2.1.329.
final class ClaudeAgent implements Agent {
    /// Waiting for a provider is done in one place for all agents; the program itself tries only these more times.
    private static final String OWN_RETRIES = "2";

    /// What it may use where it must change nothing. It still has the tool for a structured answer.
    private static final String READING_TOOLS = "Read,Grep,Glob";

    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(30);

    private final AgentSettings settings;
    private final boolean isRoot;

    ClaudeAgent(AgentSettings settings) {
        this(settings, "root".equals(System.getProperty("user.name")));
    }

    ClaudeAgent(AgentSettings settings, boolean isRoot) {
        this.settings = settings;
        this.isRoot = isRoot;
    }

    @Override
    public boolean hasSessions() {
        return true;
    }

    @Override
    public Optional<String> tool(String name) {
        return WorkerTools.inClaude(name);
    }

    @Override
    public Availability probe(Processes processes, Path directory, Map<String, String> environment)
            throws InterruptedException {
        String name = settings.command().getFirst();
        return switch (Programs.find(name, directory, environment)) {
            case Availability.Missing _ ->
                    new Availability.Missing(
                            name,
                            "install it: npm install -g @anthropic-ai/claude-code@latest, or say where it is"
                                    + " in orchestrator.claude_command");
            case Availability.NotLoggedIn known -> known;
            case Availability.Usable(Path program, Optional<String> _) -> {
                Finished version = ask(processes, directory, environment, "--version");
                if (!version.isSuccess()) {
                    yield new Availability.Missing(
                            name, program + " does not tell its version: " + version);
                }
                if (isLoggedOut(ask(processes, directory, environment, "auth", "status"))) {
                    yield new Availability.NotLoggedIn(
                            program, "run `claude auth login`, or set ANTHROPIC_API_KEY");
                }
                yield new Availability.Usable(
                        program, Optional.of(version.stdoutText().strip().split(" ", 2)[0]));
            }
        };
    }

    private Finished ask(
            Processes processes, Path directory, Map<String, String> environment, String... what)
            throws InterruptedException {
        List<String> argv = new ArrayList<>(settings.command());
        argv.addAll(List.of(what));
        return processes.run(Command.of(directory, environment, argv).withTimeout(PROBE_TIMEOUT));
    }

    /// Versions that do not know the question are given the benefit of the doubt.
    private static boolean isLoggedOut(Finished status) {
        try {
            return !Json.MAPPER.readTree(status.stdout()).path("loggedIn").asBoolean(true);
        } catch (JacksonException _) {
            return false;
        }
    }

    @Override
    public AgentLaunch launch(AgentRequest request) {
        WorkerTools.Added tools =
                request.tools().map(WorkerTools::toClaude).orElse(WorkerTools.Added.NOTHING);
        Map<String, String> environment = new HashMap<>(environment());
        environment.putAll(tools.environment());
        return new AgentLaunch(
                argv(request, tools.argv()),
                environment,
                tools.files(),
                AgentLaunch.prompt(request.prompt()));
    }

    private List<String> argv(AgentRequest request, List<String> tools) {
        List<String> argv = new ArrayList<>(settings.command());
        argv.addAll(List.of("-p", "--output-format", "stream-json", "--verbose"));
        switch (request.session()) {
            case AgentRequest.Session.Fresh fresh ->
                    argv.addAll(List.of("--session-id", fresh.id().toString()));
            case AgentRequest.Session.Resumed resumed ->
                    argv.addAll(List.of("--resume", resumed.id()));
        }
        argv.addAll(permission(request));
        request.model()
                .or(settings::model)
                .filter(Predicate.not(String::isBlank))
                .ifPresent(model -> argv.addAll(List.of("--model", model)));
        request.budgetUsd()
                .map(BigDecimal::toPlainString)
                .ifPresent(usd -> argv.addAll(List.of("--max-budget-usd", usd)));
        request.jsonSchema().ifPresent(schema -> argv.addAll(List.of("--json-schema", schema)));
        // Without these, agents that share a configuration folder see and write to each other.
        argv.addAll(List.of("--disallowedTools", "ListAgents", "SendMessage"));
        // Servers of the user's own start processes that nobody ends; one that is meant is named in
        // the agent's `args`.
        argv.add("--strict-mcp-config");
        argv.addAll(tools);
        argv.addAll(settings.args());
        return argv;
    }

    private List<String> permission(AgentRequest request) {
        Permission permission = request.readOnly() ? Permission.PLAN : settings.permission();
        return switch (permission) {
            case PLAN -> List.of("--permission-mode", "dontAsk", "--tools", READING_TOOLS);
            case EDIT -> List.of("--permission-mode", "acceptEdits");
            case ALL -> List.of("--permission-mode", "bypassPermissions");
        };
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        environment.put("CLAUDE_CODE_MAX_RETRIES", OWN_RETRIES);
        environment.put("DISABLE_AUTOUPDATER", "1");
        if (isRoot && settings.permission() == Permission.ALL) {
            // It refuses that permission to root but for this.
            environment.put("IS_SANDBOX", "1");
        }
        return environment;
    }

    @Override
    public AgentReading reading(AgentRequest request, Consumer<AgentNote> notes) {
        return new ClaudeReading(request, notes);
    }
}
