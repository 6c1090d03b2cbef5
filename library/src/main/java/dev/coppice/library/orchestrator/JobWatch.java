package dev.coppice.library.orchestrator;

import dev.coppice.model.CommitId;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.FileChange;
import dev.coppice.model.JobId;
import dev.coppice.model.Need;
import dev.coppice.model.Recorded;
import dev.coppice.model.TaskId;
import dev.coppice.report.AttemptView;
import dev.coppice.report.JobHistory;
import dev.coppice.report.JobView;
import dev.coppice.report.TaskView;
import dev.coppice.runtime.Histories;
import dev.coppice.runtime.JobEvents;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Takes a job's events as [JobEvents] hands them on, and says in the words of document 003 what they come to. Each event
/// is handed on once, in order.
///
/// What was loaded from a state file is told as it stood there, for as long as nothing new happens to it.
///
/// Safe for use by many threads.
final class JobWatch implements AutoCloseable {
    private final Consumer<News> told;
    private final JobEvents events;
    private final ReentrantLock lock = new ReentrantLock();

    /// Until it is started nobody is told: that has happened before.
    private volatile boolean isStarted;

    /// What is not told yet, and whether something is being told. Used where events are taken, by one thread at a time.
    private final Deque<News> untold = new ArrayDeque<>();

    private boolean isTelling;

    // Guarded by the lock.
    private final JobHistory history;
    private final Map<TaskId, TaskId> parents = new HashMap<>();
    private final SequencedMap<String, Agent> agents = new LinkedHashMap<>();
    private final List<Discovery> discoveries = new ArrayList<>();
    private final Map<TaskId, Loaded> loaded = new HashMap<>();
    private Optional<CoordinationState> origin = Optional.empty();
    private long originSequence;
    private long sequence;

    /// An event, and what came of it.
    ///
    /// @param isSignOfLife whether it tells only that a claim still holds
    /// @param found the discovery that it tells of
    /// @param ended the task whose end it tells of
    record News(
            Recorded recorded,
            boolean isSignOfLife,
            Optional<Discovery> found,
            Optional<Task> ended) {}

    /// A task of a state file, and how often it was begun in this job to bring it to that state.
    private record Loaded(Task task, int begun) {}

    /// @param told gets each event, by one thread at a time: whoever is told may ask, and may do what leads to further events
    JobWatch(Histories log, JobId job, Consumer<News> told) {
        this.told = told;
        this.history = new JobHistory(log.read(job, 0, 1).getFirst());
        this.sequence = 1;
        this.events = log.events(job, sequence, this::take);
    }

    /// From here on events are read as they come, and told.
    void start() {
        isStarted = true;
        events.start();
    }

    /// Reads what there is, and hands it on. Where that leads to further events, they are handed on after the ones before.
    void catchUp() {
        events.catchUp();
    }

    private void take(Recorded recorded) {
        News happened = known(recorded);
        if (isStarted) {
            untold.add(happened);
        }
        if (!isTelling) {
            isTelling = true;
            try {
                for (News news = untold.poll(); news != null; news = untold.poll()) {
                    told.accept(news);
                }
            } finally {
                isTelling = false;
            }
        }
    }

    private News known(Recorded recorded) {
        lock.lock();
        try {
            return apply(recorded);
        } finally {
            lock.unlock();
        }
    }

    private News apply(Recorded recorded) {
        boolean isSignOfLife =
                recorded.event() instanceof Event.AttemptClaimed claimed
                        && view(claimed.task())
                                .lastAttempt()
                                .filter(AttemptView::isRunning)
                                .isPresent();
        history.apply(recorded);
        sequence = recorded.sequence();
        Optional<Discovery> found = Optional.empty();
        Optional<Task> ended = Optional.empty();
        switch (recorded.event()) {
            case Event.TasksAdded added ->
                    added.by()
                            .filter(by -> !by.isOwn())
                            .ifPresent(by ->
                                    added.tasks().forEach(task -> parents.put(task.id(), by)));
            case Event.AttemptClaimed claimed -> know(claimed.task());
            case Event.AttemptStarting starting -> know(starting.task());
            case Event.Discovered discovered -> {
                found = Optional.of(discovery(discovered, recorded.at()));
                found.ifPresent(discoveries::add);
            }
            case Event.TaskEnded end -> ended = task(end.task());
            case Event.JobSubmitted _,
                    Event.DriverTaken _,
                    Event.WorkspaceReady _,
                    Event.AttemptStarted _,
                    Event.SessionOpened _,
                    Event.AgentEnded _,
                    Event.Checked _,
                    Event.AttemptEnded _,
                    Event.RetryScheduled _,
                    Event.AgentPaused _,
                    Event.CheckoutChanged _,
                    Event.CancelRequested _,
                    Event.PauseRequested _,
                    Event.RetryRequested _,
                    Event.Noted _,
                    Event.ResultMerged _,
                    Event.JobEnded _ -> {}
        }
        return new News(recorded, isSignOfLife, found, ended);
    }

