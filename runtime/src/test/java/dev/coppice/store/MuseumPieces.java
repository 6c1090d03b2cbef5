package dev.coppice.store;

import dev.coppice.model.AgentName;
import dev.coppice.model.CommandLine;
import dev.coppice.model.CommitId;
import dev.coppice.model.Discovery;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.Expectation;
import dev.coppice.model.Family;
import dev.coppice.model.FileChange;
import dev.coppice.model.Handoff;
import dev.coppice.model.Integration;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Limits;
import dev.coppice.model.Need;
import dev.coppice.model.Outcome;
import dev.coppice.model.Plan;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Reason;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One event for each form that is written today, by the name of its file in the museum.
final class MuseumPieces {
    private static final Instant AT = Instant.parse("2026-11-21T09:30:00.5Z");
    private static final TaskId MODEL = new TaskId("model");
    private static final TaskId REST = new TaskId("rest.api-2");
    private static final AgentName CLAUDE = new AgentName("claude");
    private static final AgentName SCRIPT = new AgentName("script");
    private static final String BRANCH = "coppice/0abc/1-model";
    private static final CommitId BASE = new CommitId("5ca1ab1e".repeat(5));
    private static final CommitId WORK = new CommitId("0ddba11".repeat(5) + "c0ffe");
    private static final CommitId LONG = new CommitId("deadbeef".repeat(8));
    private static final ProcessIdentity PROCESS =
            new ProcessIdentity(4711, 123456789, "2f1c8a4e-7a53-4d0e-9b0a-000000000001");
    private static final CommandLine VERIFY = CommandLine.shell("./mvnw -q verify");
    private static final CommandLine LIST = new CommandLine(List.of("npm", "run", "test all"));

    private MuseumPieces() {}

    static Map<String, Event> all() {
        return Map.ofEntries(
                Map.entry("job_submitted", submitted()),
                Map.entry("job_submitted-planned-child", submittedChild()),
                Map.entry("job_submitted-repeatable", submittedRepeatably()),
                Map.entry("driver_taken", new Event.DriverTaken(2, PROCESS)),
                Map.entry("tasks_added", tasksAdded()),
                Map.entry("tasks_added-given", tasksGiven()),
                Map.entry("attempt_claimed", claimed()),
                Map.entry("attempt_starting", starting(Optional.empty())),
                Map.entry("attempt_starting-resumed", starting(Optional.of("5f0c-11"))),
                Map.entry("workspace_ready", ready(Optional.of(BASE), Optional.of(BRANCH))),
                Map.entry("workspace_ready-detached", ready(Optional.of(BASE), Optional.empty())),
                Map.entry(
                        "workspace_ready-without-git",
                        ready(Optional.empty(), Optional.of(BRANCH))),
                Map.entry("attempt_started", new Event.AttemptStarted(MODEL, 1, PROCESS)),
                Map.entry("session_opened", new Event.SessionOpened(MODEL, 1, "5f0c-11")),
                Map.entry("agent_ended", new Event.AgentEnded(MODEL, 1, 143)),
                Map.entry("checked", checked()),
                Map.entry("discovered", discovered()),
                Map.entry("attempt_ended-done", ended(new Outcome.Done(result()))),
                Map.entry("attempt_ended-planned", ended(new Outcome.Planned(plan(), result()))),
                Map.entry("attempt_ended-integrated", ended(new Outcome.Integrated(delivered()))),
                Map.entry("attempt_ended-not-delivered", ended(new Outcome.Integrated(refused()))),
                Map.entry("attempt_ended-not-asked", ended(new Outcome.Integrated(notAsked()))),
                Map.entry("attempt_ended-deferred", ended(deferred())),
                Map.entry("attempt_ended-failed", ended(failed())),
                Map.entry("attempt_ended-rate_limited", ended(rateLimited(Optional.of(AT)))),
                Map.entry(
                        "attempt_ended-rate_limited-unknown", ended(rateLimited(Optional.empty()))),
                Map.entry("attempt_ended-stopped", stopped()),
                Map.entry("retry_scheduled", new Event.RetryScheduled(MODEL, AT)),
                Map.entry("task_ended-completed", completed()),
                Map.entry("task_ended-blocked", blocked()),
                Map.entry("agent_paused", new Event.AgentPaused(CLAUDE, AT, "five-hour limit")),
                Map.entry("checkout_changed", new Event.CheckoutChanged(List.of("a b.txt", "ö"))),
                Map.entry("cancel_requested-job", cancel(Optional.empty())),
                Map.entry("cancel_requested-task", cancel(Optional.of(MODEL))),
                Map.entry("pause_requested", new Event.PauseRequested()),
                Map.entry("retry_requested", retry()),
                Map.entry("retry_requested-all", retryAll()),
                Map.entry("noted", noted(Optional.empty())),
                Map.entry("noted-task", noted(Optional.of(REST))),
                Map.entry("result_merged", new Event.ResultMerged("trunk", WORK)),
                Map.entry(
                        "job_ended", new Event.JobEnded(JobStatus.PARTIAL, "1 of 2 tasks failed")));
    }

