package dev.coppice.cli;

import dev.coppice.agent.Agents;
import dev.coppice.agent.Availability;
import dev.coppice.model.AgentName;
import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.runtime.Coppice;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;

/// `agents`: which of the configured agents can be used here.
final class AgentsCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec).usual();
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        try (Coppice coppice = call.open()) {
            SequencedMap<AgentName, Availability> found = probe(call, coppice);
            if (call.isJson()) {
                call.out()
                        .line(
                                Json.write(
                                        Json.object(
                                                "agents",
                                                found.entrySet().stream()
                                                        .map(e -> json(e.getKey(), e.getValue()))
                                                        .toList())));
            } else {
                found.forEach((name, there) ->
                        call.out().line("%-12s %s".formatted(name, describe(there))));
            }
        }
        return ExitCode.DONE.number();
    }

    /// Asks every configured agent.
    static SequencedMap<AgentName, Availability> probe(Invocation call, Coppice coppice)
            throws InterruptedException {
        SequencedMap<AgentName, Availability> found = new TreeMap<>();
        for (Map.Entry<AgentName, AgentSettings> agent :
                coppice.configuration().settings().agents().configured().entrySet()) {
            found.put(
                    agent.getKey(),
                    Agents.probe(
                            agent.getKey(),
                            agent.getValue(),
                            coppice.processes(),
                            coppice.root(),
                            call.world().environment()));
        }
        return found;
    }

    static String describe(Availability there) {
        return switch (there) {
            case Availability.Usable usable ->
                    "usable: "
                            + usable.program()
                            + usable.version().map(v -> " (" + v + ")").orElse("");
            case Availability.Missing missing ->
                    "missing: " + missing.program() + "; " + missing.advice();
            case Availability.NotLoggedIn not -> "not logged in: " + not.advice();
        };
    }

    private static Object json(AgentName name, Availability there) {
        return switch (there) {
            case Availability.Usable usable ->
                    Json.object(
                            "name",
                            name,
                            "status",
                            "usable",
                            "program",
                            usable.program(),
                            "version",
                            usable.version());
            case Availability.Missing missing ->
                    Json.object(
                            "name",
                            name,
                            "status",
                            "missing",
                            "program",
                            missing.program(),
                            "advice",
                            missing.advice());
            case Availability.NotLoggedIn not ->
                    Json.object(
                            "name", name,
                            "status", "not_logged_in",
                            "program", not.program(),
                            "advice", not.advice(),
                            "version", Optional.empty());
        };
    }
}
