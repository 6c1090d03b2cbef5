package dev.coppice.schedule;

import dev.coppice.model.Event;
import dev.coppice.model.Outcome;
import dev.coppice.model.Reason;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.model.WorkResult;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/// The facts that follow from a job's events and are to be written down, in the order in which they
/// came: of each task at most one.
final class Due {
    private final SequencedMap<TaskId, Step> facts = new LinkedHashMap<>();

    /// The task is over.
    void end(TaskState state, TaskStatus status, Optional<Reason> reason) {
        write(state, ended(state, status, reason));
    }

    /// The task has laid others.
    void lay(TaskState by, String goal, List<Task> laid) {
        write(by, new Event.TasksAdded(Optional.of(by.task().id()), goal, laid));
    }

    /// The task is tried again, at a time that is to be drawn.
    void retry(TaskState state) {
        facts.put(state.task().id(), new Step.Retry(state.task().id(), state.retries));
    }

    /// The task's claimant has lost it. Nobody can stop a claimant, who may not even live any more;
    /// what it still brings is stale.
    void takeBack(TaskState state) {
        write(state, Claims.takenBack(state, new Outcome.Stopped(WorkResult.NONE)));
    }

    private void write(TaskState state, Event event) {
        facts.put(state.task().id(), new Step.Write(event));
    }

    /// The task's fact is written, or is none any more.
    void remove(TaskState state) {
        facts.remove(state.task().id());
    }

    Collection<Step> all() {
        return facts.values();
    }

    boolean has(TaskState state) {
        return facts.containsKey(state.task().id());
    }

    /// Whether it is due that the task has laid others.
    boolean isLaying(TaskId by) {
        return facts.get(by) instanceof Step.Write(Event.TasksAdded _);
    }

    /// The tasks that were laid and have not joined yet.
    Set<TaskId> laid() {
        Set<TaskId> ids = new HashSet<>();
        for (Step step : facts.values()) {
            if (step instanceof Step.Write(Event.TasksAdded added)) {
                added.tasks().forEach(task -> ids.add(task.id()));
            }
        }
        return ids;
    }

    /// How the task ended, or is about to be recorded to have ended.
    Optional<Event.TaskEnded> endOf(TaskState state) {
        if (state.isOver()) {
            return Optional.of(ended(state, state.status, state.reason));
        }
        return facts.get(state.task().id()) instanceof Step.Write(Event.TaskEnded end)
                ? Optional.of(end)
                : Optional.empty();
    }

    private static Event.TaskEnded ended(
            TaskState state, TaskStatus status, Optional<Reason> reason) {
        Optional<TaskId> cause = state.cause.map(c -> c.task().id());
        return new Event.TaskEnded(state.task().id(), status, reason, cause);
    }
}
