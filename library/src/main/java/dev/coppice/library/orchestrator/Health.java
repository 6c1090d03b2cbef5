package dev.coppice.library.orchestrator;

import java.util.List;

/// Whether all is well, what [Orchestrator#health] tells.
///
/// @param isRunning whether workers of ours take tasks
/// @param activeAgents agents that work on a task now, ours and others
/// @param openTasks tasks that are not over
/// @param problems what a person should look at, a sentence each
public record Health(boolean isRunning, int activeAgents, int openTasks, List<String> problems) {
    public Health {
        problems = List.copyOf(problems);
    }

    /// Whether nothing is wrong.
    public boolean isHealthy() {
        return problems.isEmpty();
    }
}
