package dev.coppice.library.orchestrator;

import dev.coppice.engine.Driver;
import dev.coppice.engine.Engine;
import dev.coppice.engine.WorkQueue;
import dev.coppice.engine.WorkQueue.Addition;
import dev.coppice.engine.WorkQueue.Answer;
import dev.coppice.engine.WorkQueue.Batch;
import dev.coppice.engine.WorkQueue.Claim;
import dev.coppice.git.Discovery.NotARepository;
import dev.coppice.git.Repositories;
import dev.coppice.model.AgentName;
import dev.coppice.model.CommitId;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Reason;
import dev.coppice.model.Settings;
import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.model.TaskId;
import dev.coppice.plan.PlanDraft;
import dev.coppice.plan.PlanRules;
import dev.coppice.plan.Plans;
import dev.coppice.plan.TaskDraft;
import dev.coppice.plan.Verdict;
import dev.coppice.process.ExitHook;
import dev.coppice.process.Processes;
import dev.coppice.report.EventText;
import dev.coppice.report.JobView;
import dev.coppice.report.TaskView;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Opening;
import dev.coppice.runtime.Preparation;
import dev.coppice.runtime.Surroundings;
import dev.coppice.schedule.JobState;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Coordinates several coding agents who work on one goal (document 003): a queue of tasks with priorities and
/// dependencies, workers of our own, and others who claim tasks by this object, by one in another process that has joined
/// ([#join]), or by `coppice claim`.
///
/// Each goal is a job of the one engine, so `coppice status`, `report` and `verify` know it. In a git repository each worker
/// has a worktree, and the work is joined on a branch; where there is no repository workers share the folder.
///
/// All that Python awaits blocks here, and ends when its thread is interrupted, with an [InterruptedException]: agents are
/// then stopped first. Run it in a virtual thread. The other methods wait for the disk at most; where they meet an interrupt
/// they throw an [OrchestrationException], the thread stays interrupted, and what was asked may have been done. Safe for use by many threads. Callbacks are called one after the other, before the method that caused
/// them returns, else from a thread of this object; what they throw is logged and harms nothing. A callback may use this
/// object, and must not wait for another thread that does.
///
/// ```
/// try (Orchestrator orchestrator = Orchestrator.builder().workingDirectory("./my-project").build()) {
///     orchestrator.initialize("Build user authentication system");
///     Task model = orchestrator.addTask("Create User model", 1);
///     orchestrator.addTask(NewTask.of("Write unit tests").withDependencies(model.id()));
///     OrchestrationResult result = orchestrator.runWithPredefinedTasks();
///     IO.println("Tasks completed: " + result.tasksCompleted());
/// }
/// ```
public final class Orchestrator implements AutoCloseable {
    /// Where it works unless told otherwise: where this process stands.
    public static final String DEFAULT_WORKING_DIRECTORY = ".";

    /// Workers of ours that run at once.
    public static final int DEFAULT_MAX_WORKERS = 3;

    /// The model of agents that are claude.
    public static final String DEFAULT_MODEL = "claude-sonnet-4-20250514";

    /// Of each attempt at a task, and how long a claim holds without a sign of life.
    public static final Duration DEFAULT_TASK_TIMEOUT = Duration.ofMinutes(10);

    /// Whether it prints a line for what happens unless told otherwise.
    public static final boolean DEFAULT_VERBOSE = true;

    private static final Logger LOG = LoggerFactory.getLogger(Orchestrator.class);

    /// The request of a job that goes on from a state without a goal, which Python allows.
    private static final String NO_GOAL = "(no goal)";

    private static final String MASTER_PLAN = "\n\nMaster plan:\n";

    /// The most that a task may be given.
    private static final int RETRIES_MAX = 100;

    private final Coppice coppice;
    private final Builder asked;
    private final RandomGenerator chance = new SecureRandom();
    private final Workers workers;
    private final ExitHook exit;
    private final AtomicReference<@Nullable Session> session = new AtomicReference<>();

    private Orchestrator(Builder asked, Coppice coppice) {
        this.asked = asked;
        this.coppice = coppice;
        this.workers = new Workers(coppice);
        this.exit = ExitHook.of(coppice::close);
    }

    /// The constructor's parameters, with the defaults of document 003.
    public static Builder builder() {
        return new Builder();
    }

    /// Collects what an orchestrator is made of; used by one thread.
    public static final class Builder {
        private String workingDirectory = DEFAULT_WORKING_DIRECTORY;
        private int maxWorkers = DEFAULT_MAX_WORKERS;
        private String model = DEFAULT_MODEL;
        private Duration taskTimeout = DEFAULT_TASK_TIMEOUT;
        private Optional<Duration> runTimeout = Optional.empty();
        private Consumer<Task> onTaskComplete = _ -> {};
        private Consumer<Task> onTaskFailed = _ -> {};
        private Consumer<Discovery> onDiscovery = _ -> {};
        private boolean verbose = DEFAULT_VERBOSE;
        private PrintStream output = System.out;
        private Surroundings surroundings = Surroundings.ofThisProcess();

