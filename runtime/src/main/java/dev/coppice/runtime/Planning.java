package dev.coppice.runtime;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.engine.Dispatch;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Outcome;
import dev.coppice.model.Recorded;
import dev.coppice.model.Task;
import dev.coppice.schedule.JobState;
import dev.coppice.schedule.Room;
import dev.coppice.schedule.Scheduler;
import dev.coppice.schedule.Step;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// Asks the lead for a plan, and nothing more: the first attempt that a job of this request would make,
/// without a job.
final class Planning {
    private Planning() {}

    /// How the lead's attempt ended.
    static Outcome ask(Dispatch dispatch, JobId name, JobRequest request, Instant now)
            throws InterruptedException {
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
                        Optional.empty());
        BlockingQueue<Event> reports = new LinkedBlockingQueue<>();
        dispatch.start(order, reports::add);
        try {
            while (true) {
                if (reports.take() instanceof Event.AttemptEnded ended) {
                    return ended.outcome();
                }
            }
        } catch (InterruptedException e) {
            dispatch.stop(name, task.id(), 1, true);
            throw e;
        }
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
