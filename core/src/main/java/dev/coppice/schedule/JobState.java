package dev.coppice.schedule;

import dev.coppice.model.AgentName;
import dev.coppice.model.Discovery;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.Integration;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Limits;
import dev.coppice.model.Need;
import dev.coppice.model.Outcome;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Reason;
import dev.coppice.model.Recorded;
import dev.coppice.model.Settings;
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
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The state of one job: the fold of its events. It is kept incrementally, with an index for each
/// question that the [Scheduler] asks, so that a step costs the same in a job of a thousand tasks and
/// in one of a million. It belongs to one thread.
///
/// The life of a task (an event leads along an arrow; facts that follow from another event, such as
/// [Event.TaskEnded], are first *due*, then recorded, then believed):
///
/// ```
///                  TasksAdded
///                      │            AttemptEnded(Deferred), then TasksAdded
///                      ▼        ┌────────────────────────────────────────────┐
///                  PENDING ◀────┘                                            │
///                      │ all needs met                                       │
///                      ▼        AttemptStarting                              │
///                    READY ──────────────────▶ RUNNING ──────────────────────┤
///                      ▲                        │   │ AttemptEnded(RateLimited | Stopped): READY
///                      │ the wait is over       │   │
///                  RETRYING ◀───────────────────┘   │ AttemptEnded(Done | Failed | …), then TaskEnded
///                        RetryScheduled             ▼
///            COMPLETED  FAILED  TIMEOUT  BLOCKED  CANCELED      (RetryRequested: back to PENDING)
/// ```
public final class JobState {
    /// How often an attempt may be lost to a dying orchestrator before its task fails.
    static final int LOST_MAX = 10;

    /// What a task without an estimate is thought to take, where no other task has one.
    private static final long DEFAULT_ESTIMATE_MILLIS = 60_000;

    private static final int RECENT_DISCOVERIES_MAX = 100;

    static final Comparator<TaskState> DISPATCH_ORDER =
            Comparator.<TaskState>comparingInt(t -> t.task().priority())
                    .thenComparing(
                            Comparator.<TaskState>comparingLong(t -> t.remainingPathMillis)
                                    .reversed())
                    .thenComparingInt(TaskState::order);

    private static final Comparator<TaskState> RETRY_ORDER =
            Comparator.<TaskState, Instant>comparing(t -> t.retryAt.orElse(Instant.MIN))
                    .thenComparingInt(TaskState::order);

    private final JobId job;
    private long sequence;
    private Optional<JobRequest> request = Optional.empty();
    private Optional<Instant> submittedAt = Optional.empty();
    private String goal = "";
    private int driver;
    private Optional<ProcessIdentity> driverProcess = Optional.empty();

    private final SequencedMap<TaskId, TaskState> tasks = new LinkedHashMap<>();
    private final List<TaskState> workers = new ArrayList<>();
    private final Map<AgentName, NavigableSet<TaskState>> ready = new TreeMap<>();
    private final NavigableSet<TaskState> retrying = new TreeSet<>(RETRY_ORDER);
    private final SequencedSet<TaskState> running = new LinkedHashSet<>();
    private final SequencedMap<TaskId, Step> due = new LinkedHashMap<>();
    private final SequencedMap<AgentName, Step> duePauses = new LinkedHashMap<>();
    private final Map<AgentName, Instant> pausedUntil = new HashMap<>();
    private final Map<AgentName, Integer> pausesInARow = new HashMap<>();
    private final ArrayDeque<Discovery> discoveries = new ArrayDeque<>();

    private int open;
    private int integrations;
    private boolean integrationDue;
    private int leftBehind;
    private boolean refused;
    private boolean pausing;
    private Optional<Reason> stopping = Optional.empty();
    private BigDecimal spentUsd = BigDecimal.ZERO;
    private Optional<JobStatus> ended = Optional.empty();

    public JobState(JobId job) {
        this.job = job;
    }

