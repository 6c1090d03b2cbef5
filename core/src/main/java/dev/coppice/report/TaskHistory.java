package dev.coppice.report;

import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.Integration.Fate;
import dev.coppice.model.Need;
import dev.coppice.model.Outcome;
import dev.coppice.model.Reason;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.report.AttemptView.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is known of one task so far. Its owner is [JobHistory].
///
/// ```
/// pending ─starting, claimed─▶ running ─retryScheduled─▶ retrying ─starting─▶ running ─ended─▶ over ─again─▶ pending
///                              running ─rate limited, stopped─▶ pending
/// ```
/// `ready` is not kept: a pending task is ready while its needs are met.
final class TaskHistory {
    private final Task task;
    private final int worker;
    private final String workerId;
    private final Instant addedAt;
    private final List<AttemptHistory> attempts = new ArrayList<>();
    private TaskStatus status = TaskStatus.PENDING;
    private Instant dueAt;
    private Optional<Instant> retryAt = Optional.empty();
    private Optional<Instant> endedAt = Optional.empty();
    private Optional<Reason> reason = Optional.empty();
    private Optional<TaskId> cause = Optional.empty();

    TaskHistory(Task task, int worker, String workerId, Instant addedAt) {
        this.task = task;
        this.worker = worker;
        this.workerId = workerId;
        this.addedAt = addedAt;
        dueAt = addedAt;
    }

    TaskId id() {
        return task.id();
    }

    List<Need> needs() {
        return task.needs();
    }

    TaskStatus status() {
        return status;
    }

    Instant dueAt() {
        return dueAt;
    }

    Optional<Instant> endedAt() {
        return endedAt;
    }

    /// The task because of which it is blocked.
    Optional<TaskId> cause() {
        return cause;
    }

    boolean isUnsuccessful() {
        return status.isOver() && status != TaskStatus.COMPLETED;
    }

    /// Whether another try of it can be asked for. A fallback that was not needed has nothing to try;
    /// a failed joining of branches is followed by a new one instead, and so is a child job.
    boolean isRetriable() {
        return isUnsuccessful()
                && !isUnneeded()
                && !(task.duty() instanceof Duty.Integrating)
                && !(task.duty() instanceof Duty.Delegating);
    }

    /// Whether it never started because of how another task ended.
    boolean isHeld() {
        return status == TaskStatus.BLOCKED || isUnneeded();
    }

    private boolean isUnneeded() {
        return reason.equals(Optional.of(Reason.NOT_NEEDED));
    }

    AttemptHistory attempt(int number) {
        if (attempts.isEmpty() || attempts.getLast().number() != number) {
            throw new IllegalArgumentException(
                    "attempt " + number + " of " + id() + " never began");
        }
        return attempts.getLast();
    }

    void starting(Event.AttemptStarting starting, Instant due, Instant at) {
        attempts.add(new AttemptHistory(starting, first(), due, at));
        open(TaskStatus.RUNNING);
    }

    /// What an attempt does to begin with.
    private Phase first() {
        return switch (task.duty()) {
            case Duty.Integrating _ -> Phase.INTEGRATING;
            case Duty.Delegating _ -> Phase.WORKING; // the other job does
            case Duty.Planning _, Duty.Work _, Duty.Resolving _, Duty.Mending _ -> Phase.PREPARING;
        };
    }

    /// Somebody outside has it; again, it is a sign of life.
    void claimed(Event.AttemptClaimed claimed, Instant due, Instant at) {
        if (attempts.isEmpty() || attempts.getLast().number() != claimed.attempt()) {
            Event.AttemptStarting starting =
                    new Event.AttemptStarting(
                            claimed.task(),
                            claimed.attempt(),
                            claimed.agent(),
                            Duration.between(at, claimed.until()),
                            Optional.empty());
            attempts.add(new AttemptHistory(starting, Phase.WORKING, due, at));
            open(TaskStatus.RUNNING);
        }
        attempts.getLast().claimedUntil(claimed.until());
    }

    void attemptEnded(Outcome outcome, Instant at) {
        dueAt = at;
        switch (outcome) {
            case Outcome.RateLimited limited -> open(TaskStatus.PENDING);
            case Outcome.Stopped stopped -> open(TaskStatus.PENDING);
            case Outcome.Failed failed -> {
                if (failed.reason() == Reason.LOST) {
                    // It waits for another attempt, unless an event says that it was lost too
                    // often.
                    open(TaskStatus.PENDING);
                }
                reason = Optional.of(failed.reason());
            }
            // It runs until the event that says how the task ended, or that others must end first.
            case Outcome.Done done -> {}
            case Outcome.Planned planned -> {}
            case Outcome.Integrated integrated -> {}
            case Outcome.Deferred deferred -> {}
        }
    }

    void retryScheduled(Instant until) {
        status = TaskStatus.RETRYING;
        retryAt = Optional.of(until);
    }

    void ended(Event.TaskEnded ended, Instant at) {
        status = ended.status();
        reason = ended.reason();
        cause = ended.cause();
        retryAt = Optional.empty();
        endedAt = Optional.of(at);
    }

    /// Somebody asked for another try.
    void again(Instant at) {
        open(TaskStatus.PENDING);
        dueAt = at;
    }

    private void open(TaskStatus now) {
        status = now;
        reason = Optional.empty();
        cause = Optional.empty();
        retryAt = Optional.empty();
        endedAt = Optional.empty();
    }

    TaskView view(List<TaskId> unmet, Optional<Fate> fate) {
        boolean isWaiting = status == TaskStatus.PENDING;
        return new TaskView(
                task,
                worker,
                workerId,
                isWaiting && unmet.isEmpty() ? TaskStatus.READY : status,
                reason,
                cause,
                isWaiting ? unmet : List.of(),
                attempts.stream().map(AttemptHistory::view).toList(),
                addedAt,
                retryAt,
                endedAt,
                fate);
    }
}
