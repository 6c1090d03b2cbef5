package dev.coppice.library.orchestrator;

import java.time.Instant;
import java.util.List;

/// What [Orchestrator#getStatus] tells (document 003).
public record OrchestrationStatus(
        String goal,
        Progress progress,
        List<Agent> agents,
        List<Discovery> discoveries,
        Instant lastActivity) {
    public OrchestrationStatus {
        agents = List.copyOf(agents);
        discoveries = List.copyOf(discoveries);
    }
}