    private void know(TaskId task) {
        TaskView view = view(task);
        String id = agentId(view);
        String role = view.task().duty() instanceof Duty.Work ? Agent.WORKER : Agent.LEADER;
        agents.putIfAbsent(id, new Agent(id, role, false, Optional.empty()));
    }

    /// Knows an agent before it does anything.
    void register(String agentId) {
        lock.lock();
        try {
            agents.putIfAbsent(agentId, new Agent(agentId, Agent.WORKER, false, Optional.empty()));
        } finally {
            lock.unlock();
        }
    }

    boolean isKnown(String agentId) {
        lock.lock();
        try {
            return agents.containsKey(agentId);
        } finally {
            lock.unlock();
        }
    }

    /// From here on what the job has done so far counts as what the state says.
    void stands(CoordinationState state) {
        catchUp();
        lock.lock();
        try {
            for (Task task : state.tasks()) {
                TaskId id = new TaskId(task.id());
                loaded.put(id, new Loaded(task, view(id).attempts().size()));
                task.context()
                        .parentTask()
                        .flatMap(TaskId::parse)
                        .ifPresent(parent -> parents.put(id, parent));
            }
            origin = Optional.of(state);
            originSequence = sequence;
            discoveries.clear();
            discoveries.addAll(state.discoveries());
            agents.clear();
            state.agents()
                    .forEach(a ->
                            agents.put(
                                    a.id(), new Agent(a.id(), a.role(), false, Optional.empty())));
        } finally {
            lock.unlock();
        }
    }

    // ---- what is asked

    JobView view() {
        lock.lock();
        try {
            return history.view();
        } finally {
            lock.unlock();
        }
    }

    /// The plan's task of this id.
    Optional<Task> task(TaskId id) {
        lock.lock();
        try {
            return history.taskView(id).filter(task -> !task.id().isOwn()).map(this::task);
        } finally {
            lock.unlock();
        }
    }

    /// All that is known.
    ///
    /// @param masterPlan as it stands
    /// @param folder where the work is done, unless it was begun elsewhere
    CoordinationState state(String goal, String masterPlan, String folder) {
        lock.lock();
        try {
            JobView view = history.view();
            boolean isUntouched = sequence == originSequence;
            return new CoordinationState(
                    goal,
                    masterPlan,
                    origin.map(CoordinationState::workingDirectory).orElse(folder),
                    view.tasks().stream().map(this::task).toList(),
                    agents(view),
                    discoveries,
                    view.request().settings().workers().maxWorkers(),
                    view.request().settings().workers().defaultTimeout(),
                    origin.flatMap(CoordinationState::createdAt)
                            .or(() -> Optional.of(view.submittedAt())),
                    origin.filter(_ -> isUntouched)
                            .flatMap(CoordinationState::lastActivity)
                            .or(() -> Optional.of(view.updatedAt())));
        } finally {
            lock.unlock();
        }
    }

    /// The commits that hold the work of the tasks that are done, by their ids.
    Map<String, CommitId> commits() {
        Map<String, CommitId> commits = new HashMap<>();
        for (TaskView task : view().tasks()) {
            if (status(task) == TaskStatus.DONE) {
                task.commit().ifPresent(commit -> commits.put(task.id().value(), commit));
            }
        }
        return commits;
    }

