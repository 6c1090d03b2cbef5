package dev.coppice.runtime;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.engine.Dispatch;
import dev.coppice.folder.JobFolder;
import dev.coppice.git.Leftovers;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Outcome;
import dev.coppice.model.Recorded;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.schedule.JobState;
import dev.coppice.schedule.Room;
import dev.coppice.schedule.Scheduler;
import dev.coppice.schedule.Step;
import dev.coppice.workspace.Workspaces;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// Asks the lead for a plan, and nothing more: the first attempt that a job of this request would make,
/// without a job.
final class Planning {
    private final Dispatch dispatch;
    private final Optional<Workspaces> workspaces;
    private final JobId name;
    private final JobRequest request;
    private final BlockingQueue<Event> reports = new LinkedBlockingQueue<>();

    /// @param name a job's, of which there is none
    Planning(Dispatch dispatch, Optional<Workspaces> workspaces, JobId name, JobRequest request) {
        this.dispatch = dispatch;
        this.workspaces = workspaces;
        this.name = name;
        this.request = request;
    }

    /// How the lead's attempt ended. Nothing is left of it then: there is no job that it could be looked for in.
    Outcome ask(Instant now) throws InterruptedException {
        Task task = planningTask(name, request, now);
        AttemptOrder order =
                new AttemptOrder(
                        name,
                        request,
                        request.request(),
                        task,
                        0,
                        1,
                        task.limits().timeout(),
                        request.settings().budgetUsd(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        Optional.empty());
        dispatch.start(order, reports::add);
        try {
            return end();
        } catch (InterruptedException e) {
            dispatch.stop(name, task.id(), 1, true);
            awaitEnd();
            throw e;
        } finally {
            forget();
        }
    }

    private Outcome end() throws InterruptedException {
        while (true) {
            Event report = reports.take();
            if (report instanceof Event.AttemptEnded ended) {
                return ended.outcome();
            }
        }
    }

    /// Returns when nothing of the attempt runs any more, which is soon, since it was stopped; a further
    /// interrupt asks for nothing more.
    private void awaitEnd() {
        while (true) {
            try {
                Outcome _ = end();
                return;
            } catch (InterruptedException _) {
                // it was asked for the end already
            }
        }
    }

    private void forget() throws InterruptedException {
        JobFolder folder = JobFolder.of(request, name);
        if (workspaces.isPresent()) {
            workspaces.get().giveUp(folder.task(0, TaskId.PLAN).worktree());
        }
        Leftovers.delete(folder.root());
    }

    /// The task that the scheduler itself would lay first.
    private static Task planningTask(JobId name, JobRequest request, Instant now) {
        JobState state = new JobState(name);
        state.apply(new Recorded(name, 1, now, new Event.JobSubmitted(request)));
        for (Step step : Scheduler.decide(state, now, Room.UNLIMITED)) {
            if (step instanceof Step.Write(Event.TasksAdded added)) {
                return added.tasks().getFirst();
            }
        }
        throw new IllegalStateException("a job without a plan begins with planning");
    }
}
