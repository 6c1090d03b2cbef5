package dev.coppice.testkit;

import dev.coppice.model.AgentName;
import dev.coppice.model.CommitId;
import dev.coppice.model.Discovery;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.Expectation;
import dev.coppice.model.Family;
import dev.coppice.model.FileChange;
import dev.coppice.model.Integration;
import dev.coppice.model.Integration.Delivery;
import dev.coppice.model.Integration.Fate;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Limits;
import dev.coppice.model.Need;
import dev.coppice.model.Outcome;
import dev.coppice.model.Plan;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Reason;
import dev.coppice.model.Recorded;
import dev.coppice.model.Resources;
import dev.coppice.model.Settings;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.model.Usage;
import dev.coppice.model.WorkResult;
import dev.coppice.model.WorkerNumbers;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Tells a job's history in a few words, for tests of what is derived from it. Each word appends the
/// events that a driver would have written; time passes only where the story says so.
///
/// ```java
/// new JobStory("Add validation").planned(task("model"), task("api", "model"))
///         .begins("model").passes(3).finishes("model", created("Model.java"))
///         .begins("api").passes(2).fails("api", Reason.CHECK_FAILED, "2 tests failed");
/// ```
public final class JobStory {
    /// When every story begins.
    public static final Instant BEGINNING = Instant.parse("2026-11-21T09:00:00Z");

    public static final JobId JOB = JobId.of(BEGINNING, 1);
    public static final AgentName CLAUDE = new AgentName("claude");

    private final JobId job;
    private final JobRequest request;
    private final List<Recorded> events = new ArrayList<>();
    private final Map<TaskId, Integer> attempts = new HashMap<>();
    private final Map<TaskId, Integer> workers = new HashMap<>();
    private Instant now;
    private int commits;
    private Usage usage = Usage.NONE;
    private Resources resources = Resources.NONE;

    /// A job for `request` with 3 slots, submitted and taken by a driver.
    public JobStory(String request) {
        this(request, 3);
    }

    /// A job for `request`, submitted and taken by a driver.
    public JobStory(String request, int slots) {
        this(JOB, request(request, settings(slots), 0, Optional.empty()), BEGINNING);
    }

    private JobStory(JobId job, JobRequest request, Instant beginning) {
        this.job = job;
        this.request = request;
        now = beginning;
        happens(new Event.JobSubmitted(request));
        happens(new Event.DriverTaken(1, process(1)));
    }

    private static JobRequest request(
            String request, Settings settings, int depth, Optional<JobRequest.Parent> parent) {
        return new JobRequest(
                request,
                "/home/ada/shop",
                Optional.of(commit(0xba5e)),
                Optional.of("main"),
                Optional.empty(),
                settings,
                depth,
                parent);
    }

    /// A task of the plan that needs the success of others.
    public static Task task(String id, String... needs) {
        return described(id, "Write the " + id, needs);
    }

    /// A task of the plan with this description.
    public static Task described(String id, String description, String... needs) {
        return laid(id, new Duty.Work(), description, needs);
    }

    private static Task laid(String id, Duty duty, String description, String... needs) {
        return new Task(
                new TaskId(id),
                duty,
                description,
                Task.DEFAULT_PRIORITY,
                Stream.of(needs).map(need -> Need.success(new TaskId(need))).toList(),
                List.of(),
                "",
                CLAUDE,
                Optional.empty(),
                Expectation.CHANGES,
                List.of(),
                List.of(),
                true,
                Optional.empty(),
                new Limits(Duration.ofMinutes(10), 2, 2, Optional.empty()));
    }

    public static FileChange created(String path) {
        return new FileChange(path, FileChange.Kind.CREATED);
    }

    public static FileChange modified(String path) {
        return new FileChange(path, FileChange.Kind.MODIFIED);
    }

    public static FileChange deleted(String path) {
        return new FileChange(path, FileChange.Kind.DELETED);
    }

    /// Time passes, in seconds.
    public JobStory passes(double seconds) {
        now = now.plusMillis(Math.round(seconds * 1000));
        return this;
    }

    /// From here on attempts use this much.
    public JobStory using(String usd, long tokens, double cpuSeconds) {
        usage =
                new Usage(
                        tokens * 4 / 5,
                        tokens / 5,
                        0,
                        0,
                        usd.isEmpty() ? Optional.empty() : Optional.of(new BigDecimal(usd)));
        resources = new Resources(Duration.ofMillis(Math.round(cpuSeconds * 1000)), 200 << 20, 0);
        return this;
    }