    private List<Agent> agents(JobView view) {
        Map<String, String> busy = new HashMap<>();
        view.all()
                .filter(task -> task.lastAttempt().filter(AttemptView::isRunning).isPresent())
                .forEach(task -> busy.put(agentId(task), task.id().value()));
        return agents.values().stream()
                .map(agent -> {
                    Optional<String> current = Optional.ofNullable(busy.get(agent.id()));
                    return new Agent(agent.id(), agent.role(), current.isPresent(), current);
                })
                .toList();
    }

    private TaskView view(TaskId id) {
        return history.taskView(id).orElseThrow();
    }

    /// The name by which an agent outside claimed the task, else that of our worker.
    private static String agentId(TaskView task) {
        return task.lastAttempt()
                .filter(attempt -> attempt.claimedUntil().isPresent())
                .map(attempt -> attempt.agent().value())
                .orElse(task.workerId());
    }

    private Discovery discovery(Event.Discovered found, Instant at) {
        return new Discovery(
                "discovery-" + (discoveries.size() + 1),
                agentId(view(found.task())),
                found.discovery().content(),
                Optional.of(found.task().value()),
                found.discovery().tags(),
                at);
    }

    private Task task(TaskView view) {
        Loaded before = loaded.get(view.id());
        if (before == null) {
            return told(view);
        }
        Task task = before.task();
        boolean isAsLoaded =
                view.attempts().size() == before.begun()
                        && isOver(task.status())
                        && view.status().isOver();
        return isAsLoaded ? task : told(view).since(task, before.begun());
    }

    private static boolean isOver(TaskStatus status) {
        return switch (status) {
            case PENDING, AVAILABLE, CLAIMED, IN_PROGRESS -> false;
            case DONE, FAILED, BLOCKED, CANCELED -> true;
        };
    }

    private Task told(TaskView view) {
        TaskStatus status = status(view);
        Optional<AttemptView> attempt =
                view.lastAttempt().filter(_ -> status.isInFlight() || isOver(status));
        boolean isClaimed = attempt.flatMap(AttemptView::claimedUntil).isPresent();
        Optional<Instant> begun = attempt.map(AttemptView::startingAt);
        return new Task(
                view.id().value(),
                view.task().description(),
                status,
                view.task().priority(),
                attempt.map(_ -> agentId(view)),
                view.task().needs().stream().map(Need::task).map(TaskId::value).toList(),
                new TaskContext(
                        view.task().contextFiles(),
                        view.task().hints(),
                        Optional.ofNullable(parents.get(view.id())).map(TaskId::value)),
                isOver(status) ? Optional.of(result(view, status)) : Optional.empty(),
                view.addedAt(),
                begun,
                isClaimed ? Optional.empty() : begun,
                view.endedAt(),
                view.attempts().size(),
                view.task().limits().maxRetries() + 1);
    }

    private static TaskStatus status(TaskView view) {
        return switch (view.status()) {
            case PENDING, RETRYING -> TaskStatus.PENDING;
            case READY -> TaskStatus.AVAILABLE;
            case RUNNING ->
                    view.lastAttempt().flatMap(AttemptView::claimedUntil).isPresent()
                            ? TaskStatus.CLAIMED
                            : TaskStatus.IN_PROGRESS;
            case COMPLETED -> TaskStatus.DONE;
            case FAILED, TIMEOUT -> TaskStatus.FAILED;
            case BLOCKED -> TaskStatus.BLOCKED;
            case CANCELED -> TaskStatus.CANCELED;
        };
    }

    private TaskResult result(TaskView view, TaskStatus status) {
        return new TaskResult(
                view.output(),
                files(view, FileChange.Kind.MODIFIED),
                files(view, FileChange.Kind.CREATED),
                files(view, FileChange.Kind.DELETED),
                status == TaskStatus.DONE ? Optional.empty() : Optional.of(view.message()),
                discoveries.stream()
                        .filter(found -> found.relatedTask().equals(Optional.of(view.id().value())))
                        .map(Discovery::content)
                        .toList(),
                parents.entrySet().stream()
                        .filter(entry -> entry.getValue().equals(view.id()))
                        .map(entry -> Objects.requireNonNull(entry.getKey()).value())
                        .sorted()
                        .toList());
    }

    private static List<String> files(TaskView view, FileChange.Kind kind) {
        return view.files().stream()
                .filter(change -> change.kind() == kind)
                .map(FileChange::path)
                .toList();
    }

    @Override
    public void close() {
        events.close();
    }
}
