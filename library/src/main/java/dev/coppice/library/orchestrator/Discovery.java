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

    /// One that was made now, about no task and without tags; the `with` methods give it more. Its id is empty: an
    /// orchestrator numbers those that it is told.
    public static Discovery of(String agentId, String content) {
        return new Discovery("", agentId, content, Optional.empty(), List.of(), Instant.now());
    }

    /// The same, made at this task.
    public Discovery withRelatedTask(String task) {
        return new Discovery(id, agentId, content, Optional.of(task), tags, createdAt);
    }

    /// The same under these words.
    public Discovery withTags(List<String> words) {
        return new Discovery(id, agentId, content, relatedTask, words, createdAt);
    }
}
