package dev.coppice.report;

import dev.coppice.model.AgentName;
import dev.coppice.model.Event;
import dev.coppice.model.Integration;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Need;
import dev.coppice.model.Outcome;
import dev.coppice.model.Reason;
import dev.coppice.model.Recorded;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Reads a job's events one after the other and says at any point what they come to: [#view]. An
/// event costs the same however many tasks there are; a view costs a walk over all tasks.
///
/// Not for use by several threads at once.
public final class JobHistory {
    private final JobId id;
    private final JobRequest request;
    private final Instant submittedAt;
    private final SequencedMap<TaskId, TaskHistory> tasks = new LinkedHashMap<>();
    private final List<JobView.Found> discoveries = new ArrayList<>();
    private final List<JobView.Note> notes = new ArrayList<>();
    private final SortedMap<AgentName, JobView.Pause> pauses = new TreeMap<>();
    private final SortedSet<String> checkoutChanges = new TreeSet<>();
    private long sequence;
    private Instant updatedAt;
    private int workers;
    private String goal;
    private Optional<JobStatus> end = Optional.empty();
    private Optional<Instant> endedAt = Optional.empty();
    private String why = "";
    private Duration rested = Duration.ZERO;
    private boolean paused;
    private Optional<Reason> canceling = Optional.empty();
    private Optional<JobView.Driver> driver = Optional.empty();
    private Optional<Integration> integration = Optional.empty();

    /// @throws IllegalArgumentException where `first` is not the submission of a job
    public JobHistory(Recorded first) {
        if (!(first.event() instanceof Event.JobSubmitted submitted)) {
            throw new IllegalArgumentException(
                    "job " + first.job() + " does not begin with its submission");
        }
        id = first.job();
        request = submitted.request();
        goal = request.request();
        sequence = first.sequence();
        submittedAt = first.at();
        updatedAt = first.at();
    }

    /// Takes the next event.
    ///
    /// @throws IllegalArgumentException where it is another job's, or not the next one
    public void apply(Recorded next) {
        if (!next.job().equals(id) || next.sequence() != sequence + 1) {
            throw new IllegalArgumentException(
                    "event %s of job %s does not follow event %s of job %s"
                            .formatted(next.sequence(), next.job(), sequence, id));
        }
        sequence = next.sequence();
        updatedAt = next.at();
        Instant at = next.at();
        switch (next.event()) {
            case Event.JobSubmitted submitted ->
                    throw new IllegalArgumentException("job " + id + " was submitted twice");
            case Event.DriverTaken taken -> {
                driver = Optional.of(new JobView.Driver(taken.number(), taken.process(), at));
                paused = false;
            }
            case Event.TasksAdded added -> add(added, at);
            case Event.AttemptClaimed claimed -> {
                TaskHistory task = task(claimed.task());
                task.claimed(claimed, dueAt(task), at);
            }
            case Event.AttemptStarting starting -> {
                TaskHistory task = task(starting.task());
                task.starting(starting, dueAt(task), at);
            }
            case Event.WorkspaceReady ready ->
                    attempt(ready.task(), ready.attempt()).ready(ready, at);
            case Event.AttemptStarted started ->
                    attempt(started.task(), started.attempt()).started(started.process(), at);
            case Event.SessionOpened opened ->
                    attempt(opened.task(), opened.attempt()).session(opened.session());
            case Event.AgentEnded ended -> attempt(ended.task(), ended.attempt()).agentEnded(at);
            case Event.Checked checked ->
                    attempt(checked.task(), checked.attempt()).checked(checked, at);
            case Event.Discovered found ->
                    discoveries.add(
                            new JobView.Found(
                                    found.task(), found.attempt(), at, found.discovery()));
            case Event.AttemptEnded ended -> {
                attempt(ended.task(), ended.attempt()).ended(ended, at);
                task(ended.task()).attemptEnded(ended.outcome(), at);
                if (ended.outcome() instanceof Outcome.Integrated integrated) {
                    integration = Optional.of(integrated.integration());
                }
            }
            case Event.RetryScheduled retry -> task(retry.task()).retryScheduled(retry.at());
            case Event.TaskEnded ended -> task(ended.task()).ended(ended, at);
            case Event.AgentPaused pause ->
                    pauses.put(
                            pause.agent(),
                            new JobView.Pause(pause.agent(), pause.until(), pause.why()));
            case Event.CheckoutChanged changed -> checkoutChanges.addAll(changed.paths());
            case Event.CancelRequested cancel -> {
                if (cancel.task().isEmpty()) {
                    canceling = Optional.of(cancel.reason());
                }
            }
            case Event.PauseRequested pause -> paused = true;
            case Event.RetryRequested retry -> retry(retry, at);
            case Event.Noted noted ->
                    notes.add(new JobView.Note(at, noted.level(), noted.task(), noted.text()));
            case Event.ResultMerged merged ->
                    integration = integration.map(joined -> joined.deliveredAs(merged));
            case Event.JobEnded ended -> {
                end = Optional.of(ended.status());
                endedAt = Optional.of(at);
                why = ended.why();
            }
        }
    }

