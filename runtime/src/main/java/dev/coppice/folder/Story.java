package dev.coppice.folder;

import dev.coppice.model.Event;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Recorded;
import dev.coppice.model.TaskId;
import dev.coppice.model.WorkerNumbers;
import dev.coppice.report.EventText;
import dev.coppice.report.Figures;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;

/// A job's history as its log has it, a line an event. Each event is told with [#take] first, in their
/// order, since a task is named by its number in the plan. Secrets are masked. Used by one thread at a time.
public final class Story {
    private final Secrets secrets;
    private final ZoneId zone;
    private final Documents documents;
    private final Map<TaskId, Integer> workers = new HashMap<>();
    private WorkerNumbers numbers = WorkerNumbers.ROOT;

    /// A story of which nothing is told yet.
    ///
    /// @param zone in which people are shown times
    public Story(Secrets secrets, ZoneId zone) {
        this.secrets = secrets;
        this.zone = zone;
        this.documents = new Documents(secrets);
    }

    /// Takes the next event.
    public void take(Recorded recorded) {
        if (recorded.event() instanceof Event.JobSubmitted(JobRequest request)) {
            numbers = request.numbers();
        } else if (recorded.event() instanceof Event.TasksAdded added) {
            added.tasks().stream()
                    .filter(task -> !task.id().isOwn())
                    .forEach(task -> workers.putIfAbsent(task.id(), workers.size() + 1));
        }
    }

    /// The line for people.
    public String text(Recorded recorded) {
        Event event = secrets.mask(recorded.event());
        return "%s %-7s %s%s"
                .formatted(
                        Figures.moment(recorded.at(), zone),
                        EventText.level(event),
                        EventText.task(event).map(id -> name(id) + " ").orElse(""),
                        EventText.describe(event, zone));
    }

    /// The line for programs, a JSON document.
    public String json(Recorded recorded) {
        Event event = secrets.mask(recorded.event());
        return documents.line(
                LogLine.of(recorded, event, EventText.task(event).map(this::workerId)));
    }

    /// The number of a task in plan order; 0 for the engine's own tasks.
    int worker(TaskId task) {
        return workers.getOrDefault(task, 0);
    }

    private String workerId(TaskId task) {
        return numbers.name(worker(task), task);
    }

    private String name(TaskId task) {
        return task.isOwn() ? workerId(task) : workerId(task) + " (" + task + ")";
    }
}
