package dev.coppice.model;

/// An edge of the plan: the task that has this need may start once `task` has ended as `on` says.
public record Need(TaskId task, On on) {
    /// How the other task must end.
    public enum On {
        SUCCESS,
        FAILURE,
        END
    }

    /// The ordinary dependency.
    public static Need success(TaskId task) {
        return new Need(task, On.SUCCESS);
    }

    /// Wants the other task over, however it ended.
    public static Need end(TaskId task) {
        return new Need(task, On.END);
    }
}