    /// Takes the next event in. Reports of an attempt that does not run are stale and change nothing.
    ///
    /// @throws IllegalArgumentException where it is not the next event of this job
    public void apply(Recorded recorded) {
        if (!recorded.job().equals(job) || recorded.sequence() != sequence + 1) {
            throw new IllegalArgumentException(
                    "job " + job + " is at event " + sequence + ", not before " + recorded);
        }
        sequence = recorded.sequence();
        Instant at = recorded.at();
        switch (recorded.event()) {
            case Event.JobSubmitted e -> {
                request = Optional.of(e.request());
                submittedAt = Optional.of(at);
                goal = e.request().request();
            }
            case Event.DriverTaken e -> {
                driver = e.number();
                driverProcess = Optional.of(e.process());
                pausing = false;
            }
            case Event.TasksAdded e -> add(e);
            case Event.AttemptStarting e -> starting(e);
            case Event.AttemptStarted e ->
                    runningAttempt(e.task(), e.attempt())
                            .ifPresent(t -> t.process = Optional.of(e.process()));
            case Event.SessionOpened e ->
                    runningAttempt(e.task(), e.attempt())
                            .ifPresent(t -> t.session = Optional.of(e.session()));
            case Event.Discovered e -> discovered(e.discovery());
            case Event.AttemptEnded e ->
                    runningAttempt(e.task(), e.attempt()).ifPresent(t -> attemptEnded(t, e));
            case Event.RetryScheduled e -> retryScheduled(e);
            case Event.TaskEnded e -> taskEnded(e);
            case Event.AgentPaused e -> {
                duePauses.remove(e.agent());
                pausedUntil.merge(e.agent(), e.until(), (a, b) -> a.isAfter(b) ? a : b);
            }
            case Event.CancelRequested e -> cancel(e);
            case Event.PauseRequested _ -> pausing = true;
            case Event.RetryRequested e -> retry(e);
            case Event.JobEnded e -> ended = Optional.of(e.status());
            case Event.WorkspaceReady _,
                    Event.AgentEnded _,
                    Event.Checked _,
                    Event.CheckoutChanged _,
                    Event.Noted _ -> {}
        }
    }

    private void add(Event.TasksAdded event) {
        List<TaskState> added = new ArrayList<>(event.tasks().size());
        for (Task task : event.tasks()) {
            int worker = task.id().isOwn() ? 0 : workers.size() + 1;
            TaskState state = new TaskState(task, tasks.size(), worker);
            if (tasks.putIfAbsent(task.id(), state) != null) {
                throw new IllegalArgumentException("task " + task.id() + " is there already");
            }
            if (worker > 0) {
                workers.add(state);
            }
            if (task.duty() instanceof Duty.Integrating) {
                integrations++;
                integrationDue = false;
            }
            added.add(state);
        }
        open += added.size();
        added.forEach(this::linkNeeds);
        added.forEach(this::countNeeds);
        measurePaths(added);
        added.forEach(this::settle);
        if (event.by().isEmpty()) {
            goal = event.goal();
            return;
        }
        due.remove(event.by().get());
        TaskState by = tasks.get(event.by().get());
        if (by != null && by.isRunning()) {
            running.remove(by);
            if (by.task().duty() instanceof Duty.Planning) {
                goal = event.goal();
                by.status = TaskStatus.PENDING;
                due.put(by.task().id(), ended(by, TaskStatus.COMPLETED, Optional.empty()));
            } else {
                by.status = TaskStatus.PENDING;
                for (Task task : event.tasks()) {
                    Need need = Need.end(task.id());
                    by.addNeed(need);
                    link(by, need);
                }
                countNeeds(by);
                settle(by);
            }
        }
    }

    /// Asks the tasks that this one needs to tell it when they end.
    private void linkNeeds(TaskState state) {
        state.needs().forEach(need -> link(state, need));
    }

    private void link(TaskState state, Need need) {
        find(need.task()).waiters.add(new TaskState.Waiter(state, need.on()));
    }

    private void countNeeds(TaskState state) {
        state.unmetNeeds =
                Math.toIntExact(
                        state.needs().stream()
                                .filter(need -> !isMet(find(need.task()), need.on()))
                                .count());
    }

