package dev.coppice.schedule;

import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.Expectation;
import dev.coppice.model.Family;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Limits;
import dev.coppice.model.Plan;
import dev.coppice.model.Settings;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.WorkerNumbers;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Tells whether a running attempt may start a child job, and what that job may use: its slots, its
/// money and its time come out of its parent's.
public final class Children {
    /// What becomes of the wish for a child job.
    public sealed interface Answer {
        /// It may be: once this event is in the parent's log, the child job will be.
        record Granted(Event.TasksAdded event) implements Answer {}

        /// It may not, for a reason that the agent can read.
        record Refused(Why why, String message) implements Answer {}
    }

    /// Why there may be no child job.
    public enum Why {
        /// Child jobs are turned off, or the job is as deep as it may be.
        DEPTH,
        /// Slots, money, time or the number of child jobs are used up.
        EXHAUSTED,
        /// The attempt does not run any more, or is to end.
        OVER,
        /// The job would be its own ancestor.
        CIRCLE
    }

    /// Child jobs that one task may start; beyond that it goes round in circles.
    public static final int CHILDREN_MAX = 20;

    /// Numbers that the workers of a job have whose plan is not known yet; a lead makes 3 to 7 tasks.
    private static final int NUMBERS_WITHOUT_PLAN = 10;

    /// The deeper the level, the less is known of what a task takes.
    private static final double TIMEOUT_FACTOR = 1.5;

    private final JobState state;
    private final Instant now;

    private Children(JobState state, Instant now) {
        this.state = state;
        this.now = now;
    }

    /// Judges the wish of an attempt.
    ///
    /// @param child the id that the job would get
    public static Answer ask(
            JobState state, TaskId task, int attempt, JobId child, ChildOrder order, Instant now) {
        return new Children(state, now).ask(task, attempt, child, order);
    }

    private Answer ask(TaskId task, int attempt, JobId child, ChildOrder order) {
        Settings.Recursion recursion = state.settings().recursion();
        if (!recursion.enabled()) {
            return new Answer.Refused(
                    Why.DEPTH,
                    "Child jobs are turned off (recursion.enable, enable_recursion in a request).");
        }
        if (state.request().depth() >= recursion.maxDepth()) {
            return new Answer.Refused(Why.DEPTH, recursion.noDeeper());
        }
        List<JobId> ancestors = new ArrayList<>(above());
        ancestors.add(state.job());
        if (ancestors.contains(child)) {
            return new Answer.Refused(Why.CIRCLE, "Job " + child + " is among its own ancestors.");
        }
        Optional<TaskState> by =
                state.isRunning(task, attempt) ? state.task(task) : Optional.empty();
        if (by.filter(this::mayGoOn).isEmpty()) {
            return new Answer.Refused(
                    Why.OVER, "Attempt " + attempt + " of " + task + " is over or is to end.");
        }
        return grant(by.get(), child, ancestors, order);
    }

    private boolean mayGoOn(TaskState by) {
        return by.task().duty() instanceof Duty.Work
                && by.claim().isEmpty()
                && !by.cancelRequested
                && !state.isStopping()
                && !state.isPausing();
    }

    private List<JobId> above() {
        return state.request().parent().map(p -> p.family().ancestors()).orElse(List.of());
    }

    private Answer grant(TaskState by, JobId child, List<JobId> ancestors, ChildOrder order) {
        if (by.childrenStarted() >= CHILDREN_MAX) {
            return new Answer.Refused(
                    Why.EXHAUSTED,
                    "Task " + by.task().id() + " has started " + CHILDREN_MAX + " jobs already.");
        }
        Optional<BigDecimal> budget = budget(by, order);
        if (budget.filter(b -> b.signum() <= 0).isPresent()) {
            return new Answer.Refused(
                    Why.EXHAUSTED, "The budget is spent, or promised to other child jobs.");
        }
        Optional<Duration> time = state.deadline().map(d -> Duration.between(now, d));
        if (time.filter(t -> !t.isPositive()).isPresent()) {
            return new Answer.Refused(Why.EXHAUSTED, "The job's time is over.");
        }
        JobRequest parent = state.request();
        JobRequest request =
                new JobRequest(
                        order.request(),
                        parent.repository(),
                        order.base().or(parent::base),
                        Optional.empty(),
                        order.plan().map(plan -> capped(plan, by)),
                        settings(order.wanted(), budget, time),
                        parent.depth() + 1,
                        Optional.of(
                                new JobRequest.Parent(
                                        state.job(),
                                        by.task().id(),
                                        new Family(
                                                ancestors,
                                                parent.parent()
                                                        .map(p -> p.family().slots())
                                                        .orElseGet(state::slots),
                                                numbers(by, order)))));
        return new Answer.Granted(
                new Event.TasksAdded(
                        Optional.of(by.task().id()),
                        state.goal(),
                        List.of(task(by, child, request))));
    }

