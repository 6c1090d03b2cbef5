package dev.coppice.testkit.simulation;

import static dev.coppice.testkit.simulation.BrokenLaw.unless;

import dev.coppice.model.AgentName;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.Integration;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Need;
import dev.coppice.model.Outcome;
import dev.coppice.model.Reason;
import dev.coppice.model.Recorded;
import dev.coppice.model.Settings;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.model.WorkResult;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Judges a job's history as it is written, from what users are promised. It asks the long way round
/// at every event, keeps no index, and shares no code with the scheduler; so the two can hardly be
/// wrong in the same way.
final class Oracle {
    private final Map<JobId, History> histories = new HashMap<>();

    void saw(Recorded recorded) {
        histories.computeIfAbsent(recorded.job(), _ -> new History()).saw(recorded);
    }

    /// How a task of the job ended; empty while it has not.
    Optional<TaskStatus> status(JobId job, TaskId task) {
        History history = histories.get(job);
        return history == null || !history.tasks.containsKey(task)
                ? Optional.empty()
                : history.tasks.get(task).status;
    }

    /// What is known of a task.
    private static final class Known {
        private final Task task;
        private final List<Need> needs;
        private int attempts;
        private boolean runs;
        private Optional<Event.AttemptClaimed> claim = Optional.empty();
        private int retries;
        private boolean isCanceled;
        private BigDecimal spent = BigDecimal.ZERO;
        private Optional<Instant> notBefore = Optional.empty();

        /// What its last attempt came to and what has not been drawn from it yet.
        private Optional<Outcome> undecided = Optional.empty();

        private Optional<TaskStatus> status = Optional.empty();
        private Optional<Reason> reason = Optional.empty();

        /// Somebody asked for another try, which may begin it anew.
        private boolean mayRevive;

        /// Another try took back the cancel of others, or of a joining, after which there comes
        /// another; that this one is canceled may still have to be written down.
        private boolean mayStayCanceled;

        /// Its last attempt started jobs; and was done when it ended.
        private boolean hasDelegated;

        private boolean isDoneButForChildren;

        /// It was, so it may go on to take in what they brought, whatever became of an attempt to.
        private boolean mayTakeIn;

        private boolean hasCommit;
        private boolean hasLaidPlan;

        private Known(Task task) {
            this.task = task;
            this.needs = new ArrayList<>(task.needs());
        }

        private boolean is(Class<? extends Duty> duty) {
            return duty.isInstance(task.duty());
        }
    }

    private final class History {
        private final Map<TaskId, Known> tasks = new LinkedHashMap<>();
        private final Map<AgentName, Instant> pauses = new HashMap<>();
        private long sequence;
        private int drivers;
        private Optional<JobRequest> request = Optional.empty();
        private Set<Reason> stops = new HashSet<>();
        private boolean isPaused;
        private boolean isOver;
        private boolean wasOver;
        private boolean wasTriedAgain;
        private BigDecimal spent = BigDecimal.ZERO;
        private boolean budgetIsSpent;
        private Optional<Integration> lastJoining = Optional.empty();
        private boolean hasUnjoinedWork;

        private void saw(Recorded recorded) {
            unless(recorded.sequence() == sequence + 1, "events are numbered on", recorded);
            unless(
                    request.isPresent() == (sequence > 0),
                    "a job begins with what was asked",
                    recorded);
            sequence++;
            Instant at = recorded.at();
            boolean allowedAfterTheEnd =
                    switch (recorded.event()) {
                        case Event.RetryRequested _,
                                Event.DriverTaken _,
                                Event.Noted _,
                                Event.ResultMerged _ ->
                                true;
                        case Event.TasksAdded e -> e.by().isEmpty();
                        default -> false;
                    };
            unless(!isOver || allowedAfterTheEnd, "nothing happens after the end", recorded);
            switch (recorded.event()) {
                case Event.JobSubmitted e -> request = Optional.of(e.request());
                case Event.DriverTaken e -> {
                    unless(e.number() == ++drivers, "drivers are numbered on", e);
                    isPaused = false;
                }
                case Event.TasksAdded e -> added(e);
                case Event.AttemptClaimed e -> claimed(e, at);
                case Event.AttemptStarting e -> starting(e, at);
                case Event.WorkspaceReady e -> running(e.task(), e.attempt(), e);
                case Event.AttemptStarted e -> running(e.task(), e.attempt(), e);
                case Event.SessionOpened e -> running(e.task(), e.attempt(), e);
                case Event.AgentEnded e -> running(e.task(), e.attempt(), e);
                case Event.Checked e -> running(e.task(), e.attempt(), e);
                case Event.Discovered e -> running(e.task(), e.attempt(), e);
                case Event.AttemptEnded e -> attemptEnded(e, at);
                case Event.RetryScheduled e -> retryScheduled(e, at);
                case Event.TaskEnded e -> taskEnded(e);
                case Event.AgentPaused e ->
                        pauses.merge(e.agent(), e.until(), (a, b) -> a.isAfter(b) ? a : b);
                case Event.CancelRequested e -> canceled(e);
                case Event.PauseRequested _ -> isPaused = true;
                case Event.RetryRequested e -> triedAgain(e);
                case Event.JobEnded e -> ended(e);
                case Event.CheckoutChanged _, Event.Noted _, Event.ResultMerged _ -> {}
            }
        }