    private static Event submitted() {
        return new Event.JobSubmitted(
                new JobRequest(
                        "Add input validation\nto the \"REST\" layer",
                        "/home/ada/shop",
                        Optional.of(BASE),
                        Optional.of("trunk"),
                        Optional.empty(),
                        settings(),
                        0,
                        Optional.empty()));
    }

    private static Event submittedRepeatably() {
        JobRequest request = ((Event.JobSubmitted) submitted()).request();
        return new Event.JobSubmitted(request.known(new JobRequest.Receipt("8c1f", "d6a7")));
    }

    private static Event submittedChild() {
        return new Event.JobSubmitted(
                new JobRequest(
                        plan().goal(),
                        "/home/ada/notes",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(plan()),
                        bareSettings(),
                        1,
                        Optional.of(
                                new JobRequest.Parent(
                                        JobId.of(AT, 7),
                                        MODEL,
                                        new Family(
                                                List.of(JobId.of(AT, 7)),
                                                3,
                                                new WorkerNumbers("1", 2, 3, 10))))));
    }

    private static Duty delegating() {
        JobRequest request = ((Event.JobSubmitted) submittedChild()).request();
        return new Duty.Delegating(MODEL, JobId.of(AT, 8), request);
    }

    private static Settings settings() {
        Duration minute = Duration.ofMinutes(1);
        return new Settings(
                new Settings.Layout(
                        ".coppice/workspace",
                        "coppice/<job>/<n>-<slug>",
                        Settings.Isolation.WORKTREE,
                        true),
                new Settings.Workers(
                        3,
                        minute.multipliedBy(10),
                        Optional.of(minute.multipliedBy(90)),
                        minute.multipliedBy(5),
                        Duration.ofMillis(2500),
                        4_000_000_000L,
                        2,
                        1,
                        new Settings.Backoff(Duration.ofSeconds(1), minute, 0.1, 1.5)),
                new Settings.Recursion(true, 3, List.of(10, 8, 5)),
                new Settings.Agents(CLAUDE, CLAUDE, Map.of(SCRIPT, script(), CLAUDE, claude())),
                new Settings.Environment(
                        List.of(VERIFY, LIST),
                        List.of(".env"),
                        List.of("node_modules"),
                        Optional.of(List.of("requirements.txt")),
                        List.of("requests"),
                        10),
                List.of(VERIFY),
                new Settings.Integrate(
                        Settings.Result.MERGE, Settings.Conflicts.AGENT, Optional.of("main")),
                Optional.of(new BigDecimal("5.00")));
    }

