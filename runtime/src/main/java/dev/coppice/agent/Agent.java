package dev.coppice.agent;

import dev.coppice.process.Processes;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// One configured agent. Immutable, safe for use by many threads.
public sealed interface Agent permits ClaudeAgent, CommandAgent, ScriptedAgent {
    /// Whether a later attempt can take up the session of an earlier one.
    boolean hasSessions();

    /// How a prompt names one of the tools of [WorkerTools]; empty where the agent can't be told of them.
    Optional<String> tool(String name);

    /// The variable by which its program is told of [WorkerTools], where that is one which the user may have set. The
    /// user's own stays, and then the agent is not told.
    default Optional<String> toolsVariable() {
        return Optional.empty();
    }

    /// Looks whether the agent can be used here: its program is found, and logged in where that can be asked.
    ///
    /// @param directory where a program with a relative path is looked for
    /// @param environment the complete environment that the agent would get, see [AgentEnvironment]
    Availability probe(Processes processes, Path directory, Map<String, String> environment)
            throws InterruptedException;

    /// How the program is to be started for this request. Starts nothing.
    AgentLaunch launch(AgentRequest request);

    /// A reader of what the program started for this request prints.
    ///
    /// @param notes is told what is seen on the way, on the thread that reads
    AgentReading reading(AgentRequest request, Consumer<AgentNote> notes);
}