        private Settings settings() {
            return request.orElseThrow().settings();
        }

        private Known known(TaskId id) {
            Known known = tasks.get(id);
            if (known == null) {
                throw new BrokenLaw("a task is there before it is spoken of: " + id);
            }
            return known;
        }

        private Known running(TaskId id, int attempt, Event event) {
            Known known = known(id);
            unless(known.runs && known.attempts == attempt, "stale reports are ignored", event);
            return known;
        }

        private boolean isStopped() {
            return stops.contains(Reason.CANCELED) || stops.contains(Reason.JOB_TIMEOUT);
        }

        private void added(Event.TasksAdded event) {
            isOver = false;
            unless(!event.tasks().isEmpty(), "tasks join, not none", event);
            for (Task task : event.tasks()) {
                Known before = tasks.put(task.id(), new Known(task));
                unless(before == null, "a task joins once", task.id());
                if (task.duty() instanceof Duty.Integrating) {
                    hasUnjoinedWork = false;
                }
            }
            if (event.by().isPresent() && isBirth(event)) {
                born(event);
            } else if (event.by().isPresent()) {
                Known by = known(event.by().get());
                boolean mayLay =
                        by.undecided
                                .filter(o ->
                                        o instanceof Outcome.Planned
                                                || o instanceof Outcome.Deferred)
                                .isPresent();
                unless(mayLay || by.runs, "tasks are laid by one that asked for them", event);
                unless(!isStopped(), "nothing is laid after a cancel", event);
                unless(by.runs || !by.isCanceled, "nothing is laid after a cancel", event);
                by.hasLaidPlan = by.is(Duty.Planning.class) && mayLay;
                if (mayLay && !by.hasLaidPlan) {
                    by.undecided = Optional.empty();
                    event.tasks().forEach(task -> by.needs.add(Need.end(task.id())));
                }
            }
        }

        private static boolean isBirth(Event.TasksAdded event) {
            return event.tasks().getFirst().duty() instanceof Duty.Delegating;
        }

        /// A child job is started by a running attempt, one deeper, with no more than its parent has.
        private void born(Event.TasksAdded event) {
            Known by = known(event.by().orElseThrow());
            unless(by.runs && !by.isCanceled && !isStopped(), "who works starts jobs", event);
            for (Task task : event.tasks()) {
                JobRequest child = ((Duty.Delegating) task.duty()).request();
                int depth = request.orElseThrow().depth() + 1;
                unless(
                        child.depth() == depth && depth <= settings().recursion().maxDepth(),
                        "a family is no deeper than it may be",
                        event);
                judgePromise(by, task.id(), child.settings().budgetUsd(), event);
                by.needs.add(Need.end(task.id()));
                by.hasDelegated = true;
            }
        }

        /// A child job gets a part of the money that is left to its task and its job, and no other gets the same.
        private void judgePromise(
                Known by, TaskId child, Optional<BigDecimal> usd, Event.TasksAdded event) {
            Optional<BigDecimal> ofTask =
                    by.task
                            .limits()
                            .budgetUsd()
                            .map(b -> b.subtract(by.spent).subtract(promised(by, child)));
            Optional<BigDecimal> ofJob =
                    settings().budgetUsd().map(b -> b.subtract(spent).subtract(promised(child)));
            for (Optional<BigDecimal> left : List.of(ofTask, ofJob)) {
                unless(
                        left.isEmpty() || usd.filter(u -> u.compareTo(left.get()) <= 0).isPresent(),
                        "a child job has a part of its parent's money",
                        event);
            }
        }

