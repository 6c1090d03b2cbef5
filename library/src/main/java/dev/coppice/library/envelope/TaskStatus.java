package dev.coppice.library.envelope;

import java.util.Locale;

/// How it stands with a task. Its wire value is the name in lower case (document 001).
public enum TaskStatus {
    PENDING,
    IN_PROGRESS,
    COMPLETED,
    FAILED,
    TIMEOUT,
    RETRYING;

    /// The value in JSON: `in_progress`.
    public String value() {
        return name().toLowerCase(Locale.ROOT);
    }
}
