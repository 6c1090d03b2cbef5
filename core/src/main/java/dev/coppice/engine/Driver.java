package dev.coppice.engine;

import dev.coppice.model.AgentName;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Recorded;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.schedule.JobState;
import dev.coppice.schedule.Scheduler;
import dev.coppice.schedule.Step;
import dev.coppice.schedule.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Drives one job: takes in what was reported, writes it down, decides, writes the decision down, and
/// only then acts. Nothing is believed that is not in the log; so a driver can die at any point and
/// another one goes on from the log alone.
///
/// One thread at a time calls [#turn]; reports may come from any thread. The owner calls `turn` again
/// when the given `wake` was run or when the time that the last turn named has come.
public final class Driver {
    /// How a turn left the job.
    public sealed interface Turn {
        /// There is nothing to do before `until` (empty: before the next wake).
        record Waiting(Optional<Instant> until) implements Turn {}

        /// The job is over.
        record Over(JobStatus status) implements Turn {}

        /// The job was laid down; it goes on when it is resumed.
        record LaidDown() implements Turn {}

        /// Another driver has the job.
        record Superseded() implements Turn {}
    }

    private record Attempt(TaskId task, int number) {}

    private final JobState state;
    private final int number;
    private final EventLog log;
    private final Dispatch dispatch;
    private final Slots slots;
    private final InstantSource clock;
    private final RandomGenerator chance;
    private final Runnable wake;
    private final Consumer<Event.AgentPaused> pauses;

    private final Queue<Event> reports = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean mayHaveMore = new AtomicBoolean(true);
    private final List<Event> unwritten = new ArrayList<>();
    private final Set<Attempt> mine = new HashSet<>();

    /// Those of [#mine] that hold a slot, and those that have lent theirs to the jobs they wait for.
    private final Map<Attempt, AgentName> holding = new HashMap<>();

    private final Map<Attempt, AgentName> lending = new HashMap<>();
    private final Set<Attempt> asked = new HashSet<>();

    /// A driver for `job`, which has taken it as the `number`-th one.
    ///
    /// @param wake run, from any thread, when a turn has something to do
    /// @param pauses told of each pause that this job's provider asked for
    public Driver(
            JobId job,
            int number,
            EventLog log,
            Dispatch dispatch,
            Slots slots,
            InstantSource clock,
            RandomGenerator chance,
            Runnable wake,
            Consumer<Event.AgentPaused> pauses) {
        this.state = new JobState(job);
        this.number = number;
        this.log = log;
        this.dispatch = dispatch;
        this.slots = slots;
        this.clock = clock;
        this.chance = chance;
        this.wake = wake;
        this.pauses = pauses;
    }

    /// What this driver knows of the job; for the thread that takes its turns.
    public JobState state() {
        return state;
    }

    /// Another process may have appended to the job. From any thread.
    public void lookAgain() {
        mayHaveMore.set(true);
        wake.run();
    }

    /// Takes a fact that is to be written down. Reports of attempts that do not run are dropped. From
    /// any thread.
    public void report(Event event) {
        reports.add(event);
        wake.run();
    }

    /// Ends all running attempts at once, without waiting for a polite end. From any thread that has
    /// the turn.
    public void killAll() {
        mine.forEach(a -> dispatch.stop(state.job(), a.task(), a.number(), true));
    }

    /// Does all that can be done now.
    ///
    /// @throws EventLogException where the log failed; nothing is lost, the next turn reads on
    public Turn turn() {
        try {
            while (true) {
                readOn();
                if (state.driver() > number) {
                    // whoever drives the job now must find nobody at its work
                    killAll();
                    return leave(new Turn.Superseded());
                }
                takeUpStrays();
                if (!writeReports()) {
                    continue;
                }
                if (state.ended().isPresent()) {
                    return leave(new Turn.Over(state.ended().get()));
                }
                Instant now = clock.instant();
                List<Step> steps = news(slots.decide(state, now));
                if (!steps.isEmpty()) {
                    carryOut(steps, now);
                    if (state.ended().isPresent()) {
                        // before anything is read that others wrote since: they take the job up
                        // anew
                        return leave(new Turn.Over(state.ended().get()));
                    }
                } else if (state.isLaidDown()) {
                    return leave(new Turn.LaidDown());
                } else {
                    Optional<Instant> wakeAt = Scheduler.wakeAt(state, now);
                    assertSomethingToWaitFor(wakeAt);
                    return new Turn.Waiting(wakeAt);
                }
            }
        } catch (EventLogException e) {
            mayHaveMore.set(true);
            throw e;
        }
    }

