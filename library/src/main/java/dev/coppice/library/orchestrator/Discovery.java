package dev.coppice.library.orchestrator;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// A finding that the workers share (document 003).
///
/// @param agentId who found it
/// @param relatedTask the task that its finder was working on
/// @param createdAt to the microsecond
public record Discovery(
        String id,
        String agentId,
        String content,
        Optional<String> relatedTask,
        List<String> tags,
        Instant createdAt) {
    public Discovery {
        tags = List.copyOf(tags);
        createdAt = createdAt.truncatedTo(ChronoUnit.MICROS);
        if (content.isBlank()) {
            throw new IllegalArgumentException("a discovery needs content");
        }
    }
}
