package dev.coppice.model;

import java.util.Locale;

/// Why an attempt or a task did not succeed. The wire form is the name in lower case.
public enum Reason {
    /// The program ended with an exit code other than 0, or by a signal.
    EXIT_CODE(true),
    /// The agent said itself that it failed, or its model's provider did.
    AGENT_ERROR(true),
    /// The agent ended without the result it must bring.
    NO_RESULT(true),
    NO_CHANGES(true),
    NO_REPORT(true),
    MISSING_FILES(true),
    CHECK_FAILED(true),
    /// The agent left a repository inside its workspace, whose files a commit would not hold.
    NESTED_REPOSITORY(true),
    OUTPUT_LIMIT(true),
    /// The workspace could not be prepared, or a setup command failed.
    WORKSPACE(true),
    WALL_TIMEOUT(true),
    IDLE_TIMEOUT(true),
    /// The orchestrator died, and the attempt with it; or whoever had claimed the task went silent.
    LOST(true),
    NOT_INSTALLED(false),
    NOT_LOGGED_IN(false),
    BILLING(false),
    /// Whoever had claimed the task said that it failed.
    GIVEN_UP(false),
    /// The lead's answers were not a plan.
    INVALID_PLAN(false),
    CONFLICT(false),
    /// A job that the task had started was not completed.
    CHILD_FAILED(true),
    BUDGET(false),
    /// The job passed its time.
    JOB_TIMEOUT(false),
    CANCELED(false),
    /// A fallback whose turn did not come, since the task before it succeeded.
    NOT_NEEDED(false),
    /// A task that this one needs did not end as needed.
    BLOCKED(false);

    private final boolean worthRetrying;

    Reason(boolean worthRetrying) {
        this.worthRetrying = worthRetrying;
    }

    /// Whether another try of the same thing can succeed.
    public boolean isWorthRetrying() {
        return worthRetrying;
    }

    public boolean isTimeout() {
        return this == WALL_TIMEOUT || this == IDLE_TIMEOUT;
    }

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