        private Builder() {}

        /// The project's folder; default: where this process stands. In a git repository workers stand at the top of their
        /// worktrees and paths are from there, also where this is a folder below it; a warning then says so.
        public Builder workingDirectory(String folder) {
            workingDirectory = folder;
            return this;
        }

        /// Workers of ours that run at once, at least 1, whatever `max_concurrent` the configuration gives their agent.
        public Builder maxWorkers(int count) {
            maxWorkers = count;
            return this;
        }

        /// The model of agents that are claude.
        public Builder model(String name) {
            model = name;
            return this;
        }

        /// Of each attempt at a task, and how long a claim holds without a sign of life; more than zero.
        public Builder taskTimeout(Duration limit) {
            taskTimeout = limit;
            return this;
        }

        /// Of a whole run, from `initialize` on; without it there is none but that of the configuration.
        public Builder runTimeout(Duration limit) {
            runTimeout = Optional.of(limit);
            return this;
        }

        /// Called with each task that is done.
        public Builder onTaskComplete(Consumer<Task> callback) {
            onTaskComplete = callback;
            return this;
        }

        /// Called with each task that failed for good.
        public Builder onTaskFailed(Consumer<Task> callback) {
            onTaskFailed = callback;
            return this;
        }

        /// Called with each finding.
        public Builder onDiscovery(Consumer<Discovery> callback) {
            onDiscovery = callback;
            return this;
        }

        /// Whether a line is printed for each task's start and end, and for each discovery.
        public Builder verbose(boolean value) {
            verbose = value;
            return this;
        }

        /// Where these lines go, in place of standard output.
        public Builder output(PrintStream stream) {
            output = stream;
            return this;
        }

        /// The world in which the agents are started, in place of this process's.
        public Builder surroundings(Surroundings world) {
            surroundings = world;
            return this;
        }

        /// Opens the working directory; nothing is started. Where there is a repository that git refuses, or no git program,
        /// workers share the folder only if `orchestrator.isolation: none` in its `coppice.yaml` says so.
        ///
        /// @throws IllegalArgumentException if a value is out of its range
        /// @throws OrchestrationException if the working directory is missing or can't be used
        public Orchestrator build() {
            if (maxWorkers < 1) {
                throw new IllegalArgumentException("maxWorkers must be at least 1");
            }
            if (!taskTimeout.isPositive() || runTimeout.filter(t -> !t.isPositive()).isPresent()) {
                throw new IllegalArgumentException("a timeout must be more than zero");
            }
            Path folder = folder();
            if (!Files.isDirectory(folder)) {
                throw new OrchestrationException(
                        "There is no folder "
                                + folder
                                + ". Make it, or name another with workingDirectory.");
            }
            return Edge.answer(() -> new Orchestrator(this, open(folder)));
        }

        private Path folder() {
            return surroundings.folder().resolve(workingDirectory).normalize();
        }

        private Coppice open(Path folder) {
            Surroundings there = surroundings.in(folder);
            Opening opening = Coppice.open(there, Optional.empty(), new LinkedHashMap<>());
            if (opening instanceof Opening.Refused && isWithoutRepository(there)) {
                opening =
                        Coppice.open(
                                there,
                                Optional.empty(),
                                new LinkedHashMap<>(Map.of("--isolation", "none")));
            }
            return switch (opening) {
                case Opening.Opened(Coppice coppice) -> coppice;
                case Opening.Refused refused ->
                        throw new OrchestrationException(
                                OrchestrationException.text(refused.refusal().problems()));
            };
        }

        /// Where git refuses a repository that may be there, nobody may work in the user's checkout unasked.
        private static boolean isWithoutRepository(Surroundings there) {
            try (Processes processes = Processes.open()) {
                return new Repositories(processes, there.environment()).discover(there.folder())
                        instanceof NotARepository;
            }
        }
    }

    // ---- beginning

    /// Begins with a goal. See [#initialize(String, String)].
    public void initialize(String goal) throws InterruptedException {
        initialize(goal, "");
    }

