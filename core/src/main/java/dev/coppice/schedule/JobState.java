package dev.coppice.schedule;

import dev.coppice.model.AgentName;
import dev.coppice.model.Discovery;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.JobStatus;
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
import dev.coppice.model.WorkerNumbers;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The state of one job: the fold of its events. It is kept incrementally, with an index for each
/// question that the [Scheduler] asks, so that a step costs the same in a job of a thousand tasks and
/// in one of a million. It belongs to one thread.
///
/// Here is what happens between tasks. What is true of one of them is in [TaskState]; the indices, each
/// with a law of its own, are [Waiting], [Underway], [Due], [Money], [Joinings] and [Pauses]. What an
/// outcome leads to is in [AttemptEnd], what another try begins anew in [TriedAgain].
///
/// The life of a task. An event leads along an arrow. What follows from an event and is an event
/// itself (a retry's time, tasks that join, a task's end) is first *due*, then recorded, then
/// believed; of each task at most one such fact is due at a time, and while one is, the task neither
/// runs nor starts.
///
/// ```
///                  TasksAdded
///                      │        AttemptEnded(Deferred | Planned), TasksAdded: more needs
///                      ▼        ┌────────────────────────────────────────────┐
///                  PENDING ◀────┘                                            │
///                      │ all needs met                                       │
///                      ▼        AttemptStarting                              │
///                    READY ──────────────────▶ RUNNING ──────────────────────┤
///                      ▲                        │   │ AttemptEnded(RateLimited | Stopped | lost): READY
///                      │ the wait is over       │   │
///                  RETRYING ◀───────────────────┘   │ AttemptEnded(Done | Failed | …), TaskEnded
///                        RetryScheduled             ▼
///            COMPLETED  FAILED  TIMEOUT  BLOCKED  CANCELED      (RetryRequested: back to PENDING)
/// ```
///
/// An attempt may also be claimed by somebody outside (AttemptClaimed in the place of AttemptStarting):
/// the task then runs, but in no slot of ours, until its claimant ends it or the claim is taken back.
///
/// A task whose attempt started child jobs has a task for each ([Duty.Delegating]), which joins while
/// the attempt runs and which the task then needs. While one of them is open, the attempt lends its
/// slot; when the attempt is done, the task is attempted again after they have ended, to take in
/// what they brought.
///
/// Work stops for one reason at a time. When the budget is spent, nothing new starts but the joining
/// of what is done and the taking in of what child jobs brought; any other reason stops also what runs.
public final class JobState {
    /// Tasks that the agents of one job may add to it; beyond that they go round in circles.
    public static final int TASKS_OF_AGENTS_MAX = 100;

    static final String BUDGET_SPENT = "The task's budget is spent.";
    private static final int RECENT_DISCOVERIES_MAX = 100;

    private final JobId job;
    private long sequence;
    private Instant lastAt = Instant.MAX;
    private Optional<JobRequest> request = Optional.empty();
    private String goal = "";
    private int driver;
    private Optional<ProcessIdentity> driverProcess = Optional.empty();

    private final SequencedMap<TaskId, TaskState> tasks = new LinkedHashMap<>();
    private final RemainingPaths paths = new RemainingPaths(this::find);
    private final List<TaskState> workers = new ArrayList<>();
    private final Waiting waiting = new Waiting();
    private final Underway underway = new Underway();
    private final Money money = new Money(() -> settings().budgetUsd());
    final Due due = new Due();
    final Joinings joinings = new Joinings();
    final Pauses pauses = new Pauses();
    private final ArrayDeque<Discovery> discoveries = new ArrayDeque<>();

    private int open;

    /// Tasks that agents of the job have added to it.
    private int addedByAgents;

