package dev.coppice.schedule;

import dev.coppice.model.Integration;
import dev.coppice.model.Outcome;
import dev.coppice.model.Reason;
import dev.coppice.model.Settings;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.model.WorkResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What becomes of a task by the outcome of its attempt, which no longer runs: the task is over, or is
/// tried again after a while, lays tasks and waits for them, or is attempted again as soon as it can be.
final class AttemptEnd {
    /// How often an attempt may be lost to a dying orchestrator before that counts as a failure.
    static final int LOST_MAX = 10;

    private final JobState job;
    private final TaskState state;

    AttemptEnd(JobState job, TaskState state) {
        this.job = job;
        this.state = state;
    }

    void follow(Outcome outcome, Instant at) {
        if (isBrokenOff(outcome)) {
            job.beginAfresh(state);
        }
        switch (outcome) {
            case Outcome.Done done when state.hasDelegated -> doneButForChildren(done);
            case Outcome.Done done -> succeeded(done.result());
            case Outcome.Integrated done -> integrated(done.integration());
            case Outcome.Planned planned -> {
                state.result = planned.result();
                lay(planned.plan().goal(), planned.plan().tasks());
            }
            case Outcome.Deferred deferred -> deferred(deferred);
            case Outcome.Failed failed -> failed(failed);
            case Outcome.RateLimited limited -> {
                state.result = limited.partial();
                job.pauses.wanted(state.task().agent(), limited, at);
                waitAgain(Optional.empty(), limited.message());
            }
            case Outcome.Stopped stopped -> {
                state.result = stopped.partial();
                waitAgain(Optional.empty(), "It was stopped.");
            }
        }
    }

    /// Whether the agent, or the taking in of what its child jobs brought, has not come to its end and
    /// will not go on.
    private boolean isBrokenOff(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Failed failed -> state.hasDelegated || failed.reason() != Reason.LOST;
            case Outcome.RateLimited _, Outcome.Stopped _ -> state.hasDelegated;
            case Outcome.Done _, Outcome.Planned _, Outcome.Integrated _, Outcome.Deferred _ ->
                    false;
        };
    }

    /// What the attempt did is kept; the next one takes in what its child jobs brought.
    private void doneButForChildren(Outcome.Done done) {
        state.result = done.result();
        state.done = Optional.of(done.result());
        waitAgain(Optional.empty(), "It waits for the jobs that it started.");
    }

    private void succeeded(WorkResult result) {
        state.result = result;
        state.message = "";
        job.due.end(state, TaskStatus.COMPLETED, Optional.empty());
    }

    private void integrated(Integration integration) {
        succeeded(new WorkResult("", false, integration.branch(), integration.commit(), List.of()));
        job.joinings.succeeded(integration);
    }

    /// A task that waits for nothing new would wait for ever, or go round in circles.
    private void deferred(Outcome.Deferred deferred) {
        List<Task> fresh =
                deferred.until().stream().filter(t -> job.task(t.id()).isEmpty()).toList();
        if (fresh.isEmpty()) {
            job.fail(state, Reason.CONFLICT, deferred.why());
        } else {
            state.message = deferred.why();
            state.reason = Optional.empty();
            lay(job.goal(), fresh);
        }
    }

    private void lay(String goal, List<Task> laid) {
        if (isStopped()) {
            job.fail(state, Reason.CANCELED, "It was canceled.");
            return;
        }
        if (state.isOutOfMoney()) {
            job.fail(state, Reason.BUDGET, JobState.BUDGET_SPENT);
            return;
        }
        Set<TaskId> taken = job.due.laid();
        Set<TaskId> behind = state.behind();
        Optional<String> misfit =
                Misfit.of(
                        laid,
                        id -> job.task(id).isPresent() || taken.contains(id),
                        id -> job.task(id).isPresent() && !behind.contains(id));
        if (misfit.isPresent()) {
            job.fail(state, Reason.INVALID_PLAN, misfit.get());
        } else {
            job.due.lay(state, goal, laid);
        }
    }

    private void failed(Outcome.Failed failed) {
        state.result = failed.partial();
        Reason reason = failed.reason();
        if (reason == Reason.LOST && state.timesLost < LOST_MAX) {
            state.timesLost++;
            waitAgain(Optional.of(reason), failed.message());
            return;
        }
        if (reason.isTimeout()) {
            state.timeout = longer(state.timeout);
        }
        boolean again =
                reason.isWorthRetrying()
                        && state.retries < state.task().limits().maxRetries()
                        && job.stopping.isEmpty()
                        && !state.cancelRequested
                        && !state.hasSpentItsBudget();
        if (again) {
            state.reason = Optional.of(reason);
            state.message = failed.message();
            state.status = TaskStatus.RETRYING;
            job.due.retry(state);
        } else {
            job.fail(state, reason, failed.message());
        }
    }

    private Duration longer(Duration timeout) {
        Settings.Workers workers = job.settings().workers();
        double factor = workers.backoff().timeoutFactor();
        Duration grown = Duration.ofMillis(Math.round(timeout.toMillis() * factor));
        return workers.jobTimeout().filter(limit -> limit.compareTo(grown) < 0).orElse(grown);
    }

    /// Another attempt follows that costs no retry.
    private void waitAgain(Optional<Reason> reason, String message) {
        if (isStopped()) {
            job.fail(state, Reason.CANCELED, message);
        } else if (state.isOutOfMoney()) {
            job.fail(state, Reason.BUDGET, JobState.BUDGET_SPENT);
        } else {
            state.reason = reason;
            state.message = message;
            job.beginAgain(state);
        }
    }

    private boolean isStopped() {
        return state.cancelRequested || job.isStopping();
    }
}
