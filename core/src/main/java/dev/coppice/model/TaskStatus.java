package dev.coppice.model;

import java.util.Locale;

/// Where a task stands. The wire form is the name in lower case.
public enum TaskStatus {
    PENDING,
    READY,
    RUNNING,
    RETRYING,
    COMPLETED,
    FAILED,
    TIMEOUT,
    BLOCKED,
    CANCELED;

    public boolean isOver() {
        return switch (this) {
            case PENDING, READY, RUNNING, RETRYING -> false;
            case COMPLETED, FAILED, TIMEOUT, BLOCKED, CANCELED -> true;
        };
    }

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
