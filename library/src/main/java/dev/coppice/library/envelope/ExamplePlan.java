package dev.coppice.library.envelope;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// The four agents of document 001's example, 300 s each.
final class ExamplePlan {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private ExamplePlan() {}

    static List<HandoffEnvelope> make() {
        return List.of(
                envelope(
                        "code_generator_1", "Generate utility functions", AgentType.CODE_GENERATOR),
                envelope("code_reviewer_1", "Review API endpoints", AgentType.CODE_REVIEWER),
                envelope("tester_1", "Generate integration tests", AgentType.TESTER),
                envelope("documenter_1", "Generate API documentation", AgentType.DOCUMENTER));
    }

    private static HandoffEnvelope envelope(String agent, String task, AgentType type) {
        return Orchestration.buildEnvelope(agent, task, Map.of())
                .withAgentType(type)
                .withTimeout(LIMIT);
    }
}
