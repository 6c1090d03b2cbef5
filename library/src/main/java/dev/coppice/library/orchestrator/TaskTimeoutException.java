package dev.coppice.library.orchestrator;

/// Planning, or the whole run, passed its limit (document 003's `TimeoutError`). One task's timeout is a failed task.
public final class TaskTimeoutException extends OrchestrationException {
    private static final long serialVersionUID = 1;

    private final String jobId;

    TaskTimeoutException(String jobId, String message) {
        super(message);
        this.jobId = jobId;
    }

    /// The job that ran out of time.
    public String jobId() {
        return jobId;
    }
}