        private BigDecimal promised(Known by, TaskId butFor) {
            return promised(
                    t -> ((Duty.Delegating) t.task.duty()).by().equals(by.task.id()), butFor);
        }

        private BigDecimal promised(TaskId butFor) {
            return promised(_ -> true, butFor);
        }

        /// What child jobs may spend that are not over.
        private BigDecimal promised(Predicate<Known> isAsked, TaskId butFor) {
            return tasks.values().stream()
                    .filter(t -> t.is(Duty.Delegating.class) && t.status.isEmpty())
                    .filter(t -> !t.task.id().equals(butFor))
                    .filter(isAsked)
                    .flatMap(t ->
                            ((Duty.Delegating) t.task.duty())
                                    .request().settings().budgetUsd().stream())
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
        }

        private boolean waitsForChildren(Known known) {
            return known.needs.stream()
                    .map(need -> known(need.task()))
                    .anyMatch(t -> t.is(Duty.Delegating.class) && t.status.isEmpty());
        }

        private void starting(Event.AttemptStarting event, Instant at) {
            Known known = known(event.task());
            unless(event.attempt() == known.attempts + 1, "attempts are numbered on", event);
            unless(startable(known, at), "a task starts when it may", event);
            BigDecimal promised = promised(known.task.id());
            unless(
                    known.is(Duty.Delegating.class)
                            || promised.signum() == 0
                            || settings()
                                    .budgetUsd()
                                    .filter(b -> b.compareTo(spent.add(promised)) <= 0)
                                    .isEmpty(),
                    "nobody starts on money that is promised",
                    event);
            long run =
                    tasks.values().stream()
                            .filter(t -> t.runs && t.claim.isEmpty())
                            .filter(t -> !t.is(Duty.Delegating.class))
                            .filter(t -> !waitsForChildren(t))
                            .count();
            unless(
                    run < settings().workers().maxWorkers() || known.is(Duty.Delegating.class),
                    "a job has so many slots",
                    event);
            if (!wasTriedAgain) {
                for (Known other : tasks.values()) {
                    boolean overtaken =
                            !known.is(Duty.Delegating.class)
                                    && !other.is(Duty.Delegating.class)
                                    && other.task.agent().equals(known.task.agent())
                                    && other.task.priority() < known.task.priority()
                                    && startable(other, at);
                    unless(!overtaken, "the more urgent goes first", event);
                }
            }
            begins(known);
        }

        private static void begins(Known known) {
            known.attempts++;
            known.hasDelegated = false;
            known.runs = true;
            known.status = Optional.empty();
            known.undecided = Optional.empty();
            known.notBefore = Optional.empty();
            known.isCanceled = false;
            known.mayRevive = false;
        }

        private void claimed(Event.AttemptClaimed event, Instant at) {
            Known known = known(event.task());
            unless(known.is(Duty.Work.class), "the engine's own tasks are not claimed", event);
            if (known.claim.isEmpty()) {
                unless(event.attempt() == known.attempts + 1, "attempts are numbered on", event);
                unless(claimable(known, at), "a task is claimed when it may start", event);
                begins(known);
            } else {
                Event.AttemptClaimed before = known.claim.get();
                unless(
                        before.attempt() == event.attempt() && before.agent().equals(event.agent()),
                        "a claim is one agent's",
                        event);
            }
            known.claim = Optional.of(event);
        }

        private boolean startable(Known known, Instant at) {
            Instant paused = pauses.get(known.task.agent());
            boolean isAgentPaused = paused != null && at.isBefore(paused);
            return !isPaused
                    && (!isAgentPaused || known.is(Duty.Delegating.class))
                    && claimable(known, at);
        }

        /// Neither the job's pause nor its agent's holds for those who work outside.
        private boolean claimable(Known known, Instant at) {
            boolean isFree =
                    !known.runs
                            && (known.status.isEmpty() || known.mayRevive)
                            && (known.undecided.isEmpty()
                                    || known.mayRevive
                                    || mayGoOn(known.undecided.get()));
            boolean mayStart =
                    !isStopped()
                            && (!known.isCanceled || known.mayRevive)
                            && (!budgetIsSpent
                                    || known.is(Duty.Integrating.class)
                                    || known.mayTakeIn);
            return isFree
                    && mayStart
                    && known.needs.stream().allMatch(this::isMet)
                    && known.notBefore.filter(at::isBefore).isEmpty()
                    && !hasSpentItsOwn(known);
        }

