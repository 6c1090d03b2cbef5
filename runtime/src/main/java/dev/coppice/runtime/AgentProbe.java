package dev.coppice.runtime;

import dev.coppice.agent.Agents;
import dev.coppice.agent.Availability;
import dev.coppice.model.AgentName;
import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.plan.Problem;
import dev.coppice.process.Processes;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Looks whether agents can be used here, before a job is begun that needs them. Safe for use by many threads.
///
/// @param environment of this process
record AgentProbe(Processes processes, Map<String, String> environment) {
    /// Why the agent can't be used, and what to do about it; empty where it can.
    ///
    /// @param folder where a program with a relative path is looked for
    Optional<String> whyUnusable(AgentName name, AgentSettings agent, Path folder)
            throws InterruptedException {
        return switch (Agents.probe(name, agent, processes, folder, environment)) {
            case Availability.Usable _ -> Optional.empty();
            case Availability.Missing missing ->
                    Optional.of(
                            missing.program()
                                    + " can't be used: "
                                    + missing.advice()
                                    + " (`coppice doctor` looks again)");
            case Availability.NotLoggedIn notLoggedIn -> Optional.of(notLoggedIn.advice());
        };
    }

    /// The same as a problem of a job that needs the agent.
    Optional<Problem> problem(AgentName name, AgentSettings agent, Path folder)
            throws InterruptedException {
        return whyUnusable(name, agent, folder).map(advice -> new Problem("agent " + name, advice));
    }
}