    /// Begins with a goal and, perhaps, a plan in words; an empty one is filled by the leader's planning. What was begun
    /// before is ended.
    ///
    /// @throws IllegalArgumentException for a blank goal
    /// @throws OrchestrationException if there can be no job in the working directory, with all that is in the way
    public void initialize(String goal, String masterPlan) throws InterruptedException {
        if (goal.isBlank()) {
            throw new IllegalArgumentException("the goal is blank");
        }
        Edge.waiting(() -> {
            Session next = open(goal, masterPlan, asked.maxWorkers, asked.taskTimeout);
            next.watch().start();
            replace(next);
        });
    }

    private Session open(String goal, String masterPlan, int workers, Duration timeout) {
        Settings settings = settings(workers, timeout);
        String asGoal = goal.isBlank() ? NO_GOAL : goal;
        String request = masterPlan.isBlank() ? asGoal : asGoal + MASTER_PLAN + masterPlan;
        return switch (coppice.prepareOpen(request, settings)) {
            case Preparation.Refused refused ->
                    throw new OrchestrationException(
                            OrchestrationException.text(refused.refusal().problems()));
            case Preparation.Ready ready -> {
                JobId job = coppice.leave(withWarning(ready));
                WorkQueue queue = coppice.engine().queue(job).orElseThrow();
                JobWatch watch = new JobWatch(coppice.log(), job, this::happened);
                yield new Session(false, goal, masterPlan, settings, queue, watch);
            }
        };
    }