    /// The lead plans for 4 s, then its tasks join the job.
    public JobStory planned(Task... tasks) {
        lays(laid("@plan", new Duty.Planning(), "Plan"));
        begins("@plan").passes(4);
        Plan plan = new Plan("Add input validation", List.of(tasks));
        ends("@plan", new Outcome.Planned(plan, WorkResult.of("a plan")));
        plan.tasks().forEach(this::number);
        happens(new Event.TasksAdded(Optional.of(TaskId.PLAN), plan.goal(), plan.tasks()));
        return over("@plan", TaskStatus.COMPLETED, Optional.empty());
    }

    /// Tasks join the job without a lead.
    public JobStory lays(Task... tasks) {
        Stream.of(tasks).forEach(this::number);
        return happens(new Event.TasksAdded(Optional.empty(), "", List.of(tasks)));
    }

    /// An attempt starts; its workspace takes 0.5 s.
    public JobStory begins(String task) {
        TaskId id = new TaskId(task);
        int attempt = attempts.merge(id, 1, Integer::sum);
        happens(
                new Event.AttemptStarting(
                        id, attempt, CLAUDE, Duration.ofMinutes(10), Optional.empty()));
        passes(0.5);
        happens(
                new Event.WorkspaceReady(
                        id,
                        attempt,
                        Optional.of(commit(0xba5e)),
                        id.isOwn() ? Optional.empty() : Optional.of(branch(id)),
                        "/home/ada/shop/.coppice/" + task));
        happens(new Event.AttemptStarted(id, attempt, process(100 + attempt)));
        return happens(new Event.SessionOpened(id, attempt, "session-" + task));
    }

    /// The agent's process ends, a check runs.
    public JobStory checks(
            String task, String command, int exitCode, double seconds, String output) {
        TaskId id = new TaskId(task);
        happens(new Event.AgentEnded(id, attempt(id), 0));
        passes(seconds);
        return happens(
                new Event.Checked(
                        id,
                        attempt(id),
                        0,
                        command,
                        exitCode,
                        Duration.ofMillis(Math.round(seconds * 1000)),
                        output));
    }

    /// The running attempt shares a finding.
    public JobStory discovers(String task, String content, String... tags) {
        TaskId id = new TaskId(task);
        return happens(
                new Event.Discovered(id, attempt(id), new Discovery(content, List.of(tags))));
    }

    /// The attempt is done, and so is its task.
    public JobStory finishes(String task, FileChange... files) {
        ends(task, new Outcome.Done(result(task, "The " + task + " is done.", files)));
        return over(task, TaskStatus.COMPLETED, Optional.empty());
    }

    /// The attempt fails, and is to be retried in 2 s.
    public JobStory stumbles(String task, Reason reason, String message) {
        ends(task, failed(task, reason, message));
        return happens(new Event.RetryScheduled(new TaskId(task), now.plusSeconds(2)));
    }

    /// The attempt fails, and with it the task.
    public JobStory fails(String task, Reason reason, String message, FileChange... files) {
        ends(task, failed(task, reason, message, files));
        return over(
                task,
                reason.isTimeout() ? TaskStatus.TIMEOUT : TaskStatus.FAILED,
                Optional.of(reason));
    }

    /// The task can't start because of `cause`.
    public JobStory blocks(String task, String cause) {
        return happens(
                new Event.TaskEnded(
                        new TaskId(task),
                        TaskStatus.BLOCKED,
                        Optional.of(Reason.BLOCKED),
                        Optional.of(new TaskId(cause))));
    }

    /// The task is over.
    public JobStory over(String task, TaskStatus status, Optional<Reason> reason) {
        return happens(new Event.TaskEnded(new TaskId(task), status, reason, Optional.empty()));
    }

    /// The attempt is over; the task's end is told apart.
    public JobStory ends(String task, Outcome outcome) {
        TaskId id = new TaskId(task);
        Optional<String> rescue =
                outcome instanceof Outcome.Failed
                        ? Optional.of(
                                "refs/coppice/rescue/" + job + "/" + worker(id) + "-" + attempt(id))
                        : Optional.empty();
        return happens(
                new Event.AttemptEnded(
                        id,
                        attempt(id),
                        outcome,
                        usage,
                        resources,
                        Optional.of("session-" + task),
                        rescue));
    }

    /// The branches of the plan's tasks are joined in 1 s; those of `left` conflict in `Shared.java`.
    public JobStory integrates(Delivery delivery, List<String> in, List<String> left) {
        lays(laid("@integrate-1", new Duty.Integrating(), "Join the branches"));
        TaskId id = TaskId.integration(1);
        int attempt = attempts.merge(id, 1, Integer::sum);
        happens(
                new Event.AttemptStarting(
                        id, attempt, CLAUDE, Duration.ofMinutes(10), Optional.empty()));
        passes(1);
        Map<TaskId, Fate> fates = new LinkedHashMap<>();
        in.forEach(task -> fates.put(new TaskId(task), new Fate.In()));
        left.forEach(
                task -> fates.put(new TaskId(task), new Fate.Left(List.of("src/Shared.java"))));
        ends(
                "@integrate-1",
                new Outcome.Integrated(
                        new Integration(
                                Optional.of("coppice/" + job + "/result"),
                                Optional.of(commit(0xfeed)),
                                fates,
                                delivery)));
        return over("@integrate-1", TaskStatus.COMPLETED, Optional.empty());
    }