        private static boolean mayGoOn(Outcome outcome) {
            return switch (outcome) {
                case Outcome.RateLimited _, Outcome.Stopped _ -> true;
                case Outcome.Failed failed -> failed.reason() == Reason.LOST;
                case Outcome.Done _, Outcome.Planned _, Outcome.Integrated _, Outcome.Deferred _ ->
                        false;
            };
        }

        private boolean isMet(Need need) {
            Optional<TaskStatus> status = known(need.task()).status;
            return switch (need.on()) {
                case END -> status.isPresent();
                case SUCCESS -> status.equals(Optional.of(TaskStatus.COMPLETED));
                case FAILURE -> status.filter(Oracle::isFailure).isPresent();
            };
        }

        private static boolean hasSpentItsOwn(Known known) {
            return known.attempts > 0
                    && !known.mayRevive
                    && !known.mayTakeIn
                    && isOwnMoneySpent(known);
        }

        private static boolean isOwnMoneySpent(Known known) {
            Optional<BigDecimal> budget = known.task.limits().budgetUsd();
            return budget.filter(b -> known.spent.compareTo(b) >= 0).isPresent();
        }

        private void attemptEnded(Event.AttemptEnded event, Instant at) {
            Known known = running(event.task(), event.attempt(), event);
            boolean isLost =
                    event.outcome() instanceof Outcome.Failed failed
                            && failed.reason() == Reason.LOST;
            unless(
                    !isLost || known.claim.filter(c -> at.isBefore(c.until())).isEmpty(),
                    "a claim holds until it is stale",
                    event);
            known.claim = Optional.empty();
            known.runs = false;
            known.isDoneButForChildren =
                    event.outcome() instanceof Outcome.Done && known.hasDelegated;
            known.mayTakeIn |= known.isDoneButForChildren;
            // The task goes on when they have ended, as if it had been stopped.
            known.undecided =
                    Optional.of(
                            known.isDoneButForChildren
                                    ? new Outcome.Stopped(WorkResult.NONE)
                                    : event.outcome());
            if (known.task.duty() instanceof Duty.Delegating child) {
                History history = histories.get(child.child());
                unless(history != null && history.wasOver, "a child job ends first", event);
            }
            BigDecimal usd = event.usage().usd().orElse(BigDecimal.ZERO);
            known.spent = known.spent.add(usd);
            if (known.task.duty() instanceof Duty.Delegating child) {
                Known by = known(child.by());
                by.spent = by.spent.add(usd);
            }
            spent = spent.add(usd);
            judgeBudget(event.usage().usd().isPresent());
            if (event.outcome() instanceof Outcome.Integrated done) {
                lastJoining = Optional.of(done.integration());
            }
            known.hasCommit =
                    event.outcome() instanceof Outcome.Done done
                            && !known.isDoneButForChildren
                            && done.result().commit().isPresent();
        }

        private void judgeBudget(boolean isAsked) {
            Optional<BigDecimal> budget = settings().budgetUsd();
            if (isAsked && budget.filter(b -> spent.compareTo(b) >= 0).isPresent()) {
                budgetIsSpent = true;
            }
        }

        private void retryScheduled(Event.RetryScheduled event, Instant at) {
            Known known = known(event.task());
            boolean failed = known.undecided.filter(o -> o instanceof Outcome.Failed).isPresent();
            unless(failed && !known.runs, "a failed attempt is tried again", event);
            Outcome.Failed outcome = (Outcome.Failed) known.undecided.orElseThrow();
            unless(outcome.reason().isWorthRetrying(), "what can't be mended is left", event);
            known.retries++;
            unless(
                    known.retries <= known.task.limits().maxRetries() || wasTriedAgain,
                    "there are so many retries",
                    event);
            Duration wait = Duration.between(at, event.at());
            Duration longest = settings().workers().backoff().max();
            unless(
                    wait.isPositive() && wait.compareTo(longest) <= 0,
                    "a retry waits, but not too long",
                    event);
            known.undecided = Optional.empty();
            known.notBefore = Optional.of(event.at());
        }

