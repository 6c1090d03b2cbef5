package dev.coppice.schedule;

import dev.coppice.model.Event;
import dev.coppice.model.Reason;
import dev.coppice.model.TaskStatus;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.Set;

/// Chooses the tasks that another try begins anew. A joining is not repeated; there will be another one.
/// Neither is a child job, since the task that started it starts another where it wants one.
final class TriedAgain {
    private final Due due;

    /// @param due what is about to become of the job's tasks
    TriedAgain(Due due) {
        this.due = due;
    }

    /// Those asked for that did not succeed, the causes of their blocks, the engine's own that did not
    /// succeed, and then all that could not start because of one of these.
    ///
    /// @param tasks all of the job's
    SequencedSet<TaskState> among(Collection<TaskState> tasks, Set<TaskState> asked) {
        ArrayDeque<TaskState> found = new ArrayDeque<>();
        for (TaskState state : tasks) {
            if (asked.contains(state)) {
                state.cause.ifPresent(found::add);
            }
            boolean isRepeated = !state.isJoining() && !state.isChild() && !isUnneeded(state);
            if ((asked.contains(state) || state.task().id().isOwn()) && isRepeated) {
                found.add(state);
            }
        }
        SequencedSet<TaskState> again = new LinkedHashSet<>();
        while (!found.isEmpty()) {
            TaskState state = found.remove();
            if (isUnsuccessful(state) && again.add(state)) {
                state.waiters.stream()
                        .map(TaskState.Waiter::task)
                        .filter(w -> isUnneeded(w) || isBlocked(w))
                        .forEach(found::add);
            }
        }
        return again;
    }

    private boolean isUnsuccessful(TaskState state) {
        return due.endOf(state).filter(e -> e.status() != TaskStatus.COMPLETED).isPresent();
    }

    private boolean isUnneeded(TaskState state) {
        return due.endOf(state)
                .flatMap(Event.TaskEnded::reason)
                .filter(r -> r == Reason.NOT_NEEDED)
                .isPresent();
    }

    private boolean isBlocked(TaskState state) {
        return due.endOf(state).filter(e -> e.status() == TaskStatus.BLOCKED).isPresent();
    }
}