    private static boolean isMet(TaskState needed, Need.On on) {
        return needed.isOver()
                && switch (on) {
                    case SUCCESS -> needed.status == TaskStatus.COMPLETED;
                    case FAILURE ->
                            needed.status != TaskStatus.COMPLETED
                                    && needed.status != TaskStatus.CANCELED;
                    case END -> true;
                };
    }

    /// Longest remaining path in milliseconds, by the estimates where there are any.
    private static void measurePaths(List<TaskState> added) {
        List<Duration> known =
                added.stream().flatMap(t -> t.task().estimate().stream()).sorted().toList();
        long typical =
                known.isEmpty() ? DEFAULT_ESTIMATE_MILLIS : known.get(known.size() / 2).toMillis();
        Map<TaskState, Integer> waitersLeft = new HashMap<>();
        ArrayDeque<TaskState> measured = new ArrayDeque<>();
        for (TaskState state : added) {
            waitersLeft.put(state, state.waiters.size());
            if (state.waiters.isEmpty()) {
                measured.add(state);
            }
        }
        Map<TaskId, TaskState> byId = new HashMap<>();
        added.forEach(t -> byId.put(t.task().id(), t));
        while (!measured.isEmpty()) {
            TaskState state = measured.remove();
            long behind = 0;
            for (TaskState.Waiter waiter : state.waiters) {
                behind = Math.max(behind, waiter.task().remainingPathMillis);
            }
            state.remainingPathMillis =
                    behind + state.task().estimate().map(Duration::toMillis).orElse(typical);
            for (Need need : state.needs()) {
                TaskState needed = byId.get(need.task());
                if (needed != null && waitersLeft.merge(needed, -1, Integer::sum) == 0) {
                    measured.add(needed);
                }
            }
        }
    }

    /// Puts a waiting task where it belongs: over, ready, or still waiting.
    private void settle(TaskState state) {
        if (stopping.isPresent() && !isExempt(state)) {
            due.put(state.task().id(), ended(state, TaskStatus.CANCELED, stopping));
            return;
        }
        for (Need need : state.needs()) {
            TaskState needed = find(need.task());
            if (needed.isOver() && !isMet(needed, need.on())) {
                cannotStart(state, needed, need.on());
                return;
            }
        }
        if (state.unmetNeeds == 0) {
            makeReady(state);
        }
    }

    private void cannotStart(TaskState state, TaskState needed, Need.On on) {
        if (on == Need.On.FAILURE) {
            due.put(
                    state.task().id(),
                    ended(state, TaskStatus.CANCELED, Optional.of(Reason.NOT_NEEDED)));
            return;
        }
        state.cause = Optional.of(needed.cause.orElse(needed));
        due.put(state.task().id(), ended(state, TaskStatus.BLOCKED, Optional.of(Reason.BLOCKED)));
    }

    private void makeReady(TaskState state) {
        state.status = TaskStatus.READY;
        readyOf(state).add(state);
    }

    private NavigableSet<TaskState> readyOf(TaskState state) {
        return ready.computeIfAbsent(state.task().agent(), _ -> new TreeSet<>(DISPATCH_ORDER));
    }

    private void starting(Event.AttemptStarting event) {
        TaskState state = find(event.task());
        leaveWaiting(state);
        state.status = TaskStatus.RUNNING;
        state.attempt = event.attempt();
        state.process = Optional.empty();
        state.session = event.resumes();
        if (event.resumes().isEmpty()) {
            state.sessionUsage = Usage.NONE;
        }
        running.add(state);
    }

    private void leaveWaiting(TaskState state) {
        readyOf(state).remove(state);
        retrying.remove(state);
        state.retryAt = Optional.empty();
    }

    private void discovered(Discovery discovery) {
        discoveries.addLast(discovery);
        if (discoveries.size() > RECENT_DISCOVERIES_MAX) {
            discoveries.removeFirst();
        }
    }

