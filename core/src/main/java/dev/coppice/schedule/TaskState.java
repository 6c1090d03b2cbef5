package dev.coppice.schedule;

import dev.coppice.model.AgentName;
import dev.coppice.model.Duty;
import dev.coppice.model.Need;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Reason;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.model.Usage;
import dev.coppice.model.WorkResult;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What is known of one task. Only [JobState] and the classes that it is made of change it; it belongs to
/// the thread that owns the state.
public final class TaskState {
    /// A task that waits for this one, and how this one must end for it.
    record Waiter(TaskState task, Need.On on) {}

    /// Somebody outside has the task.
    ///
    /// @param agent as it calls itself
    /// @param until when the claim is stale
    public record Claim(AgentName agent, Instant until) {}

    private final Task task;
    private final int order;
    private final int worker;
    private List<Need> needs;
    final List<Waiter> waiters = new ArrayList<>();

    TaskStatus status = TaskStatus.PENDING;
    int unmetNeeds;
    long estimateMillis;
    long remainingPathMillis;
    int attempt;
    int retries;
    int timesLost;
    Duration timeout;
    boolean cancelRequested;
    Optional<Instant> retryAt = Optional.empty();
    Optional<ProcessIdentity> process = Optional.empty();
    Optional<Claim> claim = Optional.empty();
    Optional<String> session = Optional.empty();
    Optional<Reason> reason = Optional.empty();
    String message = "";
    WorkResult result = WorkResult.NONE;
    Optional<TaskState> cause = Optional.empty();
    Optional<WorkResult> done = Optional.empty();
    final List<TaskState> children = new ArrayList<>();
    int childrenStarted;
    int numbersTaken;
    int openChildren;
    boolean hasDelegated;
    Usage sessionUsage = Usage.NONE;
    BigDecimal spentUsd = BigDecimal.ZERO;
    BigDecimal promisedUsd = BigDecimal.ZERO;

    TaskState(Task task, int order, int worker) {
        this.task = task;
        this.order = order;
        this.worker = worker;
        this.needs = task.needs();
        this.timeout = task.limits().timeout();
    }

    public Task task() {
        return task;
    }

    /// The task's place among all of the job's, from 0.
    public int order() {
        return order;
    }

    /// The number of its worker, from 1 in plan order; 0 for the engine's own tasks.
    public int worker() {
        return worker;
    }

    /// The needs it was given and those that it laid for itself later.
    public List<Need> needs() {
        return needs;
    }

    void addNeeds(List<Need> more) {
        needs = Stream.concat(needs.stream(), more.stream()).toList();
    }

    public TaskStatus status() {
        return status;
    }

    /// The number of the last attempt; 0 before the first.
    public int attempt() {
        return attempt;
    }

    /// The wall-clock limit of the next attempt, or of the running one.
    public Duration timeout() {
        return timeout;
    }

    /// The process of the running attempt, once known.
    public Optional<ProcessIdentity> process() {
        return process;
    }

    /// Who outside carries the running attempt; empty where nobody does.
    public Optional<Claim> claim() {
        return claim;
    }

    /// The agent's session of the last attempt.
    public Optional<String> session() {
        return session;
    }

    /// What the agent used in that session so far.
    public Usage sessionUsage() {
        return sessionUsage;
    }

    /// Why the last attempt, or the task, did not succeed.
    public Optional<Reason> reason() {
        return reason;
    }

    /// The same for people; empty where there is nothing to say.
    public String message() {
        return message;
    }

    /// What the last ended attempt brought.
    public WorkResult result() {
        return result;
    }

    /// What the task's work builds on beside its needs: the child jobs that its attempts started, as
    /// far as its agent knows of them.
    public List<TaskState> children() {
        return List.copyOf(children);
    }

    /// How many jobs the task has started in all.
    int childrenStarted() {
        return childrenStarted;
    }

    /// How many numbers the workers of these jobs have.
    int numbersTaken() {
        return numbersTaken;
    }

    /// How many of its child jobs are not over.
    public int openChildren() {
        return openChildren;
    }

    /// What an attempt brought that was done but for its child jobs; the next one goes on from there.
    public Optional<WorkResult> done() {
        return done;
    }

    boolean isOver() {
        return status.isOver();
    }

    boolean isWork() {
        return task.duty() instanceof Duty.Work;
    }

    boolean isJoining() {
        return task.duty() instanceof Duty.Integrating;
    }

    boolean isChild() {
        return task.duty() instanceof Duty.Delegating;
    }

    /// Whether the task ended as a task needs it that waits for it.
    boolean meets(Need.On on) {
        return isOver()
                && switch (on) {
                    case SUCCESS -> status == TaskStatus.COMPLETED;
                    case FAILURE -> status != TaskStatus.COMPLETED && status != TaskStatus.CANCELED;
                    case END -> true;
                };
    }

    /// This task and all that wait for it: what it waits for must not be among them.
    Set<TaskId> behind() {
        Set<TaskId> behind = new HashSet<>();
        ArrayDeque<TaskState> found = new ArrayDeque<>(List.of(this));
        while (!found.isEmpty()) {
            TaskState next = found.remove();
            if (behind.add(next.task.id())) {
                next.waiters.forEach(waiter -> found.add(waiter.task()));
            }
        }
        return behind;
    }

    /// Whether there is no money for more of the task. To take in what its child jobs brought needs none.
    boolean isOutOfMoney() {
        return done.isEmpty() && hasSpentItsBudget();
    }

    boolean hasSpentItsBudget() {
        return task.limits().budgetUsd().filter(b -> spentUsd.compareTo(b) >= 0).isPresent();
    }

    void begins(int number) {
        status = TaskStatus.RUNNING;
        attempt = number;
        hasDelegated = false;
    }

    /// What was used counts for the session in which it was.
    void inSession(String id) {
        if (!session.equals(Optional.of(id))) {
            session = Optional.of(id);
            sessionUsage = Usage.NONE;
        }
    }

    @Override
    public String toString() {
        return task.id() + " " + status.wire();
    }
}