        private void taskEnded(Event.TaskEnded event) {
            Known known = known(event.task());
            unless(!known.runs, "a task that runs is not over", event);
            unless(known.status.isEmpty() || known.mayRevive, "a task ends once", event);
            boolean succeeded =
                    known.hasLaidPlan || known.undecided.filter(Oracle::isDone).isPresent();
            switch (event.status()) {
                case COMPLETED -> unless(succeeded, "done is what an attempt did", event);
                case FAILED, TIMEOUT ->
                        unless(
                                known.undecided.filter(o -> !isDone(o)).isPresent()
                                        || (event.reason().equals(Optional.of(Reason.BUDGET))
                                                && isOwnMoneySpent(known)),
                                "failed is what an attempt failed",
                                event);
                case BLOCKED -> blocked(known, event);
                case CANCELED -> canceledTask(known, event);
                case PENDING, READY, RUNNING, RETRYING ->
                        throw new BrokenLaw("an end is an end: " + event);
            }
            unless(
                    event.status() == TaskStatus.COMPLETED
                            || known.undecided.filter(Oracle::isDone).isEmpty(),
                    "what is done counts as done",
                    event);
            known.status = Optional.of(event.status());
            known.reason = event.reason();
            known.undecided = Optional.empty();
            known.notBefore = Optional.empty();
            known.mayRevive = false;
            if (event.status() == TaskStatus.COMPLETED && known.is(Duty.Work.class)) {
                hasUnjoinedWork = true;
            }
        }

        private void blocked(Known known, Event.TaskEnded event) {
            boolean hopeless =
                    known.needs.stream()
                            .anyMatch(n -> known(n.task()).status.isPresent() && !isMet(n));
            unless(hopeless, "blocked is what cannot start", event);
            Optional<TaskStatus> cause = event.cause().flatMap(id -> known(id).status);
            unless(
                    cause.filter(s -> s != TaskStatus.COMPLETED && s != TaskStatus.BLOCKED)
                            .isPresent(),
                    "a block has a cause, which is no block",
                    event);
        }

        private void canceledTask(Known known, Event.TaskEnded event) {
            Reason reason = event.reason().orElseThrow();
            boolean justified =
                    known.mayStayCanceled
                            || isForsaken(known)
                            || switch (reason) {
                                case CANCELED ->
                                        known.isCanceled || stops.contains(Reason.CANCELED);
                                case JOB_TIMEOUT -> stops.contains(Reason.JOB_TIMEOUT);
                                case BUDGET ->
                                        budgetIsSpent
                                                && !known.is(Duty.Integrating.class)
                                                && !known.isDoneButForChildren;
                                case NOT_NEEDED ->
                                        known.needs.stream()
                                                .anyMatch(n ->
                                                        n.on() == Need.On.FAILURE
                                                                && known(n.task())
                                                                        .status
                                                                        .isPresent()
                                                                && !isMet(n));
                                default -> false;
                            };
            unless(justified, "a cancel has its reason", event);
        }

        /// Whether nobody waits for the child job any more.
        private boolean isForsaken(Known known) {
            if (known.task.duty() instanceof Duty.Delegating child) {
                Known by = known(child.by());
                return by.isCanceled
                        || by.status.isPresent()
                        || (by.attempts > 0 && !by.isDoneButForChildren);
            }
            return false;
        }

        private void canceled(Event.CancelRequested event) {
            if (event.task().isEmpty()) {
                stops.add(event.reason());
            } else {
                Known known = known(event.task().get());
                boolean isDecided =
                        known.undecided
                                .filter(o ->
                                        o instanceof Outcome.Done
                                                || o instanceof Outcome.Integrated)
                                .isPresent();
                boolean isOpen = known.status.isEmpty() || known.mayRevive;
                known.isCanceled = known.isCanceled || (isOpen && !isDecided);
            }
        }