    private boolean pausing;
    private Optional<Instant> deadline = Optional.empty();
    Optional<Reason> stopping = Optional.empty();
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
            case Event.JobSubmitted e -> submitted(e, at);
            case Event.DriverTaken e -> driverTaken(e, at);
            case Event.TasksAdded e -> add(e, at);
            case Event.AttemptClaimed e -> claimed(e);
            case Event.AttemptStarting e -> starting(e);
            case Event.AttemptStarted e ->
                    runningAttempt(e.task(), e.attempt())
                            .ifPresent(t -> t.process = Optional.of(e.process()));
            case Event.SessionOpened e ->
                    runningAttempt(e.task(), e.attempt()).ifPresent(t -> t.inSession(e.session()));
            case Event.Discovered e -> discovered(e.discovery());
            case Event.AttemptEnded e ->
                    runningAttempt(e.task(), e.attempt()).ifPresent(t -> attemptEnded(t, e, at));
            case Event.RetryScheduled e -> retryScheduled(e);
            case Event.TaskEnded e -> taskEnded(e);
            case Event.AgentPaused e -> pauses.recorded(e);
            case Event.CancelRequested e -> cancel(e);
            case Event.PauseRequested _ -> pausing = true;
            case Event.RetryRequested e -> retry(e, at);
            case Event.JobEnded e -> {
                ended = Optional.of(e.status());
                driverProcess = Optional.empty();
            }
            case Event.WorkspaceReady _,
                    Event.AgentEnded _,
                    Event.Checked _,
                    Event.CheckoutChanged _,
                    Event.Noted _,
                    Event.ResultMerged _ -> {}
        }
        lastAt = at;
    }

    private void submitted(Event.JobSubmitted event, Instant at) {
        request = Optional.of(event.request());
        goal = event.request().request();
        beginTime(at);
    }

    private void beginTime(Instant at) {
        deadline = settings().workers().jobTimeout().map(at::plus);
    }

    /// The time in which nobody drove the job, as far as the events tell, does not count as its own.
    private void driverTaken(Event.DriverTaken event, Instant at) {
        driver = event.number();
        driverProcess = Optional.of(event.process());
        pausing = false;
        if (at.isAfter(lastAt)) {
            Duration undriven = Duration.between(lastAt, at);
            deadline = deadline.map(d -> d.plus(undriven));
        }
    }

    // Tasks join.

    private void add(Event.TasksAdded event, Instant at) {
        if (isOver()) {
            ended = Optional.empty();
            beginTime(at);
        }
        List<TaskState> added = event.tasks().stream().map(this::join).toList();
        for (TaskState state : added) {
            link(state, state.needs());
            countNeeds(state);
        }
        RemainingPaths.estimate(added);
        measure(added);
        added.forEach(this::settle);
        added.forEach(this::hang);
        addedByAgents += ofAgents(event.by(), event.tasks());
        if (event.by().isEmpty()) {
            goal = event.goal();
        } else if (due.isLaying(event.by().get())) {
            laid(find(event.by().get()), event);
        }
    }

    /// How many of the tasks are work that an agent adds which was started for the job; a claimant is no such agent.
    private int ofAgents(Optional<TaskId> by, List<Task> added) {
        return by.map(tasks::get).filter(t -> t.isWork() && t.claim.isEmpty()).isPresent()
                ? (int) added.stream().filter(task -> task.duty() instanceof Duty.Work).count()
                : 0;
    }

    private TaskState join(Task task) {
        int worker = task.id().isOwn() ? 0 : workers.size() + 1;
        TaskState state = new TaskState(task, tasks.size(), worker);
        if (tasks.putIfAbsent(task.id(), state) != null) {
            throw new IllegalArgumentException("task " + task.id() + " is there already");
        }
        if (worker > 0) {
            workers.add(state);
        }
        if (state.isJoining()) {
            joinings.begin();
        }
        open++;
        return state;
    }

    /// Measures what these tasks make longer.
    private void measure(Collection<TaskState> these) {
        Set<TaskState> changing = paths.before(these);
        waiting.reorder(changing, () -> paths.measure(changing));
    }

    /// A child job is waited for by the task that started it, which runs.
    private void hang(TaskState child) {
        if (child.task().duty() instanceof Duty.Delegating delegating) {
            TaskState by = find(delegating.by());
            underway.childBegins(by);
            Need need = Need.end(child.task().id());
            by.addNeeds(List.of(need));
            link(by, List.of(need));
            by.children.add(child);
            by.childrenStarted++;
            by.numbersTaken += numbers(delegating).count();
            money.promise(by, promised(delegating));
            by.hasDelegated = true;
        }
    }

    private static WorkerNumbers numbers(Duty.Delegating delegating) {
        return delegating.request().parent().orElseThrow().family().numbers();
    }

    private static BigDecimal promised(Duty.Delegating delegating) {
        return delegating.request().settings().budgetUsd().orElse(BigDecimal.ZERO);
    }

    /// The lead's task is over with its plan; any other that laid tasks waits for their end.
    private void laid(TaskState by, Event.TasksAdded event) {
        due.remove(by);
        if (by.task().duty() instanceof Duty.Planning) {
            goal = event.goal();
            due.end(by, TaskStatus.COMPLETED, Optional.empty());
            return;
        }
        List<Need> more = event.tasks().stream().map(t -> Need.end(t.id())).toList();
        by.addNeeds(more);
        link(by, more);
        beginAgain(by);
    }

    /// Asks the tasks that this one needs to tell it when they end.
    private void link(TaskState state, List<Need> needs) {
        for (Need need : needs) {
            find(need.task()).waiters.add(new TaskState.Waiter(state, need.on()));
        }
    }

    // Tasks wait for what they need, for their time and for their turn.

    private void countNeeds(TaskState state) {
        state.unmetNeeds =
                Math.toIntExact(
                        state.needs().stream()
                                .filter(need -> !find(need.task()).meets(need.on()))
                                .count());
    }

    /// Puts a pending task where it belongs: over, ready, or still waiting.
    private void settle(TaskState state) {
        if (stopping.isPresent() && !isExempt(state)) {
            due.end(state, TaskStatus.CANCELED, stopping);
            return;
        }
        for (Need need : state.needs()) {
            TaskState needed = find(need.task());
            if (needed.isOver() && !needed.meets(need.on())) {
                cannotStart(state, needed, need.on());
                return;
            }
        }
        if (state.unmetNeeds == 0) {
            waiting.ready(state);
        }
    }

    /// Finished work is joined even when the money is spent, that of child jobs too.
    private boolean isExempt(TaskState state) {
        return (state.isJoining() || state.done.isPresent()) && !isStopping();
    }

    private void cannotStart(TaskState state, TaskState needed, Need.On on) {
        if (on == Need.On.FAILURE) {
            due.end(state, TaskStatus.CANCELED, Optional.of(Reason.NOT_NEEDED));
        } else {
            state.cause = Optional.of(needed.cause.orElse(needed));
            due.end(state, TaskStatus.BLOCKED, Optional.of(Reason.BLOCKED));
        }
    }

    private void retryScheduled(Event.RetryScheduled event) {
        TaskState state = find(event.task());
        due.remove(state);
        state.retries++;
        waiting.retry(state, event.at());
    }

    /// What the task needs is looked at anew, since some of it may have been tried again meanwhile.
    void beginAgain(TaskState state) {
        state.status = TaskStatus.PENDING;
        countNeeds(state);
        settle(state);
    }

    // Attempts start and end.

    private void starting(Event.AttemptStarting event) {
        TaskState state = find(event.task());
        waiting.leave(state);
        state.begins(event.attempt());
        state.process = Optional.empty();
        state.session = event.resumes();
        if (event.resumes().isEmpty()) {
            state.sessionUsage = Usage.NONE;
        }
        underway.start(state);
    }

    private void claimed(Event.AttemptClaimed event) {
        TaskState state = find(event.task());
        if (state.claim.isEmpty()) {
            waiting.leave(state);
            state.begins(event.attempt());
            state.session = Optional.empty();
            state.sessionUsage = Usage.NONE;
        }
        underway.claim(state, new TaskState.Claim(event.agent(), event.until()));
    }

    private void discovered(Discovery discovery) {
        discoveries.addLast(discovery);
        if (discoveries.size() > RECENT_DISCOVERIES_MAX) {
            discoveries.removeFirst();
        }
    }

    private void attemptEnded(TaskState state, Event.AttemptEnded event, Instant at) {
        event.session().ifPresent(state::inSession);
        state.sessionUsage = state.sessionUsage.plus(event.usage());
        state.process = Optional.empty();
        event.usage().usd().ifPresent(usd -> spend(state, usd));
        if (state.claim.isPresent()) {
            due.remove(state);
        } else if (!(event.outcome() instanceof Outcome.RateLimited) && !state.isChild()) {
            pauses.answered(state.task().agent());
        }
        underway.end(state);
        new AttemptEnd(this, state).follow(event.outcome(), at);
    }

    private void spend(TaskState state, BigDecimal usd) {
        money.spend(state, usd);
        if (state.task().duty() instanceof Duty.Delegating delegating) {
            money.charge(find(delegating.by()), usd);
        }
        stopWhenBudgetIsSpent();
    }

    private void stopWhenBudgetIsSpent() {
        if (money.isSpent()) {
            stop(Reason.BUDGET);
        }
    }

    /// An agent without a session knows nothing of what it did, nor of the jobs that it started.
    void beginAfresh(TaskState state) {
        if (state.session.isEmpty()) {
            state.done = Optional.empty();
            state.children.forEach(this::cancelOpen);
            state.children.clear();
        }
    }

    // Tasks end.

    private void taskEnded(Event.TaskEnded event) {
        TaskState state = find(event.task());
        due.remove(state);
        waiting.leave(state);
        state.status = event.status();
        state.reason = event.reason();
        open--;
        if (state.status == TaskStatus.COMPLETED && state.isWork()) {
            joinings.workCame();
        }
        if (state.task().duty() instanceof Duty.Delegating delegating) {
            childEnded(delegating);
        }
        for (TaskState.Waiter waiter : state.waiters) {
            if (isPending(waiter.task())) {
                if (!state.meets(waiter.on())) {
                    cannotStart(waiter.task(), state, waiter.on());
                } else if (--waiter.task().unmetNeeds == 0) {
                    waiting.ready(waiter.task());
                }
            }
        }
        state.children.forEach(this::cancelOpen);
    }

    private boolean isPending(TaskState state) {
        return state.status == TaskStatus.PENDING && !due.has(state);
    }

    /// A child job is over. What it cost may have been all that its task had to go on.
    private void childEnded(Duty.Delegating delegating) {
        TaskState by = find(delegating.by());
        underway.childEnds(by);
        money.takeBack(by, promised(delegating));
        if (isWaitingToStart(by) && by.isOutOfMoney()) {
            hold(by);
            fail(by, Reason.BUDGET, BUDGET_SPENT);
        }
    }

    void fail(TaskState state, Reason reason, String message) {
        state.message = message;
        if (state.cancelRequested) {
            due.end(state, TaskStatus.CANCELED, Optional.of(Reason.CANCELED));
        } else if (isStopping()) {
            due.end(state, TaskStatus.CANCELED, stopping);
        } else {
            TaskStatus status = reason.isTimeout() ? TaskStatus.TIMEOUT : TaskStatus.FAILED;
            due.end(state, status, Optional.of(reason));
        }
    }

    // Work is stopped.

    private void cancel(Event.CancelRequested event) {
        if (event.task().isEmpty()) {
            stop(event.reason());
            return;
        }
        TaskState state = tasks.get(event.task().get());
        if (state != null) {
            cancelOpen(state);
            state.children.forEach(this::cancelOpen);
        }
    }

    private void cancelOpen(TaskState state) {
        if (due.endOf(state).isEmpty()) {
            state.cancelRequested = true;
            if (state.claim.isPresent()) {
                due.takeBack(state);
            } else if (!underway.isRunning(state)) {
                cancelWaiting(state, Reason.CANCELED);
            }
        }
    }

    /// Nothing new starts any more; what waits is canceled. The first reason stays the one told, but
    /// that the money is spent gives way to every other.
    private void stop(Reason reason) {
        if (isStopping() || isStopping(reason)) {
            return;
        }
        stopping = Optional.of(reason);
        for (TaskState state : tasks.values()) {
            if (state.claim.isPresent()) {
                if (isStopping()) {
                    due.takeBack(state);
                }
            } else if (!underway.isRunning(state)
                    && due.endOf(state).isEmpty()
                    && !isExempt(state)) {
                cancelWaiting(state, reason);
            }
        }
    }

    private void cancelWaiting(TaskState state, Reason reason) {
        waiting.leave(state);
        state.status = TaskStatus.PENDING;
        due.end(state, TaskStatus.CANCELED, Optional.of(reason));
    }

    // Another try is asked for.

    /// Another try takes back a cancel, lets what did not succeed begin anew, and gives the job its
    /// whole time again.
    private void retry(Event.RetryRequested event, Instant at) {
        ended = Optional.empty();
        stopping = Optional.empty();
        joinings.workCame();
        beginTime(at);
        Set<TaskState> asked = asked(Set.copyOf(event.tasks()));
        asked.forEach(state -> state.cancelRequested = false);
        SequencedSet<TaskState> again = new TriedAgain(due).among(tasks.values(), asked);
        Set<TaskState> held = new LinkedHashSet<>();
        for (TaskState state : again) {
            state.waiters.stream().map(TaskState.Waiter::task).forEach(held::add);
            begin(state, event.timeout());
        }
        measure(again);
        held.removeIf(state -> again.contains(state) || !isWaitingToStart(state));
        held.forEach(this::hold);
        again.forEach(this::beginAgain);
        held.forEach(this::beginAgain);
        stopWhenBudgetIsSpent();
    }

    /// The tasks of these names, or all where there are none, but for child jobs.
    private Set<TaskState> asked(Set<TaskId> names) {
        return tasks.values().stream()
                .filter(t -> !t.isChild() && (names.isEmpty() || names.contains(t.task().id())))
                .collect(Collectors.toSet());
    }

    private void begin(TaskState state, Optional<Duration> timeout) {
        if (state.isOver()) {
            open++;
        }
        due.remove(state);
        state.status = TaskStatus.PENDING;
        state.cancelRequested = false;
        beginAfresh(state);
        state.retries = 0;
        state.timesLost = 0;
        state.cause = Optional.empty();
        state.timeout = timeout.orElse(state.timeout);
    }

    /// Whether the task could start as soon as its turn or its time comes.
    private boolean isWaitingToStart(TaskState state) {
        return due.endOf(state).isEmpty()
                && switch (state.status) {
                    case PENDING, READY, RETRYING -> true;
                    case RUNNING, COMPLETED, FAILED, TIMEOUT, BLOCKED, CANCELED -> false;
                };
    }

    /// A task waits again for one that it thought over.
    private void hold(TaskState state) {
        waiting.leave(state);
        due.remove(state);
    }

    private Optional<TaskState> runningAttempt(TaskId id, int attempt) {
        return task(id).filter(t -> underway.has(t, attempt));
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

    /// The number of the last driver that took the job; 0 before the first.
    public int driver() {
        return driver;
    }

    /// The process that drives the job, if it lives; empty where the job is over or laid down.
    public Optional<ProcessIdentity> driverProcess() {
        return isLaidDown() ? Optional.empty() : driverProcess;
    }

    /// The jobs that tasks of this one started, in their order.
    public List<JobId> children() {
        return tasks.values().stream()
                .flatMap(task ->
                        task.task().duty() instanceof Duty.Delegating delegating
                                ? Stream.of(delegating.child())
                                : Stream.empty())
                .toList();
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

    /// The tasks with an attempt that was started by a driver.
    public Collection<TaskState> running() {
        return underway.running();
    }

    /// The tasks that somebody outside has claimed, the one first whose claim is stale first.
    public Collection<TaskState> claimed() {
        return underway.claimed();
    }

    /// Whether this agent has ever claimed a task.
    public boolean hasClaimed(AgentName agent) {
        return underway.hasClaimed(agent);
    }

    /// The first task in the order of dispatch that is ready to be claimed, among those wanted. Only the
    /// plan's tasks can be claimed, not the engine's own.
    public Optional<TaskState> claimable(Predicate<TaskState> isWanted) {
        return waiting.first(task -> task.isWork() && isWanted.test(task));
    }

    /// Why tasks cannot join the job; empty where they can.
    ///
    /// @param by the task whose attempt adds them; empty: somebody outside
    public Optional<String> misfit(Optional<TaskId> by, List<Task> added) {
        if (stopping.isPresent()) {
            return Optional.of("Nothing new starts in the job any more.");
        }
        if (by.isPresent() && !isBusy(by.get())) {
            return Optional.of("Task " + by.get() + " has no attempt that could add tasks.");
        }
        Optional<String> left = whyNotAgain();
        if (left.isPresent()) {
            return left;
        }
        int ofAgents = ofAgents(by, added);
        if (ofAgents > 0 && addedByAgents + ofAgents > TASKS_OF_AGENTS_MAX) {
            return Optional.of(
                    "The job's agents have added %d tasks to it already, and may add %d at most. Do the work yourself."
                            .formatted(addedByAgents, TASKS_OF_AGENTS_MAX));
        }
        Set<TaskId> taken = due.laid();
        return Misfit.of(
                added,
                id -> tasks.containsKey(id) || taken.contains(id),
                id -> tasks.containsKey(id) && !id.isOwn());
    }

    /// Why the job does not begin again: it is over, and the task that started it has taken in what it brought. Empty
    /// where it goes on, or may begin again.
    public Optional<String> whyNotAgain() {
        return isOver() ? request().parent().map(JobRequest.Parent::whyNotAgain) : Optional.empty();
    }

    private boolean isBusy(TaskId id) {
        return isRunning(id, Optional.ofNullable(tasks.get(id)).map(TaskState::attempt).orElse(0));
    }

    /// The last findings, oldest first.
    public List<Discovery> discoveries() {
        return List.copyOf(discoveries);
    }

    /// Whether an attempt's report is one of a running attempt.
    public boolean isRunning(TaskId task, int attempt) {
        return runningAttempt(task, attempt).isPresent();
    }

    /// When the first claim is stale; empty where there is none.
    Optional<Instant> nextStale() {
        return underway.nextStale();
    }

    /// Whether some task only waits for a slot, or for its agent's pause to end.
    public boolean hasReadyTasks() {
        return waiting.agents().findAny().isPresent();
    }

    /// Whether the attempt of a task runs in a slot: a child job needs none, and an attempt that waits
    /// for its child jobs lends its own.
    public boolean holdsSlot(TaskState task) {
        return underway.holdsSlot(task);
    }

    /// Whether the job is asked to be laid down and no attempt runs. Child jobs are laid down by
    /// themselves.
    public boolean isLaidDown() {
        return pausing && underway.isQuiet();
    }

    /// What the last joining brought; empty where there was none that succeeded.
    public Optional<WorkResult> joined() {
        return task(TaskId.integration(joinings.count()))
                .filter(t -> t.status() == TaskStatus.COMPLETED)
                .map(TaskState::result);
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
        return money.spentUsd();
    }

    /// What an attempt of the task, or a job that it starts, may cost: the least of what is left of its own money and the
    /// job's, without what is promised to child jobs; empty where neither has a limit.
    public Optional<BigDecimal> budgetLeft(TaskState task) {
        return money.left(task);
    }

    // What the scheduler asks.

    Collection<Step> dueFacts() {
        return due.all();
    }

    Collection<Step> duePauses() {
        return pauses.due();
    }

    boolean isPaused(AgentName agent, Instant now) {
        return pauses.isPaused(agent, now);
    }

    Map<AgentName, NavigableSet<TaskState>> ready() {
        return waiting.ready();
    }

    /// Child jobs that are to be seen to.
    Collection<TaskState> readyChildren() {
        return waiting.readyChildren();
    }

    /// How many running attempts hold a slot.
    int holding() {
        return underway.holding();
    }

    /// Whether all the money that is left is promised to child jobs, of which some may come back.
    boolean isMoneyPromised() {
        return money.isPromised();
    }

    /// How many attempts of the job may run at once.
    public int slots() {
        return settings().recursion().slots(request().depth(), settings().workers().maxWorkers());
    }

    /// Tasks whose wait is over become ready. Time is the only cause of a change that is no event; it
    /// is the same change whenever it is asked for.
    void passTime(Instant now) {
        waiting.takeRetries(now).forEach(this::beginAgain);
    }

    Optional<Instant> nextRetry() {
        return waiting.nextRetry();
    }

    /// When the first pause ends for which a ready task waits.
    Optional<Instant> nextResume(Instant now) {
        return waiting.agents()
                .flatMap(agent -> pauses.end(agent).stream())
                .filter(now::isBefore)
                .min(Comparator.naturalOrder());
    }

    /// When the job has used its time; empty where it has no limit.
    Optional<Instant> deadline() {
        return deadline;
    }

    /// How many tasks are not over.
    int open() {
        return open;
    }

    /// Whether what runs is to stop too.
    boolean isStopping() {
        return stopping.isPresent() && !isStopping(Reason.BUDGET);
    }

    boolean isStopping(Reason reason) {
        return stopping.filter(r -> r == reason).isPresent();
    }

    /// Whether there is finished work that no joining has looked at, and a result to join it into.
    boolean isUnjoined() {
        return joinings.hasUnjoinedWork()
                && request().base().isPresent()
                && settings().layout().isolation() == Settings.Isolation.WORKTREE
                && settings().integrate().result() != Settings.Result.NONE
                && workers.stream()
                        .anyMatch(t ->
                                t.status == TaskStatus.COMPLETED && t.result.commit().isPresent());
    }

    /// How many joinings there were.
    int integrations() {
        return joinings.count();
    }

    /// Whether the last joining left some finished branch for the user.
    boolean hasConflictLeft() {
        return joinings.hasConflictLeft();
    }

    /// Whether the target could not take what the last joining brought.
    boolean isDeliveryRefused() {
        return joinings.isRefused();
    }
}