    private void attemptEnded(TaskState state, Event.AttemptEnded event) {
        state.session = event.session().or(() -> state.session);
        state.sessionUsage = state.sessionUsage.plus(event.usage());
        event.usage().usd().ifPresent(usd -> spend(state, usd));
        state.process = Optional.empty();
        if (!(event.outcome() instanceof Outcome.RateLimited)) {
            pausesInARow.remove(state.task().agent());
        }
        switch (event.outcome()) {
            case Outcome.Done done -> {
                succeeded(state, done.result());
                due.put(state.task().id(), ended(state, TaskStatus.COMPLETED, Optional.empty()));
            }
            case Outcome.Integrated done -> {
                integrated(state, done.integration());
                due.put(state.task().id(), ended(state, TaskStatus.COMPLETED, Optional.empty()));
            }
            case Outcome.Planned planned -> {
                succeeded(state, planned.result());
                due.put(
                        state.task().id(),
                        new Step.Write(
                                new Event.TasksAdded(
                                        Optional.of(state.task().id()),
                                        planned.plan().goal(),
                                        planned.plan().tasks())));
                return;
            }
            case Outcome.Deferred deferred -> deferred(state, deferred);
            case Outcome.Failed failed -> failed(state, failed);
            case Outcome.RateLimited limited -> rateLimited(state, limited);
            case Outcome.Stopped stopped -> stopped(state, stopped);
        }
        if (!(event.outcome() instanceof Outcome.Deferred)) {
            running.remove(state);
        }
    }

    private void spend(TaskState state, BigDecimal usd) {
        state.spentUsd = state.spentUsd.add(usd);
        spentUsd = spentUsd.add(usd);
        if (stopping.isEmpty() && isBudgetSpent()) {
            stop(Reason.BUDGET);
        }
    }

    private boolean isBudgetSpent() {
        return settings().budgetUsd().filter(budget -> spentUsd.compareTo(budget) >= 0).isPresent();
    }

    private static void succeeded(TaskState state, WorkResult result) {
        state.result = result;
        state.reason = Optional.empty();
        state.message = "";
    }

    private void integrated(TaskState state, Integration integration) {
        state.result =
                new WorkResult("", false, integration.branch(), integration.commit(), List.of());
        state.reason = Optional.empty();
        leftBehind = 0;
        for (Integration.Fate fate : integration.tasks().values()) {
            switch (fate) {
                case Integration.Fate.In _ -> {}
                case Integration.Fate.Left _ -> leftBehind++;
            }
        }
        refused = integration.delivery() instanceof Integration.Delivery.Refused;
    }

    private void deferred(TaskState state, Outcome.Deferred deferred) {
        List<Task> fresh =
                deferred.until().stream().filter(t -> !tasks.containsKey(t.id())).toList();
        if (fresh.isEmpty()) {
            running.remove(state);
            fail(state, Reason.CONFLICT, deferred.why());
            return;
        }
        state.message = deferred.why();
        due.put(
                state.task().id(),
                new Step.Write(new Event.TasksAdded(Optional.of(state.task().id()), goal, fresh)));
    }

    private void failed(TaskState state, Outcome.Failed failed) {
        state.result = failed.partial();
        Reason reason = failed.reason();
        if (isStopped(state)) {
            fail(state, reason, failed.message());
            return;
        }
        if (reason == Reason.LOST && state.timesLost < LOST_MAX) {
            state.timesLost++;
            state.reason = Optional.of(reason);
            state.message = failed.message();
            makeReady(state);
            return;
        }
        if (reason.isTimeout()) {
            state.timeout = longer(state.timeout);
        }
        if (reason.isWorthRetrying()
                && stopping.isEmpty()
                && state.retries < state.task().limits().maxRetries()
                && !hasSpentItsBudget(state)) {
            state.reason = Optional.of(reason);
            state.message = failed.message();
            state.status = TaskStatus.RETRYING;
            due.put(state.task().id(), new Step.Retry(state.task().id(), state.retries));
            return;
        }
        fail(state, reason, failed.message());
    }