    private static Settings bareSettings() {
        Duration second = Duration.ofSeconds(1);
        return new Settings(
                new Settings.Layout("/tmp/w", "c/<job>/<n>", Settings.Isolation.NONE, false),
                new Settings.Workers(
                        1,
                        second,
                        Optional.empty(),
                        second,
                        second,
                        1,
                        0,
                        0,
                        new Settings.Backoff(second, second, 0, 1, 1.5)),
                new Settings.Recursion(false, 0, List.of()),
                new Settings.Agents(SCRIPT, CLAUDE, Map.of()),
                Settings.Environment.NONE,
                List.of(),
                new Settings.Integrate(
                        Settings.Result.NONE, Settings.Conflicts.MANUAL, Optional.empty()),
                Optional.empty());
    }

    private static Settings.AgentSettings claude() {
        return new Settings.AgentSettings(
                Settings.Kind.CLAUDE,
                List.of("claude"),
                List.of("--verbose"),
                Optional.of("sonnet"),
                Settings.Permission.EDIT,
                Settings.Input.PROMPT,
                List.of("JIRA_TOKEN"),
                Settings.Home.USER,
                4);
    }

    private static Settings.AgentSettings script() {
        return new Settings.AgentSettings(
                Settings.Kind.COMMAND,
                List.of("bash", "-e"),
                List.of(),
                Optional.empty(),
                Settings.Permission.ALL,
                Settings.Input.DESCRIPTION,
                List.of(),
                Settings.Home.PRIVATE,
                1);
    }

    private static Plan plan() {
        return new Plan("Validate all input", List.of(model(), rest()));
    }

    private static Task model() {
        return new Task(
                MODEL,
                new Duty.Work(),
                "Write the value types",
                1,
                List.of(),
                List.of("src/Api.java"),
                "Records, no setters",
                CLAUDE,
                Optional.of("opus"),
                Expectation.CHANGES,
                List.of("src/model/*.java"),
                List.of(VERIFY, LIST),
                true,
                Optional.of(Duration.ofMinutes(5)),
                new Limits(Duration.ofMinutes(10), 1, 2, Optional.of(new BigDecimal("0.50"))));
    }

    private static Task rest() {
        List<Need> needs =
                List.of(
                        Need.success(MODEL),
                        new Need(new TaskId("fallback"), Need.On.FAILURE),
                        Need.end(TaskId.PLAN));
        return bare(REST, new Duty.Work(Optional.of(handoff())), needs);
    }

    private static Handoff handoff() {
        return new Handoff(
                "agent-branch",
                "{\"task_id\": \"rest_1795260705\"}",
                "## Your role\ntester",
                List.of("report"));
    }

    private static Task bare(TaskId id, Duty duty, List<Need> needs) {
        return new Task(
                id,
                duty,
                "Do it",
                Task.DEFAULT_PRIORITY,
                needs,
                List.of(),
                "",
                SCRIPT,
                Optional.empty(),
                Expectation.ANY,
                List.of(),
                List.of(),
                false,
                Optional.empty(),
                new Limits(Duration.ofSeconds(90), 0, 0, Optional.empty()));
    }

    private static Event tasksAdded() {
        return new Event.TasksAdded(
                Optional.of(TaskId.PLAN),
                "Validate all input",
                List.of(
                        model(),
                        rest(),
                        bare(TaskId.PLAN, new Duty.Planning(), List.of()),
                        bare(new TaskId("@integrate-1"), new Duty.Integrating(), List.of())));
    }

    private static Event tasksGiven() {
        return new Event.TasksAdded(Optional.empty(), "One thing", List.of(rest()));
    }

    private static Event starting(Optional<String> resumes) {
        return new Event.AttemptStarting(MODEL, 1, CLAUDE, Duration.ofMinutes(10), resumes);
    }

    private static Event claimed() {
        return new Event.AttemptClaimed(
                MODEL, 2, new AgentName("terminal-2"), Instant.parse("2026-11-21T02:31:43Z"));
    }

    private static Event ready(Optional<CommitId> base, Optional<String> branch) {
        return new Event.WorkspaceReady(MODEL, 1, base, branch, "/w/worker_1/worktree");
    }