    /// Says where workers stand, where that is not the working directory.
    private Preparation.Ready withWarning(Preparation.Ready ready) {
        Path folder = asked.folder();
        Path top = Path.of(ready.request().repository());
        if (ready.request().base().isEmpty() || isSame(folder, top)) {
            return ready;
        }
        String warning =
                "The working directory %s is not the top of its repository. Workers stand at the top of their worktrees, and the paths of context files and results are from there: name the folder in the tasks."
                        .formatted(folder);
        LOG.warn(warning);
        List<String> warnings = new ArrayList<>(ready.warnings());
        warnings.add(warning);
        return new Preparation.Ready(ready.request(), warnings);
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException e) {
            throw new UncheckedIOException(one + " can't be looked at", e);
        }
    }

    /// Takes part in a job that was begun elsewhere: by another orchestrator, here or in another process, or by
    /// `coppice run --queue`. Its tasks can be claimed, added and looked at, and callbacks are told what happens from now
    /// on. Workers of ours take its tasks where this is started and nobody else drives it. What this began before is
    /// ended; the joined job is left as it is when this closes, or begins with something else. To join the job that this
    /// works on already does nothing.
    ///
    /// @param jobId what [#jobId] is there
    /// @throws OrchestrationException if there is no such job in the working directory
    public void join(String jobId) throws InterruptedException {
        Edge.waiting(() -> takePart(jobId));
    }

    private void takePart(String jobId) throws InterruptedException {
        Optional<JobId> asJob = JobId.parse(jobId);
        Session before = session.get();
        if (before != null && asJob.equals(Optional.of(before.job()))) {
            return;
        }
        WorkQueue queue =
                asJob.flatMap(coppice.engine()::queue)
                        .orElseThrow(() ->
                                new OrchestrationException(
                                        "There is no job "
                                                + jobId
                                                + " in "
                                                + coppice.root()
                                                + "; `coppice status` lists those that there are."));
        JobId job = queue.job();
        JobRequest request =
                ((Event.JobSubmitted) coppice.store().read(job, 0, 1).getFirst().event()).request();
        String[] goalAndPlan = request.request().split(MASTER_PLAN, 2);
        JobWatch watch = new JobWatch(coppice.log(), job, this::happened);
        watch.catchUp();
        watch.start();
        replace(
                new Session(
                        true,
                        goalAndPlan[0],
                        goalAndPlan.length > 1 ? goalAndPlan[1] : "",
                        request.settings(),
                        queue,
                        watch));
    }

    /// From here on the next is what this works on, even where the end of the one before is not waited for.
    private void replace(Session next) throws InterruptedException {
        boolean wasStaying = workers.isStaying();
        Session before = session.getAndSet(next);
        if (before != null) {
            end(before);
        }
        if (wasStaying) {
            workers.start(next);
        }
    }

    private void end(Session before) throws InterruptedException {
        before.watch().close();
        if (before.isJoined()) {
            boolean _ = workers.stop(before, Duration.ZERO);
            return;
        }
        coppice.engine().cancel(before.job(), Optional.empty());
        try {
            Driver.Turn _ = coppice.await(before.job());
        } catch (InterruptedException e) {
            coppice.engine().killAll();
            throw e;
        }
    }

    /// The user's settings, with what this was built with. An agent takes as many tasks at once as there are workers.
    private Settings settings(int maxWorkers, Duration taskTimeout) {
        Settings users = coppice.configuration().settings();
        Settings.Workers workers = users.workers();
        Map<AgentName, AgentSettings> agents = new HashMap<>(users.agents().configured());
        agents.replaceAll((_, agent) -> modelled(agent));
        return users.withWorkers(
                        workers.withMaxWorkers(maxWorkers)
                                .withDefaultTimeout(taskTimeout)
                                .withJobTimeout(asked.runTimeout.or(workers::jobTimeout)))
                .withAgents(users.agents().withConfigured(agents).taking(maxWorkers));
    }

    private AgentSettings modelled(AgentSettings agent) {
        return switch (agent.kind()) {
            case COMMAND, SCRIPTED -> agent;
            case CLAUDE -> agent.withModel(asked.model);
        };
    }

    private Session session() {
        Session open = session.get();
        if (open == null) {
            throw new OrchestrationException(
                    "There is no goal yet: call initialize(goal), join(job) or loadState(file) first.");
        }
        return open;
    }

    /// The id of the goal's job, by which `coppice status`, `report`, `claim` … know it.
    public String jobId() {
        return session().job().value();
    }

    // ---- tasks

    /// Adds a task of priority 5.
    public Task addTask(String description) {
        return addTask(NewTask.of(description));
    }

    /// Adds a task.
    ///
    /// @param priority 1 (first) to 10
    public Task addTask(String description, int priority) {
        return addTask(NewTask.of(description).withPriority(priority));
    }

    /// Adds a task.
    ///
    /// @throws InvalidTaskException if it does not fit, with every problem
    public Task addTask(NewTask task) {
        return addTasksBatch(List.of(task)).getFirst();
    }

    /// Adds tasks, all or none. Where workers of ours run they take them.
    ///
    /// @throws InvalidTaskException if they do not fit, with every problem
    public List<Task> addTasksBatch(List<NewTask> tasks) {
        return Edge.answer(() -> {
            Session now = session();
            List<Task> added = add(now, tasks);
            workers.drive(now);
            return added;
        });
    }

    private List<Task> add(Session now, List<NewTask> tasks) {
        return add(
                now,
                parent(tasks),
                tasks.stream()
                        .map(task -> draft(task, task.id().orElseGet(this::freshId)))
                        .toList(),
                List.of());
    }

    private List<Task> add(
            Session now,
            Optional<TaskId> parent,
            List<TaskDraft.Builder> drafts,
            List<String> warnings) {
        if (drafts.isEmpty()) {
            return List.of();
        }
        Addition addition =
                now.queue()
                        .addTasks(
                                parent, state -> new Batch(checked(now, drafts, state), warnings));
        return switch (addition) {
            case Addition.Refused(String why) -> throw new InvalidTaskException(why);
            case Addition.Added(List<dev.coppice.model.Task> added) -> {
                if (!now.isJoined()) { // else its folder is kept by who began it
                    coppice.follow(now.job());
                }
                now.watch().catchUp();
                yield added.stream()
                        .map(task -> now.watch().task(task.id()).orElseThrow())
                        .toList();
            }
        };
    }

    private static Optional<TaskId> parent(List<NewTask> tasks) {
        List<String> parents =
                tasks.stream().flatMap(task -> task.parentTask().stream()).distinct().toList();
        boolean isOfAll = tasks.stream().allMatch(task -> task.parentTask().isPresent());
        if (parents.size() > 1 || (!parents.isEmpty() && !isOfAll)) {
            throw new InvalidTaskException("The tasks of one batch have one parent task, or none.");
        }
        return parents.stream()
                .map(id -> TaskId.parse(id).orElseThrow(() -> new TaskNotFoundException(id)))
                .findFirst();
    }

    private static TaskDraft.Builder draft(NewTask task, String id) {
        return TaskDraft.unplaced()
                .id(id)
                .description(task.description())
                .priority(task.priority())
                .dependencies(task.dependencies())
                .contextFiles(task.contextFiles())
                .hints(task.hints());
    }

    /// `task-` and digits of which the first is a letter, so that it is never taken for a task's number.
    private String freshId() {
        return "task-%x%07x".formatted(chance.nextInt(10, 16), chance.nextInt(1 << 28));
    }

    /// The tasks as the job can take them; that context files exist is not asked, since earlier tasks may make them.
    private static List<dev.coppice.model.Task> checked(
            Session now, List<TaskDraft.Builder> drafts, JobState state) {
        List<TaskId> existing = state.tasks().stream().map(task -> task.task().id()).toList();
        PlanRules rules =
                new PlanRules(now.settings(), PlanRules.Author.PERSON, _ -> true, existing);
        return switch (Plans.check(PlanDraft.of(now.goal(), drafts), rules)) {
            case Verdict.Invalid invalid ->
                    throw new InvalidTaskException(OrchestrationException.text(invalid.problems()));
            case Verdict.Valid valid -> valid.plan().tasks();
        };
    }

    /// The task as it stands now.
    public Optional<Task> task(String taskId) {
        return Edge.answer(() -> {
            Session now = session();
            now.watch().catchUp();
            return TaskId.parse(taskId).flatMap(now.watch()::task);
        });
    }

    /// The task as it stands now.
    ///
    /// @throws TaskNotFoundException if there is none
    public Task taskOrThrow(String taskId) {
        return task(taskId).orElseThrow(() -> new TaskNotFoundException(taskId));
    }

    /// Knows an agent before it claims anything.
    public void registerAgent(String agentId) {
        session().watch().register(agent(agentId).value());
    }

    /// Claims the task whose turn it is for an agent outside; empty where there is none now. The claim holds for the task
    /// timeout, counted from the agent's last sign of life.
    public Optional<Task> claimTask(String agentId) {
        return Edge.answer(() -> claimed(session().queue().claim(agent(agentId))));
    }

    /// Claims this task; empty where it can't be claimed. One that the agent has already stays its own.
    public Optional<Task> claimTask(String agentId, String taskId) {
        Session now = session();
        AgentName agent = agent(agentId);
        return TaskId.parse(taskId)
                .flatMap(id -> Edge.answer(() -> claimed(now.queue().claim(id, agent))));
    }

    private Optional<Task> claimed(Claim claim) {
        return switch (claim) {
            case Claim.Granted granted -> task(granted.order().task().id().value());
            case Claim.Nothing _, Claim.Refused _ -> Optional.empty();
        };
    }

    private static AgentName agent(String agentId) {
        return AgentName.parse(agentId)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "An agent's id has letters, digits, '.', '_' and '-', at most 64, and begins with a"
                                        + " letter or digit; this has not: "
                                        + agentId));
    }

    /// A sign of life: the agent's claim of the task counts from now. False where it is not, or no longer, the agent's.
    ///
    /// @throws AgentNotFoundException if the agent has never claimed a task and is not registered
    public boolean heartbeat(String taskId, String agentId) {
        Session now = session();
        return isAccepted(now, taskId, agentId, id -> now.queue().heartbeat(id, agent(agentId)));
    }

    /// Whoever has the task has done it. False where nobody outside has it. Of the result, `error` and `subtasksCreated` do
    /// not count: what failed is told to [#failTask], and subtasks are the tasks that were added with this one as parent.
    public boolean completeTask(String taskId, TaskResult result) {
        return claimant(taskId).filter(agent -> completeTask(taskId, agent, result)).isPresent();
    }

    /// The agent has done its task. False where it is not, or no longer, the agent's.
    ///
    /// @throws AgentNotFoundException if the agent has never claimed a task and is not registered
    public boolean completeTask(String taskId, String agentId, TaskResult result) {
        Session now = session();
        return isAccepted(
                now,
                taskId,
                agentId,
                id ->
                        now.queue()
                                .complete(
                                        id,
                                        agent(agentId),
                                        Results.workResult(result),
                                        Results.discoveries(result)));
    }

    /// As [#completeTask(String, TaskResult)], but what can't be is an exception.
    ///
    /// @throws TaskNotFoundException if there is no such task
    /// @throws TaskStateException if nobody outside has it
    public void completeTaskOrThrow(String taskId, TaskResult result) {
        Task task = taskOrThrow(taskId);
        if (!completeTask(taskId, result)) {
            throw notClaimed(task, "be completed");
        }
    }

    /// Whoever has the task could not do it; it is not tried again by itself. False where nobody outside has it.
    public boolean failTask(String taskId, String error) {
        Session now = session();
        return claimant(taskId)
                .filter(agent ->
                        isAccepted(
                                now,
                                taskId,
                                agent,
                                id -> now.queue().fail(id, agent(agent), error)))
                .isPresent();
    }

    /// As [#failTask], but what can't be is an exception.
    ///
    /// @throws TaskNotFoundException if there is no such task
    /// @throws TaskStateException if nobody outside has it
    public void failTaskOrThrow(String taskId, String error) {
        Task task = taskOrThrow(taskId);
        if (!failTask(taskId, error)) {
            throw notClaimed(task, "fail");
        }
    }

    private static TaskStateException notClaimed(Task task, String what) {
        return new TaskStateException(
                task.id(), "it can't " + what + " while it is " + task.status().value());
    }

    /// Whoever works on the task has found something that the others should know. False where nobody works on it.
    public boolean postDiscovery(String taskId, String content, List<String> tags) {
        Session now = session();
        dev.coppice.model.Discovery found = new dev.coppice.model.Discovery(content, tags);
        return TaskId.parse(taskId)
                .map(id -> said(now, id, task -> now.queue().discover(task, found)))
                .filter(Answer.ACCEPTED::equals)
                .isPresent();
    }

    private Optional<String> claimant(String taskId) {
        return task(taskId)
                .filter(task -> task.status() == TaskStatus.CLAIMED)
                .flatMap(Task::claimedBy);
    }

    /// Something that an agent says of its task.
    @FunctionalInterface
    private interface Saying {
        Answer of(TaskId task);
    }

    private static Answer said(Session now, TaskId task, Saying saying) {
        return Edge.answer(() -> {
            Answer answer = saying.of(task);
            now.watch().catchUp();
            return answer;
        });
    }

    private boolean isAccepted(Session now, String taskId, String agentId, Saying saying) {
        Optional<TaskId> id = TaskId.parse(taskId);
        if (id.isEmpty()) {
            return false;
        }
        Answer answer = said(now, id.get(), saying);
        if (answer == Answer.NO_SUCH_AGENT && !now.watch().isKnown(agentId)) {
            throw new AgentNotFoundException(agentId);
        }
        return answer == Answer.ACCEPTED;
    }

    // ---- running

    /// Lets workers of ours take the tasks, those that are there and those that are added, until they are stopped. Returns
    /// at once.
    public void start() {
        Edge.brief(() -> workers.start(session()));
    }

    /// Ends every agent process at once. What they left is kept, and [#start] goes on. What others have claimed stays
    /// claimed. To stop twice is fine.
    public void stop() throws InterruptedException {
        gracefulShutdown(Duration.ZERO);
    }

    /// Starts nothing more, asks the agents to end, and waits until they have; after `limit` it ends them. Their work and
    /// sessions are kept, and [#start] goes on. Where another thread shuts down already both wait, and the shorter limit
    /// counts.
    ///
    /// @throws InterruptedException when the thread is interrupted; the agents are then ended without waiting for them
    public void gracefulShutdown(Duration limit) throws InterruptedException {
        Edge.waiting(() -> {
            Session now = session.get();
            if (now != null && workers.stop(now, limit)) {
                now.watch().catchUp();
            }
        });
    }

    /// Has the leader make the tasks, runs them, and tells what came of it. It plans once; where that came to nothing, this
    /// can be called again. Workers then take no more tasks, unless [#start] lets them.
    ///
    /// @throws TaskTimeoutException if the planning, or the whole run, passes its limit
    /// @throws OrchestrationException if there is no plan, or another thread stopped the run or began with a new goal
    /// @throws InterruptedException once every agent was stopped, when the thread is interrupted
    public OrchestrationResult runWithLeaderPlanning() throws InterruptedException {
        Session now = session();
        Edge.waiting(() -> {
            if (now.queue().askLead() instanceof Addition.Refused(String why) && !planAgain(now)) {
                throw new OrchestrationException("The leader has planned already: " + why);
            }
        });
        return run(now);
    }

    /// Has the planning done again, where it came to nothing.
    private boolean planAgain(Session now) {
        now.watch().catchUp();
        boolean hasFailed =
                now.watch().view().task(TaskId.PLAN).filter(TaskView::isUnsuccessful).isPresent();
        return hasFailed
                && coppice.engine().retry(now.job(), List.of(TaskId.PLAN), Optional.empty())
                        == Engine.Answer.ACCEPTED;
    }

    /// Runs the tasks that were added, and tells what came of it. Workers then take no more tasks, unless [#start] lets
    /// them.
    ///
    /// @throws TaskTimeoutException if the whole run passes its limit
    /// @throws OrchestrationException if another thread stopped the run or began with a new goal
    /// @throws InterruptedException once every agent was stopped, when the thread is interrupted
    public OrchestrationResult runWithPredefinedTasks() throws InterruptedException {
        return run(session());
    }

    private OrchestrationResult run(Session now) throws InterruptedException {
        try {
            return Edge.afterWaiting(() -> outcome(now));
        } catch (InterruptedException e) {
            stop();
            throw e;
        }
    }

    private OrchestrationResult outcome(Session now) throws InterruptedException {
        try (Workers.Run run = workers.run(now)) {
            Driver.Turn turn = coppice.await(now.job());
            now.watch().catchUp();
            JobView view = now.watch().view();
            requireNotReplaced(now, turn, view);
            if (view.all().findAny().isPresent()) {
                requireOver(turn, now.job());
            }
            requireInTime(view);
            fillMasterPlan(now, view);
            CoordinationState state = state(now);
            return new OrchestrationResult(
                    now.goal(),
                    state.progress().count(TaskStatus.DONE),
                    state.progress().count(TaskStatus.FAILED),
                    state.discoveries().size(),
                    Summary.of(coppice, run, now.settings(), timeLeft(now, view), state));
        }
    }

    /// What another goal cut short has no result; what had ended before has its own.
    private void requireNotReplaced(Session now, Driver.Turn turn, JobView view) {
        boolean isWhole = turn instanceof Driver.Turn.Over && view.canceling().isEmpty();
        if (session.get() != now && !isWhole) {
            throw new OrchestrationException(
                    "The run of job %s was ended by a new goal: by initialize, join or loadState."
                            .formatted(now.job()));
        }
    }

    private static void requireOver(Driver.Turn turn, JobId job) {
        switch (turn) {
            case Driver.Turn.Over _ -> {}
            case Driver.Turn.Superseded _ ->
                    throw new OrchestrationException(
                            "Job %s is run by another. Wait for it there, or look with getStatus()."
                                    .formatted(job));
            case Driver.Turn.LaidDown _, Driver.Turn.Waiting _ ->
                    throw new OrchestrationException(
                            "The run of job %s was stopped; start() goes on with it."
                                    .formatted(job));
        }
    }

    /// What the run has left of its limit; empty where it has none.
    private Optional<Duration> timeLeft(Session now, JobView view) {
        Duration taken = view.elapsed(asked.surroundings.clock().instant());
        return now.settings().workers().jobTimeout().map(limit -> limit.minus(taken));
    }

    private static void requireInTime(JobView view) {
        if (view.canceling().filter(reason -> reason == Reason.JOB_TIMEOUT).isPresent()) {
            throw new TaskTimeoutException(
                    view.id().value(),
                    "The run of job "
                            + view.id()
                            + " passed its time. Give it more with runTimeout, or workers.job_timeout.");
        }
        Optional<TaskView> planning = view.task(TaskId.PLAN).filter(TaskView::isUnsuccessful);
        if (planning.isPresent()) {
            String why = planning.get().message();
            if (planning.get().reason().filter(Reason::isTimeout).isPresent()) {
                throw new TaskTimeoutException(
                        view.id().value(),
                        "The planning passed its time: "
                                + why
                                + " Give it more with taskTimeout, or workers.default_timeout.");
            }
            throw new OrchestrationException("The leader made no plan: " + why);
        }
    }

    private static void fillMasterPlan(Session now, JobView view) {
        if (now.masterPlan().isBlank() && view.task(TaskId.PLAN).isPresent()) {
            now.masterPlan(
                    view.tasks().stream()
                            .map(task -> task.worker() + ". " + task.task().name())
                            .collect(Collectors.joining("\n")));
        }
    }

    // ---- looking

    /// How it stands.
    public OrchestrationStatus getStatus() {
        CoordinationState state = state();
        return new OrchestrationStatus(
                state.goal(),
                state.progress(),
                state.agents(),
                state.discoveries(),
                state.lastActivity().orElse(Instant.EPOCH));
    }

    /// All that is known, with secrets masked.
    public CoordinationState state() {
        return state(session());
    }

    private CoordinationState state(Session now) {
        Edge.brief(now.watch()::catchUp);
        return now.watch()
                .state(
                        coppice.secrets().mask(now.goal()),
                        coppice.secrets().mask(now.masterPlan()),
                        asked.workingDirectory);
    }

    /// Whether all is well.
    public Health health() {
        CoordinationState state = state();
        List<String> problems = new ArrayList<>();
        for (Task task : state.tasks()) {
            if (task.status() == TaskStatus.FAILED || task.status() == TaskStatus.BLOCKED) {
                problems.add(
                        "Task %s is %s: %s"
                                .formatted(
                                        task.id(),
                                        task.status().value(),
                                        task.result().flatMap(TaskResult::error).orElse("")));
            }
        }
        int open =
                (int) state.tasks().stream().filter(task -> task.completedAt().isEmpty()).count();
        int active = (int) state.agents().stream().filter(Agent::isActive).count();
        return new Health(workers.isStarted(), active, open, problems);
    }

    // ---- state files

    /// Writes all that is known to a file, which is replaced as a whole; a link stays, and what it points to is replaced.
    ///
    /// @param filepath from the working directory of this process
    /// @throws StateFileException if it can't be written
    public void saveState(String filepath) {
        Session now = session();
        CoordinationState state = state(now);
        StateFile.write(file(filepath), new StateFile.Saved(state, now.watch().commits()));
    }

    /// Goes on from a file that [#saveState], or the Python program of document 003, wrote: as a new job, in which what was
    /// done, failed or blocked stays so, and what was in flight or canceled can be claimed again. What was begun before is
    /// ended.
    ///
    /// Who depends on a task that is done starts from its work, and the result has it. Where the repository does not have its
    /// commit any more the task can be claimed again, and a note among the job's events says so.
    ///
    /// @throws StateFileException if it can't be read; then nothing is changed
    /// @throws InvalidTaskException if its tasks do not fit together; then nothing is changed
    public void loadState(String filepath) throws InterruptedException {
        StateFile.Saved saved = StateFile.read(file(filepath));
        Edge.waiting(() -> {
            Session next = loaded(saved);
            next.watch().start();
            replace(next);
        });
    }

    private Session loaded(StateFile.Saved saved) throws InterruptedException {
        Session next =
                open(
                        saved.state().goal(),
                        saved.state().masterPlan(),
                        saved.state().maxParallelWorkers(),
                        saved.state().taskTimeout());
        ContextFiles contextFiles =
                new ContextFiles(
                        coppice.root(), file(saved.state().workingDirectory()).normalize());
        LoadedWork work = work(next, saved.commits());
        List<Task> gone = saved.state().tasks().stream().filter(work::isGone).toList();
        CoordinationState state =
                saved.state()
                        .withTasks(
                                saved.state().tasks().stream()
                                        .map(task -> gone.contains(task) ? task.requeued() : task)
                                        .toList());
        try {
            add(
                    next,
                    Optional.empty(),
                    state.tasks().stream().map(task -> again(task, contextFiles.of(task))).toList(),
                    gone.stream().map(Orchestrator::toBeDoneAgain).toList());
            next.watch().stands(new StateReplay(next.queue(), state, work).replay());
        } catch (RuntimeException e) {
            boolean isInterrupted = Thread.interrupted();
            end(next);
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
            throw e;
        }
        return next;
    }

    private LoadedWork work(Session next, Map<String, CommitId> commits) {
        return switch (next.settings().layout().isolation()) {
            case WORKTREE -> new LoadedWork(Optional.of(coppice.git()), commits);
            case NONE -> new LoadedWork(Optional.empty(), commits);
        };
    }

    private static String toBeDoneAgain(Task task) {
        return "Task %s was done, but the repository does not have its work any more: it is done again."
                .formatted(task.id());
    }

    /// It may be tried as often as is left of what the state says. Its parent is told by the state: it need not run.
    private static TaskDraft.Builder again(Task task, List<String> contextFiles) {
        int left = task.maxAttempts() - task.attempts();
        return draft(
                        NewTask.of(task.description())
                                .withPriority(task.priority())
                                .withDependencies(task.dependencies())
                                .withContextFiles(contextFiles)
                                .withHints(task.context().hints()),
                        task.id())
                .maxRetries(Math.clamp(left - 1, 0, RETRIES_MAX));
    }

    private Path file(String filepath) {
        return asked.surroundings.folder().resolve(filepath);
    }

    // ---- what happens

    private void happened(JobWatch.News news) {
        if (!news.isSignOfLife()) {
            tell(news.recorded().event());
        }
        news.found().ifPresent(found -> call(asked.onDiscovery, found));
        news.ended().ifPresent(this::ended);
    }

    private void ended(Task task) {
        switch (task.status()) {
            case DONE -> call(asked.onTaskComplete, task);
            case FAILED -> call(asked.onTaskFailed, task);
            case PENDING, AVAILABLE, CLAIMED, IN_PROGRESS, BLOCKED, CANCELED -> {}
        }
    }

    /// The caller's code stands here: whatever it throws, an error of its own too, ends at this edge.
    private static <T> void call(Consumer<T> callback, T value) {
        try {
            callback.accept(value);
        } catch (Throwable e) {
            LOG.error("a callback failed for {}", value, e);
        }
    }

    private void tell(Event event) {
        if (asked.verbose && isTold(event)) {
            String task = EventText.task(event).map(id -> id + ": ").orElse("");
            asked.output.println(task + EventText.describe(event, ZoneId.systemDefault()));
        }
    }

    private static boolean isTold(Event event) {
        return switch (event) {
            case Event.AttemptClaimed _,
                    Event.AttemptStarting _,
                    Event.Discovered _,
                    Event.TaskEnded _ ->
                    true;
            case Event.JobSubmitted _,
                    Event.DriverTaken _,
                    Event.TasksAdded _,
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
                    Event.JobEnded _ ->
                    false;
        };
    }

    /// Ends the agents that this object started. The job stays as it is: `coppice resume` goes on with it.
    @Override
    public void close() {
        Edge.brief(() -> {
            try {
                stop();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            } finally {
                letGo();
            }
        });
    }

    private void letGo() {
        try (exit;
                coppice) {
            Session now = session.get();
            if (now != null) {
                now.watch().close();
                coppice.settle(now.job());
            }
        }
    }
}
