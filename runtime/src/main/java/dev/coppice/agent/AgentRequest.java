package dev.coppice.agent;

import dev.coppice.model.Usage;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/// What an agent is asked to do once.
///
/// @param prompt all that the agent is told
/// @param description the task's description alone
/// @param model instead of the configured one
/// @param session where the agent has sessions: the one to open or to resume
/// @param usageBefore what this session had used before, the sum of its earlier attempts; agents that count a whole
///     session are charged with what is above it
/// @param jsonSchema the form of the structured answer that is wanted; an agent that has no such thing ignores it
/// @param readOnly whether the agent must change nothing, whatever its configured permission
/// @param budgetUsd what this run may cost, where the agent can be told
/// @param envelope the task's envelope
/// @param tools that Coppice has for this agent
/// @param resultFile where the agent may leave a result file; must not exist when the agent starts
public record AgentRequest(
        String prompt,
        String description,
        Optional<String> model,
        Session session,
        Usage usageBefore,
        Optional<String> jsonSchema,
        boolean readOnly,
        Optional<BigDecimal> budgetUsd,
        Optional<WorkerTools> tools,
        Path envelope,
        Path resultFile) {

    /// The conversation in which an agent works.
    public sealed interface Session {
        /// A new one of this name.
        record Fresh(UUID id) implements Session {}

        /// One that an earlier attempt left.
        record Resumed(String id) implements Session {}
    }
}
