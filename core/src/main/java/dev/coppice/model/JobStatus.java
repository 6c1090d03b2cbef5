package dev.coppice.model;

import java.util.Locale;

/// Where a job stands. The wire form is the name in lower case.
public enum JobStatus {
    SUBMITTED,
    PLANNING,
    RUNNING,
    COMPLETED,
    PARTIAL,
    FAILED,
    CANCELED;

    public boolean isOver() {
        return switch (this) {
            case SUBMITTED, PLANNING, RUNNING -> false;
            case COMPLETED, PARTIAL, FAILED, CANCELED -> true;
        };
    }

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
