package dev.coppice.agent;

import dev.coppice.model.AgentName;
import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.process.Processes;
import java.nio.file.Path;
import java.util.Map;

/// The room's door: makes agents of their configuration.
public final class Agents {
    private Agents() {}

    /// The agent that is configured so under this name.
    ///
    /// @throws IllegalArgumentException when the settings name no program
    public static Agent of(AgentName name, AgentSettings settings) {
        if (settings.command().isEmpty()) {
            throw new IllegalArgumentException("agent " + name + " has no command");
        }
        return switch (settings.kind()) {
            case CLAUDE -> new ClaudeAgent(settings);
            case COMMAND -> new CommandAgent(settings);
            case SCRIPTED -> new ScriptedAgent(settings);
        };
    }

    /// Whether the agent that is configured so can be used by tasks; asks its program, in `directory`.
    ///
    /// @param users the user's environment, of which the program sees what the agent may see
    public static Availability probe(
            AgentName name,
            AgentSettings settings,
            Processes processes,
            Path directory,
            Map<String, String> users)
            throws InterruptedException {
        return of(name, settings)
                .probe(processes, directory, AgentEnvironment.ofProbe(settings, users));
    }
}