    /// What the events so far come to.
    public JobView view() {
        List<TaskView> plan = new ArrayList<>();
        List<TaskView> own = new ArrayList<>();
        for (TaskHistory task : tasks.values()) {
            (task.id().isOwn() ? own : plan).add(view(task));
        }
        return new JobView(
                id,
                sequence,
                request,
                goal,
                status(),
                why,
                submittedAt,
                updatedAt,
                endedAt,
                rested,
                paused,
                canceling,
                driver,
                plan,
                own,
                discoveries,
                notes,
                List.copyOf(pauses.values()),
                List.copyOf(checkoutChanges),
                integration);
    }

    /// One task alone; empty where there is none of this id.
    public Optional<TaskView> taskView(TaskId task) {
        return Optional.ofNullable(tasks.get(task)).map(this::view);
    }

    private TaskView view(TaskHistory task) {
        List<TaskId> unmet = task.needs().stream().filter(this::isUnmet).map(Need::task).toList();
        return task.view(unmet, integration.map(joined -> joined.tasks().get(task.id())));
    }

    private JobStatus status() {
        if (end.isPresent()) {
            return end.get();
        }
        if (workers > 0) {
            return JobStatus.RUNNING;
        }
        return driver.isPresent() ? JobStatus.PLANNING : JobStatus.SUBMITTED;
    }

    private void add(Event.TasksAdded added, Instant at) {
        goOn(at);
        for (Task task : added.tasks()) {
            int worker = task.id().isOwn() ? 0 : ++workers;
            String name = request.numbers().name(worker, task.id());
            if (tasks.putIfAbsent(task.id(), new TaskHistory(task, worker, name, at)) != null) {
                throw new IllegalArgumentException(
                        "job " + id + " was given task " + task.id() + " twice");
            }
            if (worker == 1 && !added.goal().isBlank()) {
                goal = added.goal();
            }
        }
    }

    /// Undoes the end of the job.
    private void goOn(Instant at) {
        endedAt.ifPresent(ended -> rested = rested.plus(Duration.between(ended, at)));
        end = Optional.empty();
        endedAt = Optional.empty();
        why = "";
    }

    /// Undoes the end of the job and of the tasks that are tried again.
    private void retry(Event.RetryRequested retry, Instant at) {
        goOn(at);
        canceling = Optional.empty();
        triedAgain(Set.copyOf(retry.tasks())).forEach(task -> task.again(at));
    }

    /// The tasks asked for, those that blocked them and the engine's own, as far as they did not
    /// succeed; then all that could not start because of one of these.
    private Set<TaskHistory> triedAgain(Set<TaskId> asked) {
        Deque<TaskHistory> found = new ArrayDeque<>();
        Map<TaskId, List<TaskHistory>> held = new HashMap<>();
        for (TaskHistory task : tasks.values()) {
            boolean isAsked = asked.isEmpty() || asked.contains(task.id());
            if (isAsked) {
                task.cause().map(this::task).ifPresent(found::add);
            }
            if ((isAsked || task.id().isOwn()) && task.isRetriable()) {
                found.add(task);
            }
            if (task.isHeld()) {
                for (Need need : task.needs()) {
                    held.computeIfAbsent(need.task(), _ -> new ArrayList<>()).add(task);
                }
            }
        }
        Set<TaskHistory> again = new LinkedHashSet<>();
        while (!found.isEmpty()) {
            TaskHistory task = found.remove();
            if (task.isUnsuccessful() && again.add(task)) {
                found.addAll(held.getOrDefault(task.id(), List.of()));
            }
        }
        return again;
    }

    /// Since when nothing but a slot, a back-off or a pause has held up the next attempt of `task`.
    private Instant dueAt(TaskHistory task) {
        return task.needs().stream()
                .flatMap(need -> task(need.task()).endedAt().stream())
                .filter(met -> met.isAfter(task.dueAt()))
                .max(Comparator.naturalOrder())
                .orElse(task.dueAt());
    }

    private boolean isUnmet(Need need) {
        TaskStatus status = task(need.task()).status();
        return switch (need.on()) {
            case SUCCESS -> status != TaskStatus.COMPLETED;
            case FAILURE ->
                    !status.isOver()
                            || status == TaskStatus.COMPLETED
                            || status == TaskStatus.CANCELED;
            case END -> !status.isOver();
        };
    }

    private AttemptHistory attempt(TaskId id, int number) {
        return task(id).attempt(number);
    }

    private TaskHistory task(TaskId id) {
        TaskHistory task = tasks.get(id);
        if (task == null) {
            throw new IllegalArgumentException("job " + this.id + " has no task " + id);
        }
        return task;
    }
}