    private void fail(TaskState state, Reason reason, String message) {
        state.reason = Optional.of(reason);
        state.message = message;
        if (isStopped(state)) {
            Reason why = state.cancelRequested ? Reason.CANCELED : stopping.orElse(Reason.CANCELED);
            due.put(state.task().id(), ended(state, TaskStatus.CANCELED, Optional.of(why)));
        } else {
            TaskStatus status = reason.isTimeout() ? TaskStatus.TIMEOUT : TaskStatus.FAILED;
            due.put(state.task().id(), ended(state, status, Optional.of(reason)));
        }
    }

    private boolean isStopped(TaskState state) {
        return state.cancelRequested || (stopping.isPresent() && stopping.get() != Reason.BUDGET);
    }

    private static boolean hasSpentItsBudget(TaskState state) {
        return state.task()
                .limits()
                .budgetUsd()
                .filter(budget -> state.spentUsd.compareTo(budget) >= 0)
                .isPresent();
    }

    private Duration longer(Duration timeout) {
        double factor = settings().workers().backoff().timeoutFactor();
        Duration grown = Duration.ofMillis(Math.round(timeout.toMillis() * factor));
        return settings()
                .workers()
                .jobTimeout()
                .filter(limit -> limit.compareTo(grown) < 0)
                .orElse(grown);
    }

    private void rateLimited(TaskState state, Outcome.RateLimited limited) {
        state.result = limited.partial();
        state.message = limited.message();
        if (isStopped(state)) {
            fail(state, Reason.CANCELED, limited.message());
            return;
        }
        AgentName agent = state.task().agent();
        int times = pausesInARow.merge(agent, 1, Integer::sum) - 1;
        duePauses.put(
                agent,
                limited.until()
                        .<Step>map(until ->
                                new Step.Write(
                                        new Event.AgentPaused(agent, until, limited.message())))
                        .orElse(new Step.Pause(agent, times, limited.message())));
        waitAgain(state);
    }

    private void stopped(TaskState state, Outcome.Stopped stopped) {
        state.result = stopped.partial();
        if (isStopped(state)) {
            fail(state, Reason.CANCELED, "It was canceled.");
        } else {
            waitAgain(state);
        }
    }

    private void waitAgain(TaskState state) {
        state.status = TaskStatus.PENDING;
        settle(state);
    }

    private void retryScheduled(Event.RetryScheduled event) {
        TaskState state = find(event.task());
        due.remove(event.task());
        state.retries++;
        state.status = TaskStatus.RETRYING;
        state.retryAt = Optional.of(event.at());
        retrying.add(state);
    }

    private void taskEnded(Event.TaskEnded event) {
        TaskState state = find(event.task());
        due.remove(event.task());
        leaveWaiting(state);
        running.remove(state);
        state.status = event.status();
        state.reason = event.reason();
        open--;
        if (state.status == TaskStatus.COMPLETED && isWork(state)) {
            integrationDue = true;
        }
        for (TaskState.Waiter waiter : state.waiters) {
            if (waiter.task().status != TaskStatus.PENDING
                    || due.containsKey(waiter.task().task().id())) {
                continue;
            }
            if (!isMet(state, waiter.on())) {
                cannotStart(waiter.task(), state, waiter.on());
            } else if (--waiter.task().unmetNeeds == 0) {
                makeReady(waiter.task());
            }
        }
    }

    private void cancel(Event.CancelRequested event) {
        if (event.task().isEmpty()) {
            stop(event.reason());
            return;
        }
        TaskState state = tasks.get(event.task().get());
        if (state == null || state.isOver()) {
            return;
        }
        state.cancelRequested = true;
        if (!state.isRunning()) {
            leaveWaiting(state);
            state.status = TaskStatus.PENDING;
            due.put(
                    state.task().id(),
                    ended(state, TaskStatus.CANCELED, Optional.of(Reason.CANCELED)));
        }
    }

