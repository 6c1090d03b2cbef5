package dev.coppice.schedule;

import dev.coppice.model.Event;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Need;
import dev.coppice.model.Reason;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Tells how a job ended whose tasks are all over.
final class JobEnd {
    private JobEnd() {}

    static Event.JobEnded of(JobState state) {
        List<TaskState> workers = state.workers();
        long undone = undone(state);
        Optional<TaskState> brokenOwn = brokenOwn(state);
        boolean stoppedShort = undone > 0 || brokenOwn.isPresent() || state.isUnjoined();
        if (state.isStopping() && stoppedShort) {
            return new Event.JobEnded(
                    JobStatus.CANCELED,
                    state.isStopping(Reason.JOB_TIMEOUT)
                            ? "The job passed its time."
                            : "The job was canceled.");
        }
        if (workers.isEmpty()) {
            return new Event.JobEnded(
                    JobStatus.FAILED, brokenOwn.map(JobEnd::why).orElse("There was no plan."));
        }
        if (state.isStopping(Reason.BUDGET) && undone > 0) {
            return new Event.JobEnded(JobStatus.PARTIAL, "The budget is spent.");
        }
        if (workers.stream().noneMatch(t -> t.status() == TaskStatus.COMPLETED)) {
            return new Event.JobEnded(JobStatus.FAILED, "No task was completed.");
        }
        if (undone > 0) {
            return new Event.JobEnded(
                    JobStatus.PARTIAL,
                    undone + " of " + workers.size() + " tasks were not completed.");
        }
        if (brokenOwn.isPresent()) {
            return new Event.JobEnded(JobStatus.PARTIAL, why(brokenOwn.get()));
        }
        return joined(state);
    }

    private static Event.JobEnded joined(JobState state) {
        if (state.hasConflictLeft()) {
            return new Event.JobEnded(JobStatus.PARTIAL, "A conflict is left for you to resolve.");
        }
        if (state.isDeliveryRefused()) {
            return new Event.JobEnded(
                    JobStatus.PARTIAL, "The target branch could not take the result.");
        }
        return new Event.JobEnded(JobStatus.COMPLETED, "All tasks are done.");
    }

    /// The plan's tasks that are not done. A failure is made good by a fallback that succeeds, and a
    /// fallback that was not needed need not be done.
    private static long undone(JobState state) {
        Set<TaskState> madeGood = failuresMadeGood(state);
        return state.workers().stream()
                .filter(t -> t.status() != TaskStatus.COMPLETED)
                .filter(t -> t.reason().filter(r -> r == Reason.NOT_NEEDED).isEmpty())
                .filter(t -> !madeGood.contains(t))
                .count();
    }

    /// Tasks whose failure another task was waiting for that then succeeded, be it the fallback of a
    /// fallback.
    private static Set<TaskState> failuresMadeGood(JobState state) {
        Set<TaskState> good = new HashSet<>();
        ArrayDeque<TaskState> found = new ArrayDeque<>();
        state.tasks().stream().filter(t -> t.status() == TaskStatus.COMPLETED).forEach(found::add);
        while (!found.isEmpty()) {
            for (Need need : found.remove().needs()) {
                TaskState needed = state.task(need.task()).orElseThrow();
                if (need.on() == Need.On.FAILURE && good.add(needed)) {
                    found.add(needed);
                }
            }
        }
        return good;
    }

    /// The lead's planning or the last joining, where it did not succeed. Earlier joinings are
    /// superseded, and what became of a conflict is told by the joining.
    private static Optional<TaskState> brokenOwn(JobState state) {
        return List.of(TaskId.PLAN, TaskId.integration(state.integrations())).stream()
                .flatMap(id -> state.task(id).stream())
                .filter(t -> t.status() != TaskStatus.COMPLETED)
                .findFirst();
    }

    private static String why(TaskState own) {
        return own.message().isEmpty()
                ? own.task().name() + ": " + own.status().wire()
                : own.message();
    }
}
