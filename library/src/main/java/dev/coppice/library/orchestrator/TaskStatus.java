package dev.coppice.library.orchestrator;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// How it stands with a task (document 003). Its wire value is the name in lower case.
public enum TaskStatus {
    /// It waits for other tasks, or for its next attempt.
    PENDING,
    /// It can be claimed.
    AVAILABLE,
    /// Somebody outside has it.
    CLAIMED,
    /// A worker of ours does it.
    IN_PROGRESS,
    DONE,
    FAILED,
    /// A task that it depends on did not succeed.
    BLOCKED,
    CANCELED;

    /// The value in JSON: `in_progress`.
    public String value() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<TaskStatus> of(String value) {
        return Stream.of(values()).filter(status -> status.value().equals(value)).findFirst();
    }

    boolean isInFlight() {
        return this == CLAIMED || this == IN_PROGRESS;
    }
}