    /// Nothing new starts any more; what waits is canceled.
    private void stop(Reason reason) {
        stopping = Optional.of(reason);
        for (TaskState state : tasks.values()) {
            if (!state.isOver()
                    && !state.isRunning()
                    && !isExempt(state)
                    && !isEnding(due.get(state.task().id()))) {
                leaveWaiting(state);
                state.status = TaskStatus.PENDING;
                due.put(state.task().id(), ended(state, TaskStatus.CANCELED, stopping));
            }
        }
    }

    private static boolean isEnding(@Nullable Step step) {
        return step instanceof Step.Write(Event.TaskEnded _);
    }

    /// Finished work is joined even when the money is spent.
    private boolean isExempt(TaskState state) {
        return state.task().duty() instanceof Duty.Integrating
                && stopping.map(r -> r == Reason.BUDGET).orElse(true);
    }

    private static boolean isWork(TaskState state) {
        return state.task().duty() instanceof Duty.Work;
    }

    private void retry(Event.RetryRequested event) {
        Collection<TaskState> again = new ArrayList<>();
        for (TaskState state : tasks.values()) {
            boolean asked = event.tasks().isEmpty() || event.tasks().contains(state.task().id());
            boolean failed = state.isOver() && state.status != TaskStatus.COMPLETED;
            boolean behind = state.status == TaskStatus.BLOCKED || state.task().id().isOwn();
            if (failed && (asked || behind) && !isNotNeeded(state) && !isJoining(state)) {
                again.add(state);
            }
        }
        ended = Optional.empty();
        stopping = Optional.empty();
        integrationDue = true;
        for (TaskState state : again) {
            state.status = TaskStatus.PENDING;
            state.cancelRequested = false;
            state.retries = 0;
            state.timesLost = 0;
            state.cause = Optional.empty();
            state.timeout = event.timeout().orElse(state.timeout);
            open++;
        }
        for (TaskState state : again) {
            countNeeds(state);
            for (TaskState.Waiter waiter : state.waiters) {
                if (waiter.task().status == TaskStatus.PENDING) {
                    countNeeds(waiter.task());
                }
            }
        }
        again.forEach(this::settle);
        if (isBudgetSpent()) {
            stop(Reason.BUDGET);
        }
    }

    private static boolean isNotNeeded(TaskState state) {
        return state.reason.filter(r -> r == Reason.NOT_NEEDED).isPresent();
    }

    private static boolean isJoining(TaskState state) {
        return state.task().duty() instanceof Duty.Integrating;
    }

    private static Step ended(TaskState state, TaskStatus status, Optional<Reason> reason) {
        return new Step.Write(
                new Event.TaskEnded(
                        state.task().id(),
                        status,
                        reason,
                        state.cause.map(cause -> cause.task().id())));
    }

    private Optional<TaskState> runningAttempt(TaskId id, int attempt) {
        return Optional.ofNullable(tasks.get(id))
                .filter(t -> t.isRunning() && t.attempt == attempt && !due.containsKey(id));
    }

    private TaskState find(TaskId id) {
        TaskState state = tasks.get(id);
        if (state == null) {
            throw new IllegalArgumentException("job " + job + " has no task " + id);
        }
        return state;
    }

    // What others may know.

    public JobId job() {
        return job;
    }

    /// The sequence of the last event taken in; 0 before the first.
    public long sequence() {
        return sequence;
    }

    /// What the user asked for.
    ///
    /// @throws IllegalStateException before the job's first event
    public JobRequest request() {
        return request.orElseThrow(
                () -> new IllegalStateException("job " + job + " has no events"));
    }

    public Settings settings() {
        return request().settings();
    }

    public String goal() {
        return goal;
    }

    /// The number of the driver that has the job; 0 before the first.
    public int driver() {
        return driver;
    }

    public Optional<ProcessIdentity> driverProcess() {
        return driverProcess;
    }

    public Optional<TaskState> task(TaskId id) {
        return Optional.ofNullable(tasks.get(id));
    }

    /// All tasks, the engine's own too, in the order in which they joined.
    public Collection<TaskState> tasks() {
        return Collections.unmodifiableCollection(tasks.values());
    }

    /// The plan's tasks; that of worker n is number n - 1.
    public List<TaskState> workers() {
        return Collections.unmodifiableList(workers);
    }

