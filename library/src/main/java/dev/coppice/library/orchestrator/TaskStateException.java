package dev.coppice.library.orchestrator;

/// The task is not in a state in which this could be done with it.
public final class TaskStateException extends OrchestrationException {
    private static final long serialVersionUID = 1;

    private final String taskId;

    TaskStateException(String taskId, String why) {
        super("Task " + taskId + ": " + why + ".");
        this.taskId = taskId;
    }

    /// The task whose state does not allow it.
    public String taskId() {
        return taskId;
    }
}