    public JobStory ends(JobStatus status, String why) {
        return happens(new Event.JobEnded(status, why));
    }

    /// The running attempt of `task`, the worker's first to do so, starts a job of two tasks for `request`; that job's
    /// own story is returned.
    public JobStory startsJob(String task, String request) {
        TaskId by = new TaskId(task);
        JobId child = JobId.of(now, events.size());
        List<JobId> ancestors = new ArrayList<>();
        this.request.parent().ifPresent(p -> ancestors.addAll(p.family().ancestors()));
        ancestors.add(job);
        WorkerNumbers numbers = new WorkerNumbers(this.request.numbers().of(worker(by)), 1, 0, 2);
        JobRequest asked =
                request(
                        request,
                        this.request.settings(),
                        this.request.depth() + 1,
                        Optional.of(
                                new JobRequest.Parent(job, by, new Family(ancestors, 3, numbers))));
        Task waits =
                laid(
                        TaskId.child(child).value(),
                        new Duty.Delegating(by, child, asked),
                        "Job " + child + ": " + request);
        happens(new Event.TasksAdded(Optional.of(by), "", List.of(waits)));
        attempts.merge(waits.id(), 1, Integer::sum);
        happens(
                new Event.AttemptStarting(
                        waits.id(), 1, CLAUDE, Duration.ofMinutes(10), Optional.empty()));
        return new JobStory(child, asked, now);
    }

    /// The job that a task of this one started has ended, which takes both stories to the same moment.
    public JobStory learnsOf(JobStory child, Outcome outcome) {
        now = child.now;
        TaskId id = TaskId.child(child.job);
        ends(id.value(), outcome);
        boolean isDone = outcome instanceof Outcome.Done;
        return over(
                id.value(),
                isDone ? TaskStatus.COMPLETED : TaskStatus.FAILED,
                isDone ? Optional.empty() : Optional.of(Reason.CHILD_FAILED));
    }

    /// Any event, now.
    public JobStory happens(Event event) {
        events.add(new Recorded(job, events.size() + 1L, now, event));
        return this;
    }

    public List<Recorded> events() {
        return List.copyOf(events);
    }

    public Instant now() {
        return now;
    }

    private Outcome failed(String task, Reason reason, String message, FileChange... files) {
        return new Outcome.Failed(reason, message, result(task, "I tried the " + task, files));
    }

    private WorkResult result(String task, String output, FileChange... files) {
        return new WorkResult(
                output,
                false,
                Optional.of(branch(new TaskId(task))),
                Optional.of(commit(++commits)),
                List.of(files));
    }

    private void number(Task task) {
        if (!task.id().isOwn()) {
            workers.put(task.id(), workers.size() + 1);
        }
    }

    private int attempt(TaskId task) {
        return attempts.getOrDefault(task, 0);
    }

    private int worker(TaskId task) {
        return workers.getOrDefault(task, 0);
    }

    private String branch(TaskId task) {
        return "coppice/" + job + "/" + worker(task) + "-" + task.value().replace("@", "");
    }

    private static CommitId commit(int number) {
        return new CommitId("%08x".formatted(number).repeat(5));
    }

    private static ProcessIdentity process(long pid) {
        return new ProcessIdentity(pid, 1000 + pid, "boot");
    }

    private static Settings settings(int slots) {
        return new Settings(
                new Settings.Layout(
                        ".coppice/workspace",
                        "coppice/<job>/<n>-<slug>",
                        Settings.Isolation.WORKTREE,
                        false),
                new Settings.Workers(
                        slots,
                        Duration.ofMinutes(10),
                        Optional.empty(),
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(2),
                        4L << 30,
                        2,
                        2,
                        new Settings.Backoff(
                                Duration.ofSeconds(1), Duration.ofSeconds(60), 0.1, 1.5)),
                new Settings.Recursion(true, 3, List.of(10, 8, 5, 3, 2, 1)),
                new Settings.Agents(CLAUDE, CLAUDE, Map.of()),
                Settings.Environment.NONE,
                List.of(),
                new Settings.Integrate(
                        Settings.Result.BRANCH, Settings.Conflicts.AGENT, Optional.of("main")),
                Optional.empty());
    }
}
