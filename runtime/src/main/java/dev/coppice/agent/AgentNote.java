package dev.coppice.agent;

import dev.coppice.model.Excerpt;
import java.time.Duration;

/// Something that an agent was seen to do while it runs. Texts are cut to [#TEXT_MAX].
public sealed interface AgentNote {
    /// In characters: enough for a live view; the whole is in the attempt's output.
    int TEXT_MAX = 2000;

    /// The agent's session has begun, or was resumed.
    record SessionOpened(String session) implements AgentNote {}

    /// The agent said something.
    record Said(String text) implements AgentNote {}

    /// The agent used a tool.
    ///
    /// @param what the file, command or pattern; empty where it names none
    record ToolUsed(String tool, String what) implements AgentNote {}

    /// The agent was not allowed to use a tool.
    record Denied(String tool, String why) implements AgentNote {}

    /// The agent's provider failed, and the agent tries again by itself after this wait.
    record Retrying(String error, Duration delay) implements AgentNote {}

    /// An MCP server of the agent's can't be used.
    record Unconnected(String server, String status) implements AgentNote {}

    static String cut(String text) {
        return Excerpt.beginning(text, TEXT_MAX, "…").text();
    }
}
