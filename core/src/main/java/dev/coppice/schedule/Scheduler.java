package dev.coppice.schedule;

import dev.coppice.model.AgentName;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.Expectation;
import dev.coppice.model.JobRequest;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Need;
import dev.coppice.model.Plan;
import dev.coppice.model.Reason;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
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
        if (state.isOver()) {
            return List.of();
        }
        state.passTime(now);
        List<Step> facts = facts(state, now);
        if (!facts.isEmpty()) {
            return facts;
        }
        List<Step> steps = new ArrayList<>(stops(state));
        if (!state.isPausing() && state.stopping().filter(r -> r != Reason.BUDGET).isEmpty()) {
            steps.addAll(starts(state, now, room));
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
                        state.stopping().isEmpty() ? state.deadline() : Optional.<Instant>empty())
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder());
    }

    private static List<Step> facts(JobState state, Instant now) {
        List<Step> facts =
                Stream.concat(state.duePauses().stream(), state.dueFacts().stream())
                        .limit(FACTS_MAX)
                        .toList();
        if (!facts.isEmpty()) {
            return facts;
        }
        if (state.hasNoTasks()) {
            return List.of(new Step.Write(firstTasks(state)));
        }
        if (state.open() == 0) {
            return List.of(
                    new Step.Write(state.isIntegrationDue() ? integration(state) : end(state)));
        }
        boolean late = state.deadline().filter(deadline -> !now.isBefore(deadline)).isPresent();
        if (late && state.stopping().filter(r -> r != Reason.BUDGET).isEmpty()) {
            return List.of(
                    new Step.Write(
                            new Event.CancelRequested(Optional.empty(), Reason.JOB_TIMEOUT)));
        }
        return List.of();
    }

    private static Event firstTasks(JobState state) {
        JobRequest request = state.request();
        Plan plan =
                request.plan()
                        .orElseGet(() ->
                                new Plan(
                                        request.request(),
                                        List.of(
                                                own(
                                                        state,
                                                        TaskId.PLAN,
                                                        new Duty.Planning(),
                                                        request.request()))));
        return new Event.TasksAdded(Optional.empty(), plan.goal(), plan.tasks());
    }

    private static Event integration(JobState state) {
        Task task =
                own(
                        state,
                        TaskId.integration(state.integrations() + 1),
                        new Duty.Integrating(),
                        "Join the finished branches");
        return new Event.TasksAdded(Optional.empty(), state.goal(), List.of(task));
    }

    private static Task own(JobState state, TaskId id, Duty duty, String description) {
        return new Task(
                id,
                duty,
                description,
                Task.FIRST_PRIORITY,
                List.<Need>of(),
                List.of(),
                "",
                state.settings().agents().lead(),
                Optional.empty(),
                Expectation.ANY,
                List.of(),
                List.of(),
                true,
                Optional.empty(),
                state.ownLimits());
    }

    private static Event end(JobState state) {
        List<TaskState> workers = state.workers();
        long done = workers.stream().filter(t -> t.status() == TaskStatus.COMPLETED).count();
        long undone =
                workers.stream()
                        .filter(t -> t.status() != TaskStatus.COMPLETED)
                        .filter(t -> t.reason().filter(r -> r == Reason.NOT_NEEDED).isEmpty())
                        .filter(t -> !state.isHandled(t))
                        .count();
        Optional<TaskState> brokenOwn =
                state.tasks().stream()
                        .filter(t -> t.task().id().isOwn())
                        .filter(t -> isLastOfItsKind(state, t))
                        .filter(t -> t.status() != TaskStatus.COMPLETED)
                        .findFirst();
        Optional<Reason> stopping = state.stopping();
        if (stopping.filter(r -> r != Reason.BUDGET).isPresent()) {
            String why =
                    stopping.get() == Reason.JOB_TIMEOUT
                            ? "The job passed its time."
                            : "The job was canceled.";
            return new Event.JobEnded(JobStatus.CANCELED, why);
        }
        if (workers.isEmpty()) {
            return new Event.JobEnded(
                    JobStatus.FAILED,
                    brokenOwn.map(TaskState::message).orElse("The plan has no tasks."));
        }
        if (stopping.isPresent()) {
            return new Event.JobEnded(JobStatus.PARTIAL, "The budget is spent.");
        }
        if (done == 0) {
            return new Event.JobEnded(JobStatus.FAILED, "No task was completed.");
        }
        if (undone > 0) {
            return new Event.JobEnded(
                    JobStatus.PARTIAL,
                    undone + " of " + workers.size() + " tasks were not completed.");
        }
        if (state.hasConflictLeft()) {
            return new Event.JobEnded(JobStatus.PARTIAL, "A conflict is left for you to resolve.");
        }
        if (brokenOwn.isPresent()) {
            return new Event.JobEnded(JobStatus.PARTIAL, brokenOwn.get().message());
        }
        if (state.isDeliveryRefused()) {
            return new Event.JobEnded(
                    JobStatus.PARTIAL, "The target branch could not take the result.");
        }
        return new Event.JobEnded(JobStatus.COMPLETED, "All tasks are done.");
    }

    /// An integration is superseded by the one after it, and a conflict whose resolver failed is
    /// told by the integration; only what comes last counts.
    private static boolean isLastOfItsKind(JobState state, TaskState own) {
        return switch (own.task().duty()) {
            case Duty.Planning _ -> true;
            case Duty.Integrating _ ->
                    own.task().id().equals(TaskId.integration(state.integrations()));
            case Duty.Resolving _, Duty.Mending _, Duty.Work _ -> false;
        };
    }

    private static List<Step> stops(JobState state) {
        boolean all =
                state.isPausing() || state.stopping().filter(r -> r != Reason.BUDGET).isPresent();
        return state.running().stream()
                .filter(t -> all || t.cancelRequested)
                .<Step>map(t -> new Step.Stop(t.task().id(), t.attempt()))
                .toList();
    }

    private static List<Step> starts(JobState state, Instant now, Room room) {
        int slots =
                state.settings()
                                .recursion()
                                .slots(
                                        state.request().depth(),
                                        state.settings().workers().maxWorkers())
                        - state.running().size();
        Room.Count count = room.count();
        PriorityQueue<Lane> lanes =
                new PriorityQueue<>(Comparator.comparing(l -> l.head, JobState.DISPATCH_ORDER));
        for (Map.Entry<AgentName, NavigableSet<TaskState>> entry : state.ready().entrySet()) {
            if (!entry.getValue().isEmpty() && !state.isPaused(entry.getKey(), now)) {
                lanes.add(new Lane(entry.getKey(), entry.getValue().iterator()));
            }
        }
        List<Step> starts = new ArrayList<>();
        while (starts.size() < slots && !count.isFull() && !lanes.isEmpty()) {
            Lane lane = lanes.remove();
            if (!count.has(lane.agent)) {
                continue;
            }
            count.take(lane.agent);
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
                state.timeout,
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
