package dev.coppice.agent;

import dev.coppice.model.AgentName;
import dev.coppice.model.Settings.AgentSettings;

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
}