    /// Gives back the slots that this driver holds; it takes no turn any more.
    void leave() {
        List<Attempt> left = List.copyOf(mine);
        mine.clear();
        left.forEach(this::giveBack);
        slots.leave(state.job());
    }

    private Turn leave(Turn last) {
        leave();
        return last;
    }

    private void readOn() {
        if (!mayHaveMore.getAndSet(false)) {
            return;
        }
        log.readOn(
                state.job(),
                state.sequence(),
                recorded -> {
                    believe(recorded);
                    // It was stored by an append of this driver that failed afterwards.
                    unwritten.remove(recorded.event());
                });
    }

    private void believe(Recorded recorded) {
        state.apply(recorded);
        if (recorded.event() instanceof Event.AttemptEnded e) {
            Attempt attempt = new Attempt(e.task(), e.attempt());
            mine.remove(attempt);
            asked.remove(attempt);
            giveBack(attempt);
        } else if (recorded.event() instanceof Event.TasksAdded e) {
            e.tasks().forEach(this::lendOrTakeBack);
        } else if (recorded.event() instanceof Event.TaskEnded e) {
            lendOrTakeBack(state.task(e.task()).orElseThrow().task());
        }
    }

    private void giveBack(Attempt attempt) {
        AgentName held = holding.remove(attempt);
        if (held != null) {
            slots.release(state, held);
        }
        AgentName lent = lending.remove(attempt);
        if (lent != null) {
            slots.takeBack(state, lent);
            slots.release(state, lent);
        }
    }

    /// An attempt lends its slot while a job that it started is open.
    private void lendOrTakeBack(Task child) {
        if (child.duty() instanceof Duty.Delegating(TaskId by, JobId _, JobRequest _)) {
            TaskState task = state.task(by).orElseThrow();
            Attempt attempt = new Attempt(by, task.attempt());
            boolean waits = task.openChildren() > 0;
            if (waits && holding.containsKey(attempt)) {
                AgentName agent = Objects.requireNonNull(holding.remove(attempt));
                lending.put(attempt, agent);
                slots.lend(state, agent);
                dispatch.waits(state.job(), by, attempt.number(), true);
            } else if (!waits && lending.containsKey(attempt)) {
                AgentName agent = Objects.requireNonNull(lending.remove(attempt));
                holding.put(attempt, agent);
                slots.takeBack(state, agent);
                dispatch.waits(state.job(), by, attempt.number(), false);
            }
        }
    }

    /// An attempt that runs in the log and not by this driver's doing was started by one before it, or
    /// by this one in an append that failed after it had stored.
    private void takeUpStrays() {
        for (TaskState task : List.copyOf(state.running())) {
            Attempt attempt = new Attempt(task.task().id(), task.attempt());
            if (mine.add(attempt)) {
                takeSlot(task, attempt);
                dispatch.recover(
                        Orders.order(state, task, task.attempt(), task.timeout()),
                        task.process(),
                        this::report);
            }
        }
    }

    private void takeSlot(TaskState task, Attempt attempt) {
        AgentName agent = task.task().agent();
        if (state.holdsSlot(task)) {
            holding.put(attempt, agent);
            slots.take(state, agent);
        } else if (task.openChildren() > 0) {
            lending.put(attempt, agent);
            slots.take(state, agent);
            slots.lend(state, agent);
        }
    }

    /// Writes what was reported; false where somebody else wrote first.
    private boolean writeReports() {
        for (Event report = reports.poll(); report != null; report = reports.poll()) {
            unwritten.add(report);
        }
        List<Event> fresh = fresh(unwritten);
        if (fresh.isEmpty() || append(fresh, clock.instant())) {
            unwritten.clear();
            return true;
        }
        return false;
    }

    /// The reports without those of attempts that do not run; after a job's end there are none.
    private List<Event> fresh(List<Event> reported) {
        List<Event> fresh = new ArrayList<>();
        Set<Attempt> over = new HashSet<>();
        for (Event report : reported) {
            Optional<Attempt> attempt = attemptOf(report);
            boolean stale =
                    attempt.filter(a -> over.contains(a) || !state.isRunning(a.task(), a.number()))
                            .isPresent();
            if (!stale && !state.isOver()) {
                fresh.add(report);
            }
            if (report instanceof Event.AttemptEnded) {
                attempt.ifPresent(over::add);
            }
        }
        return fresh;
    }

