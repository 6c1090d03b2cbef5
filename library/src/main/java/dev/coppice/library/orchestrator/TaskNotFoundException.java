package dev.coppice.library.orchestrator;

/// There is no task of this id.
public final class TaskNotFoundException extends OrchestrationException {
    private static final long serialVersionUID = 1;

    private final String taskId;

    TaskNotFoundException(String taskId) {
        super(
                "There is no task "
                        + taskId
                        + ". getStatus() and state() show those that there are.");
        this.taskId = taskId;
    }

    /// The id that no task has.
    public String taskId() {
        return taskId;
    }
}