    /// What the order asks for, at most what is left; else the attempt's share of what is left.
    private Optional<BigDecimal> budget(TaskState by, ChildOrder order) {
        Optional<BigDecimal> free = state.budgetLeft(by);
        int others = state.holding() - (state.holdsSlot(by) ? 1 : 0);
        int sharers = others + 2; // the attempt, which goes on afterwards, and its job
        return order.wanted()
                .budgetUsd()
                .map(asked -> free.map(asked::min).orElse(asked))
                .or(() -> free.map(f -> f.divide(new BigDecimal(sharers), 6, RoundingMode.DOWN)));
    }

    /// The plan, of which no task may take longer or try more often than those of the parent's job and the one that
    /// starts it.
    private Plan capped(Plan plan, TaskState by) {
        Settings.Workers workers = state.settings().workers();
        Limits limits = by.task().limits();
        Duration longest = longer(max(workers.defaultTimeout(), limits.timeout()));
        int retries = Math.max(workers.maxRetries(), limits.maxRetries());
        int fixRounds = Math.max(workers.maxFixRounds(), limits.maxFixRounds());
        return new Plan(
                plan.goal(),
                plan.tasks().stream()
                        .map(task -> {
                            Limits own = task.limits();
                            return task.withLimits(
                                    new Limits(
                                            min(own.timeout(), longest),
                                            Math.min(own.maxRetries(), retries),
                                            Math.min(own.maxFixRounds(), fixRounds),
                                            own.budgetUsd()));
                        })
                        .toList());
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static Duration longer(Duration timeout) {
        return Duration.ofMillis(Math.round(timeout.toMillis() * TIMEOUT_FACTOR));
    }

    /// The settings of a child job that asks for nothing else: its parent's, with more time for each
    /// attempt, and what is left of the parent's money when it starts.
    public static Settings settings(Settings parents) {
        Settings.Workers workers = parents.workers();
        return parents.withWorkers(workers.withDefaultTimeout(longer(workers.defaultTimeout())))
                .withBudgetUsd(Optional.empty());
    }

    /// What was wanted, as far as it goes: an agent can give its jobs neither other folders, commands or
    /// branches nor more of anything than its own job has.
    private Settings settings(
            Settings wanted, Optional<BigDecimal> budget, Optional<Duration> time) {
        Settings parents = state.settings();
        Settings.Workers workers = parents.workers();
        Settings.Recursion recursion = parents.recursion();
        return parents.withWorkers(
                        workers.withMaxWorkers(
                                        Math.min(
                                                wanted.workers().maxWorkers(),
                                                workers.maxWorkers()))
                                .withDefaultTimeout(
                                        min(
                                                wanted.workers().defaultTimeout(),
                                                longer(workers.defaultTimeout())))
                                .withJobTimeout(time)
                                .withMaxRetries(
                                        Math.min(
                                                wanted.workers().maxRetries(),
                                                workers.maxRetries())))
                .withRecursion(
                        new Settings.Recursion(
                                wanted.recursion().enabled(),
                                Math.min(wanted.recursion().maxDepth(), recursion.maxDepth()),
                                recursion.workersByDepth()))
                .withAgents(wanted.agents())
                .withIntegrate(
                        new Settings.Integrate(
                                // The parent's task takes this branch in.
                                Settings.Result.BRANCH,
                                parents.integrate().conflicts(),
                                Optional.empty()))
                .withBudgetUsd(budget);
    }

    private WorkerNumbers numbers(TaskState by, ChildOrder order) {
        WorkerNumbers own = state.request().numbers();
        return new WorkerNumbers(
                own.of(by.worker()),
                by.childrenStarted() + 1,
                by.numbersTaken(),
                order.plan().map(p -> p.tasks().size()).orElse(NUMBERS_WITHOUT_PLAN));
    }

    private static Task task(TaskState by, JobId child, JobRequest request) {
        return new Task(
                TaskId.child(child),
                new Duty.Delegating(by.task().id(), child, request),
                "Job " + child + ": " + request.request(),
                by.task().priority(),
                List.of(),
                List.of(),
                "",
                by.task().agent(),
                Optional.empty(),
                Expectation.ANY,
                List.of(),
                List.of(),
                false,
                Optional.empty(),
                new Limits(by.task().limits().timeout(), 0, 0, Optional.empty()));
    }
}