    public Collection<TaskState> running() {
        return Collections.unmodifiableCollection(running);
    }

    /// The last findings, oldest first.
    public List<Discovery> discoveries() {
        return List.copyOf(discoveries);
    }

    /// Whether an attempt's report is one of a running attempt.
    public boolean isRunning(TaskId task, int attempt) {
        return runningAttempt(task, attempt).isPresent();
    }

    /// Whether the job is asked to be laid down.
    public boolean isPausing() {
        return pausing;
    }

    public boolean isOver() {
        return ended.isPresent();
    }

    /// How the job ended; empty while it has not.
    public Optional<JobStatus> ended() {
        return ended;
    }

    public BigDecimal spentUsd() {
        return spentUsd;
    }

    // What the scheduler asks.

    Collection<Step> dueFacts() {
        return due.values();
    }

    Collection<Step> duePauses() {
        return duePauses.values();
    }

    boolean isPaused(AgentName agent, Instant now) {
        Instant until = pausedUntil.get(agent);
        return duePauses.containsKey(agent) || (until != null && now.isBefore(until));
    }

    Map<AgentName, NavigableSet<TaskState>> ready() {
        return ready;
    }

    /// Tasks whose wait is over become ready. Time is the only cause of a change that is no event; it
    /// is the same change whenever it is asked for.
    void passTime(Instant now) {
        while (!retrying.isEmpty() && !retrying.first().retryAt.orElse(Instant.MIN).isAfter(now)) {
            TaskState state = retrying.removeFirst();
            state.retryAt = Optional.empty();
            makeReady(state);
        }
    }

    /// Whether some task only waits for a slot.
    public boolean hasReadyTasks() {
        return ready.values().stream().anyMatch(tasks -> !tasks.isEmpty());
    }

    Optional<Instant> nextRetry() {
        return retrying.isEmpty() ? Optional.empty() : retrying.first().retryAt;
    }

    /// When the first pause ends for which a ready task waits.
    Optional<Instant> nextResume(Instant now) {
        return pausedUntil.entrySet().stream()
                .filter(e -> e.getValue().isAfter(now))
                .filter(e ->
                        !ready.getOrDefault(e.getKey(), new TreeSet<>(DISPATCH_ORDER)).isEmpty())
                .map(Map.Entry::getValue)
                .min(Comparator.naturalOrder());
    }

    Optional<Instant> deadline() {
        return settings()
                .workers()
                .jobTimeout()
                .flatMap(limit -> submittedAt.map(at -> at.plus(limit)));
    }

    boolean hasNoTasks() {
        return tasks.isEmpty();
    }

    int open() {
        return open;
    }

    Optional<Reason> stopping() {
        return stopping;
    }

    /// Whether finished work waits to be joined, and may be.
    boolean isIntegrationDue() {
        return integrationDue
                && stopping.map(r -> r == Reason.BUDGET).orElse(true)
                && request().base().isPresent()
                && settings().layout().isolation() == Settings.Isolation.WORKTREE
                && settings().integrate().result() != Settings.Result.NONE
                && workers.stream()
                        .anyMatch(t ->
                                t.result.commit().isPresent() && t.status == TaskStatus.COMPLETED);
    }

    int integrations() {
        return integrations;
    }

    Limits ownLimits() {
        Settings.Workers workers = settings().workers();
        return new Limits(
                workers.defaultTimeout(),
                workers.maxRetries(),
                workers.maxFixRounds(),
                Optional.empty());
    }

    /// Whether some finished branch is not in the result, or the target could not take it.
    boolean hasConflictLeft() {
        return leftBehind > 0;
    }

    boolean isDeliveryRefused() {
        return refused;
    }

    /// Whether a failure of this task was what another task was waiting for, which then succeeded.
    boolean isHandled(TaskState state) {
        return state.waiters.stream()
                .anyMatch(
                        w -> w.on() == Need.On.FAILURE && w.task().status == TaskStatus.COMPLETED);
    }
}