    private static Optional<Attempt> attemptOf(Event report) {
        return switch (report) {
            case Event.WorkspaceReady e -> Optional.of(new Attempt(e.task(), e.attempt()));
            case Event.AttemptStarted e -> Optional.of(new Attempt(e.task(), e.attempt()));
            case Event.SessionOpened e -> Optional.of(new Attempt(e.task(), e.attempt()));
            case Event.AgentEnded e -> Optional.of(new Attempt(e.task(), e.attempt()));
            case Event.Checked e -> Optional.of(new Attempt(e.task(), e.attempt()));
            case Event.Discovered e -> Optional.of(new Attempt(e.task(), e.attempt()));
            case Event.AttemptEnded e -> Optional.of(new Attempt(e.task(), e.attempt()));
            case Event.JobSubmitted _,
                    Event.DriverTaken _,
                    Event.TasksAdded _,
                    Event.AttemptClaimed _,
                    Event.AttemptStarting _,
                    Event.RetryScheduled _,
                    Event.TaskEnded _,
                    Event.AgentPaused _,
                    Event.CheckoutChanged _,
                    Event.CancelRequested _,
                    Event.PauseRequested _,
                    Event.RetryRequested _,
                    Event.Noted _,
                    Event.ResultMerged _,
                    Event.JobEnded _ ->
                    Optional.empty();
        };
    }

    /// The steps without the stops that were already asked for.
    private List<Step> news(List<Step> steps) {
        return steps.stream()
                .filter(step ->
                        !(step instanceof Step.Stop stop)
                                || asked.add(new Attempt(stop.task(), stop.attempt())))
                .toList();
    }

    private void carryOut(List<Step> steps, Instant now) {
        List<Event> events =
                steps.stream()
                        .flatMap(step -> Steps.event(step, state, now, chance).stream())
                        .toList();
        boolean appended = false;
        try {
            appended = events.isEmpty() || append(events, now);
        } finally {
            if (!appended) {
                takeBack(steps);
            }
        }
        if (appended) {
            steps.forEach(this::act);
            for (Event event : events) {
                if (event instanceof Event.AgentPaused pause) {
                    pauses.accept(pause);
                }
            }
        }
    }

    /// The steps were not taken: the slots go back, and stops are to be asked for again.
    private void takeBack(List<Step> steps) {
        for (Step step : steps) {
            switch (step) {
                case Step.Start start -> slots.release(state, start.agent());
                case Step.Stop stop -> asked.remove(new Attempt(stop.task(), stop.attempt()));
                case Step.Write _, Step.Retry _, Step.Pause _, Step.Delegate _ -> {}
            }
        }
    }

    private void act(Step step) {
        switch (step) {
            case Step.Start start -> {
                holding.put(new Attempt(start.task(), start.attempt()), start.agent());
                dispatch(start.task(), start.attempt(), start.timeout());
            }
            case Step.Delegate child -> dispatch(child.task(), child.attempt(), child.timeout());
            case Step.Stop stop -> dispatch.stop(state.job(), stop.task(), stop.attempt(), false);
            case Step.Write _, Step.Retry _, Step.Pause _ -> {}
        }
    }

    private void dispatch(TaskId id, int attempt, Duration timeout) {
        mine.add(new Attempt(id, attempt));
        TaskState task = state.task(id).orElseThrow();
        dispatch.start(Orders.order(state, task, attempt, timeout), this::report);
    }

    /// Appends and believes; where somebody else wrote first, the next turn of the loop reads on.
    private boolean append(List<Event> events, Instant at) {
        long next = state.sequence() + 1;
        if (!log.append(state.job(), next, at, events)) {
            mayHaveMore.set(true);
            return false;
        }
        for (Event event : events) {
            believe(new Recorded(state.job(), next++, at, event));
        }
        return true;
    }

    private void assertSomethingToWaitFor(Optional<Instant> wakeAt) {
        boolean waits = wakeAt.isPresent() || !state.running().isEmpty() || state.hasReadyTasks();
        if (!waits) {
            throw new IllegalStateException(
                    "job " + state.job() + " is not over and has nothing to wait for");
        }
    }
}