        private void triedAgain(Event.RetryRequested event) {
            isOver = false;
            wasTriedAgain = true;
            boolean wasStopped = isStopped();
            stops = new HashSet<>();
            budgetIsSpent = false;
            judgeBudget(true);
            hasUnjoinedWork = true;
            for (Known known : tasks.values()) {
                boolean asked = event.tasks().isEmpty() || event.tasks().contains(known.task.id());
                boolean isDone =
                        known.status.equals(Optional.of(TaskStatus.COMPLETED))
                                || known.hasLaidPlan
                                || known.undecided.filter(Oracle::isDone).isPresent();
                known.mayStayCanceled =
                        (!asked || isNotRepeated(known))
                                && (known.mayStayCanceled || wasStopped || known.isCanceled);
                known.isCanceled = known.isCanceled && (!asked || known.is(Duty.Delegating.class));
                known.mayRevive = !isDone && !known.runs && !isNotRepeated(known);
                known.isDoneButForChildren &= !known.mayRevive;
                known.retries = 0;
                boolean must = asked && known.mayRevive && isOwnFault(known);
                if (must) {
                    known.status = Optional.empty();
                }
            }
        }

        private static boolean isNotRepeated(Known known) {
            return known.is(Duty.Integrating.class) || known.is(Duty.Delegating.class);
        }

        /// Whether the task itself failed or was stopped, so that whoever names it wants it again.
        private static boolean isOwnFault(Known known) {
            boolean isFault =
                    known.status.filter(s -> isFailure(s) && s != TaskStatus.BLOCKED).isPresent();
            return isFault
                    || known.reason
                            .filter(r -> r == Reason.CANCELED || r == Reason.JOB_TIMEOUT)
                            .isPresent();
        }

        private void ended(Event.JobEnded event) {
            for (Known known : tasks.values()) {
                unless(known.status.isPresent() && !known.runs, "all is over at the end", event);
            }
            isOver = true;
            wasOver = true;
            unless(event.status() == expected(), "a job ends as its tasks did", event);
        }

        private JobStatus expected() {
            List<Known> plan = tasks.values().stream().filter(t -> !t.task.id().isOwn()).toList();
            boolean allWell = plan.stream().allMatch(this::isWell);
            Optional<Known> planning = Optional.ofNullable(tasks.get(TaskId.PLAN));
            List<Known> joinings =
                    tasks.values().stream().filter(t -> t.is(Duty.Integrating.class)).toList();
            boolean ownWell =
                    planning.stream().allMatch(Oracle::isCompleted)
                            && (joinings.isEmpty() || isCompleted(joinings.getLast()));
            boolean isUnjoined =
                    hasUnjoinedWork
                            && request.orElseThrow().base().isPresent()
                            && plan.stream().anyMatch(t -> isCompleted(t) && t.hasCommit);
            if (isStopped() && !(allWell && ownWell && !isUnjoined)) {
                return JobStatus.CANCELED;
            }
            unless(!isUnjoined, "what is done is joined", tasks.keySet());
            if (plan.isEmpty()) {
                return JobStatus.FAILED;
            }
            if (budgetIsSpent && !allWell) {
                return JobStatus.PARTIAL;
            }
            if (plan.stream().noneMatch(Oracle::isCompleted)) {
                return JobStatus.FAILED;
            }
            boolean joinedWell =
                    joinings.isEmpty() || lastJoining.filter(Oracle::isWhole).isPresent();
            return allWell && ownWell && joinedWell ? JobStatus.COMPLETED : JobStatus.PARTIAL;
        }

        private boolean isWell(Known known) {
            return isCompleted(known)
                    || known.reason.equals(Optional.of(Reason.NOT_NEEDED))
                    || tasks.values().stream()
                            .anyMatch(other ->
                                    isFallbackOf(known, other)
                                            && (isCompleted(other)
                                                    || (isFailure(other.status.orElseThrow())
                                                            && isWell(other))));
        }

        private static boolean isFallbackOf(Known known, Known other) {
            return other.needs.contains(new Need(known.task.id(), Need.On.FAILURE));
        }
    }

    private static boolean isCompleted(Known known) {
        return known.status.equals(Optional.of(TaskStatus.COMPLETED));
    }

    private static boolean isWhole(Integration joining) {
        return joining.tasks().values().stream()
                        .noneMatch(fate -> fate instanceof Integration.Fate.Left)
                && !(joining.delivery() instanceof Integration.Delivery.Refused);
    }

    private static boolean isFailure(TaskStatus status) {
        return switch (status) {
            case FAILED, TIMEOUT, BLOCKED -> true;
            case PENDING, READY, RUNNING, RETRYING, COMPLETED, CANCELED -> false;
        };
    }

    private static boolean isDone(Outcome outcome) {
        return outcome instanceof Outcome.Done || outcome instanceof Outcome.Integrated;
    }
}
