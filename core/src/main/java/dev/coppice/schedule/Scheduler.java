package dev.coppice.schedule;

import dev.coppice.model.AgentName;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.JobRequest;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Plan;
import dev.coppice.model.Reason;
import dev.coppice.model.Task;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/// Decides what is to be done next, from a job's state, the time and the room that other jobs leave.
///
/// Facts come first: as long as something that follows from the events is not written down, nothing
/// is started. Then attempts are stopped that should no longer run; then, in the order of dispatch
/// (priority, longest remaining path, plan order), ready tasks get the free slots.
public final class Scheduler {
    /// Facts written in one go; bounds the size of an append.
    static final int FACTS_MAX = 1_000;

    private Scheduler() {}

    /// The next steps; empty where there is nothing to do before `wakeAt` or a report.
    public static List<Step> decide(JobState state, Instant now, Room room) {
        List<Step> facts = facts(state, now);
        if (state.isOver() || !facts.isEmpty()) {
            return facts;
        }
        List<Step> steps = new ArrayList<>(stops(state));
        if (!state.isPausing() && !state.isStopping()) {
            state.readyChildren().stream().map(Scheduler::delegate).forEach(steps::add);
            if (!state.isMoneyPromised()) {
                steps.addAll(starts(state, now, room));
            }
        }
        return steps;
    }

    /// When the passing of time alone will give something to do; empty: never.
    public static Optional<Instant> wakeAt(JobState state, Instant now) {
        if (state.isOver() || state.isPausing()) {
            return Optional.empty();
        }
        return Stream.of(
                        state.nextRetry(),
                        state.nextResume(now),
                        state.nextStale(),
                        state.isStopping() ? Optional.<Instant>empty() : state.deadline())
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder());
    }

    /// What follows from the job's events and the time and is to be written down next; whoever appends
    /// to a job may do that. Nothing here starts or stops an attempt.
    public static List<Step> facts(JobState state, Instant now) {
        if (state.isOver()) {
            return List.of();
        }
        state.passTime(now);
        List<Step> due =
                Stream.concat(state.duePauses().stream(), state.dueFacts().stream())
                        .limit(FACTS_MAX)
                        .toList();
        if (!due.isEmpty()) {
            return due;
        }
        List<Step> stale = Claims.stale(state, now);
        if (!stale.isEmpty()) {
            return stale;
        }
        if (state.tasks().isEmpty()) {
            return List.of(new Step.Write(beginning(state)));
        }
        if (state.open() == 0) {
            return List.of(new Step.Write(ending(state)));
        }
        if (!state.isStopping() && state.deadline().filter(d -> !now.isBefore(d)).isPresent()) {
            return List.of(
                    new Step.Write(
                            new Event.CancelRequested(Optional.empty(), Reason.JOB_TIMEOUT)));
        }
        return List.of();
    }

    private static Event beginning(JobState state) {
        JobRequest request = state.request();
        if (request.plan().isEmpty()) {
            return planning(state);
        }
        Plan plan = request.plan().get();
        return Misfit.of(plan.tasks(), _ -> false, _ -> false)
                .<Event>map(why -> new Event.JobEnded(JobStatus.FAILED, why))
                .orElseGet(() -> new Event.TasksAdded(Optional.empty(), plan.goal(), plan.tasks()));
    }

    /// That the lead is to plan the job.
    public static Event.TasksAdded planning(JobState state) {
        return new Event.TasksAdded(
                Optional.empty(), state.request().request(), List.of(OwnTasks.planning(state)));
    }

    private static Event ending(JobState state) {
        if (state.isUnjoined() && !state.isStopping()) {
            Task joining = OwnTasks.integration(state, state.integrations() + 1);
            return new Event.TasksAdded(Optional.empty(), state.goal(), List.of(joining));
        }
        return JobEnd.of(state);
    }

    private static List<Step> stops(JobState state) {
        boolean all = state.isPausing() || state.isStopping();
        return state.running().stream()
                .filter(t -> t.cancelRequested || (all && !isLeftToItself(state, t)))
                .<Step>map(t -> new Step.Stop(t.task().id(), t.attempt()))
                .toList();
    }

    /// A child job that its parent's pause must not end; it is laid down with its own driver.
    private static boolean isLeftToItself(JobState state, TaskState task) {
        return task.task().duty() instanceof Duty.Delegating && !state.isStopping();
    }

    private static Step delegate(TaskState child) {
        return new Step.Delegate(
                child.task().id(), child.attempt() + 1, child.task().agent(), child.timeout());
    }

    private static List<Step> starts(JobState state, Instant now, Room room) {
        int slots = Math.min(state.slots(), room.ofFamily()) - state.holding();
        Room.Count count = room.count();
        PriorityQueue<Lane> lanes =
                new PriorityQueue<>(Comparator.comparing(l -> l.head, Waiting.DISPATCH_ORDER));
        for (Map.Entry<AgentName, NavigableSet<TaskState>> entry : state.ready().entrySet()) {
            if (!entry.getValue().isEmpty() && !state.isPaused(entry.getKey(), now)) {
                lanes.add(new Lane(entry.getKey(), entry.getValue().iterator()));
            }
        }
        List<Step> starts = new ArrayList<>();
        while (starts.size() < slots && !lanes.isEmpty()) {
            Lane lane = lanes.remove();
            if (!count.take(lane.agent)) {
                continue;
            }
            starts.add(start(lane.head));
            if (lane.rest.hasNext()) {
                lane.head = lane.rest.next();
                lanes.add(lane);
            }
        }
        return starts;
    }

    private static Step start(TaskState state) {
        return new Step.Start(
                state.task().id(),
                state.attempt() + 1,
                state.task().agent(),
                state.timeout(),
                state.session());
    }

    /// The ready tasks of one agent, the foremost first.
    private static final class Lane {
        private final AgentName agent;
        private final Iterator<TaskState> rest;
        private TaskState head;

        private Lane(AgentName agent, Iterator<TaskState> ready) {
            this.agent = agent;
            this.head = ready.next();
            this.rest = ready;
        }
    }
}