    private static Event checked() {
        return new Event.Checked(
                MODEL, 1, 2, "./mvnw -q verify", 1, Duration.ofMillis(12_345), "1 test failed\n");
    }

    private static Event discovered() {
        return new Event.Discovered(
                MODEL, 1, new Discovery("The API is versioned 🌳", List.of("api", "naïve")));
    }

    private static WorkResult result() {
        return new WorkResult(
                "…and so it is done.",
                true,
                Optional.of("coppice/0abc/1-model"),
                Optional.of(WORK),
                List.of(
                        new FileChange("src/model/User.java", FileChange.Kind.CREATED),
                        new FileChange("src/Api.java", FileChange.Kind.MODIFIED),
                        new FileChange("a name with spaces", FileChange.Kind.DELETED)));
    }

    private static Event ended(Outcome outcome) {
        return new Event.AttemptEnded(
                MODEL,
                1,
                outcome,
                new Usage(1200, 310, 90_000, 4_000, Optional.of(new BigDecimal("0.0123"))),
                new Resources(Duration.ofMillis(12_500), 104_857_600, 2),
                Optional.of("5f0c-11"),
                Optional.of("refs/coppice/rescue/0abc/1-1"));
    }

    private static Event stopped() {
        return new Event.AttemptEnded(
                MODEL,
                1,
                new Outcome.Stopped(WorkResult.NONE),
                Usage.NONE,
                Resources.NONE,
                Optional.empty(),
                Optional.empty());
    }

    private static Outcome deferred() {
        Duty resolving = new Duty.Resolving(BASE, WORK, MODEL, List.of("src/Api.java"));
        Duty mending = new Duty.Mending(LONG, "1 test failed");
        return new Outcome.Deferred(
                List.of(
                        bare(new TaskId("@resolve-1"), resolving, List.of()),
                        bare(new TaskId("@mend-1"), mending, List.of()),
                        bare(TaskId.child(JobId.of(AT, 8)), delegating(), List.of())),
                "src/Api.java conflicts");
    }

    private static Outcome failed() {
        return new Outcome.Failed(Reason.CHECK_FAILED, "./mvnw -q verify: exit code 1", result());
    }

    private static Outcome rateLimited(Optional<Instant> until) {
        return new Outcome.RateLimited(until, "five-hour limit", WorkResult.NONE);
    }

    private static Integration delivered() {
        return new Integration(
                Optional.of("coppice/0abc/result"),
                Optional.of(WORK),
                Map.of(
                        MODEL,
                        new Integration.Fate.In(),
                        REST,
                        new Integration.Fate.Left(List.of("src/Api.java"))),
                new Integration.Delivery.Delivered("main", LONG));
    }

    private static Integration refused() {
        return new Integration(
                Optional.of("coppice/0abc/result"),
                Optional.of(WORK),
                Map.of(),
                new Integration.Delivery.Refused(
                        "main", "src/Api.java is modified", "git merge coppice/0abc/result"));
    }

    private static Integration notAsked() {
        return new Integration(
                Optional.empty(), Optional.empty(), Map.of(), new Integration.Delivery.NotAsked());
    }

    private static Event completed() {
        return new Event.TaskEnded(MODEL, TaskStatus.COMPLETED, Optional.empty(), Optional.empty());
    }

    private static Event blocked() {
        return new Event.TaskEnded(
                REST, TaskStatus.BLOCKED, Optional.of(Reason.BLOCKED), Optional.of(MODEL));
    }

    private static Event cancel(Optional<TaskId> task) {
        return new Event.CancelRequested(task, Reason.CANCELED);
    }

    private static Event retry() {
        return new Event.RetryRequested(List.of(MODEL, REST), Optional.of(Duration.ofHours(2)));
    }

    private static Event retryAll() {
        return new Event.RetryRequested(List.of(), Optional.empty());
    }

    private static Event noted(Optional<TaskId> task) {
        return new Event.Noted(Event.Level.WARNING, task, "max_workers exceeds the 2 cores");
    }
}
