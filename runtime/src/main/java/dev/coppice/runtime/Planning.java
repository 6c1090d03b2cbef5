package dev.coppice.runtime;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.engine.Dispatch;
import dev.coppice.folder.JobFolder;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;

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
            return end(reports);
        } catch (InterruptedException e) {
            dispatch.stop(name, task.id(), 1, true);
            awaitEnd(reports);
            throw e;
        }
    }

    /// Removes what the lead's attempt left, since there is no job that it could be looked for in.
    static void forget(Optional<Workspaces> workspaces, JobFolder folder)
            throws InterruptedException {
        if (workspaces.isPresent()) {
            workspaces.get().giveUp(folder.task(0, TaskId.PLAN).worktree());
        }
        if (!Files.isDirectory(folder.root(), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder.root())) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Outcome end(BlockingQueue<Event> reports) throws InterruptedException {
        while (true) {
            if (reports.take() instanceof Event.AttemptEnded ended) {
                return ended.outcome();
            }
        }
    }

    /// Returns when nothing of the attempt runs any more, which is soon, since it was stopped; a further
    /// interrupt asks for nothing more.
    private static void awaitEnd(BlockingQueue<Event> reports) {
        while (true) {
            try {
                Outcome _ = end(reports);
                return;
            } catch (InterruptedException _) {
                continue;
            }
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
