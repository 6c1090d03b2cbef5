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
import java.util.List;
import java.util.Optional;

/// The on-disk form of every event: canonical JSON, of which each event has exactly one.
///
/// ```
/// {"type":"attempt_ended","task":"model","attempt":1,
///  "outcome":{"type":"failed","reason":"check_failed","message":"mvn test: exit code 1",
///             "partial":{"output":"…","output_cut":false,"branch":"coppice/0abc/1-model",
///                        "commit":"4e1f…","files":[{"path":"src/A.java","kind":"created"}]}},
///  "usage":{"input_tokens":1200,"output_tokens":310,"cache_read_tokens":0,
///           "cache_write_tokens":0,"usd":"0.0123"},
///  "resources":{"cpu":"PT12.5S","peak_memory_bytes":104857600,"leaked":0},
///  "session":"5f0c","rescue":"refs/coppice/rescue/0abc/1-1"}
/// ```
/// (in one line, without white space). Of all types there is one example at least in the tests'
/// `museum`.
///
/// - `type` comes first, then the fields in the order of the record's components, in snake case;
///   maps are sorted by key. What is absent is left out; an empty list is written.
/// - Durations and instants are ISO-8601, money is a decimal number in quotes, constants are in
///   lower case, ids are their text, a command is its argument vector.
/// - Characters are themselves, but for those that JSON escapes and the halves of surrogate pairs.
///
/// What is stored stays readable for ever: a new field is read as something where it is absent, an
/// old name stays known to `read`, and the museum keeps a piece of each form that was ever written.
/// Fields that this version doesn't know are passed over.
///
/// Whoever adds an event or a component is led here by the compiler (patterns and constructors), and
/// to what he forgot by the test that writes and reads generated instances of every record.
final class EventJson {
    private EventJson() {}

    /// The event alone, as it is stored and hashed.
    static String write(Event event) {
        return JsonWriter.object(json -> writeEvent(json, event));
    }

    /// The event with its place: `job`, `sequence` and `at` come before the event's own fields.
    static String write(Recorded recorded) {
        return JsonWriter.object(json -> {
            json.text("job", recorded.job())
                    .number("sequence", recorded.sequence())
                    .text("at", recorded.at());
            writeEvent(json, recorded.event());
        });
    }

    /// @throws IllegalArgumentException where `json` is not an event that this version knows
    static Event read(String json) {
        return readEvent(Fields.of(json));
    }

    /// The event with its place.
    ///
    /// @throws IllegalArgumentException where `json` is not what [#write(Recorded)] writes
    static Recorded readRecorded(String json) {
        Fields in = Fields.of(json);
        return new Recorded(
                in.value("job", JobId::new),
                in.number("sequence"),
                in.value("at", Instant::parse),
                readEvent(in));
    }

    private enum EventType {
        JOB_SUBMITTED,
        DRIVER_TAKEN,
        TASKS_ADDED,
        ATTEMPT_CLAIMED,
        ATTEMPT_STARTING,
        WORKSPACE_READY,
        ATTEMPT_STARTED,
        SESSION_OPENED,
        AGENT_ENDED,
        CHECKED,
        DISCOVERED,
        ATTEMPT_ENDED,
        RETRY_SCHEDULED,
        TASK_ENDED,
        AGENT_PAUSED,
        CHECKOUT_CHANGED,
        CANCEL_REQUESTED,
        PAUSE_REQUESTED,
        RETRY_REQUESTED,
        NOTED,
        RESULT_MERGED,
        JOB_ENDED
    }

    private static void writeEvent(JsonWriter json, Event event) {
        switch (event) {
            case Event.JobSubmitted(JobRequest request) ->
                    json.constant("type", EventType.JOB_SUBMITTED)
                            .object("request", request, EventJson::writeRequest);
            case Event.DriverTaken(int number, ProcessIdentity process) ->
                    json.constant("type", EventType.DRIVER_TAKEN)
                            .number("number", number)
                            .object("process", process, EventJson::writeProcess);
            case Event.TasksAdded(Optional<TaskId> by, String goal, List<Task> tasks) ->
                    json.constant("type", EventType.TASKS_ADDED)
                            .text("by", by)
                            .text("goal", goal)
                            .objects("tasks", tasks, EventJson::writeTask);
            case Event.AttemptClaimed(TaskId task, int attempt, AgentName agent, Instant until) ->
                    json.constant("type", EventType.ATTEMPT_CLAIMED)
                            .text("task", task)
                            .number("attempt", attempt)
                            .text("agent", agent)
                            .text("until", until);
            case Event.AttemptStarting(
                            TaskId task,
                            int attempt,
                            AgentName agent,
                            Duration timeout,
                            Optional<String> resumes) ->
                    json.constant("type", EventType.ATTEMPT_STARTING)
                            .text("task", task)
                            .number("attempt", attempt)
                            .text("agent", agent)
                            .text("timeout", timeout)
                            .text("resumes", resumes);
            case Event.WorkspaceReady(
                            TaskId task,
                            int attempt,
                            Optional<CommitId> base,
                            Optional<String> branch,
                            String path) ->
                    json.constant("type", EventType.WORKSPACE_READY)
                            .text("task", task)
                            .number("attempt", attempt)
                            .text("base", base)
                            .text("branch", branch)
                            .text("path", path);
            case Event.AttemptStarted(TaskId task, int attempt, ProcessIdentity process) ->
                    json.constant("type", EventType.ATTEMPT_STARTED)
                            .text("task", task)
                            .number("attempt", attempt)
                            .object("process", process, EventJson::writeProcess);
            case Event.SessionOpened(TaskId task, int attempt, String session) ->
                    json.constant("type", EventType.SESSION_OPENED)
                            .text("task", task)
                            .number("attempt", attempt)
                            .text("session", session);
            case Event.AgentEnded(TaskId task, int attempt, int exitCode) ->
                    json.constant("type", EventType.AGENT_ENDED)
                            .text("task", task)
                            .number("attempt", attempt)
                            .number("exit_code", exitCode);
            case Event.Checked(
                            TaskId task,
                            int attempt,
                            int round,
                            String command,
                            int exitCode,
                            Duration took,
                            String output) ->
                    json.constant("type", EventType.CHECKED)
                            .text("task", task)
                            .number("attempt", attempt)
                            .number("round", round)
                            .text("command", command)
                            .number("exit_code", exitCode)
                            .text("took", took)
                            .text("output", output);
            case Event.Discovered(TaskId task, int attempt, Discovery discovery) ->
                    json.constant("type", EventType.DISCOVERED)
                            .text("task", task)
                            .number("attempt", attempt)
                            .object("discovery", discovery, EventJson::writeDiscovery);
            case Event.AttemptEnded(
                            TaskId task,
                            int attempt,
                            Outcome outcome,
                            Usage usage,
                            Resources resources,
                            Optional<String> session,
                            Optional<String> rescue) ->
                    json.constant("type", EventType.ATTEMPT_ENDED)
                            .text("task", task)
                            .number("attempt", attempt)
                            .object("outcome", outcome, EventJson::writeOutcome)
                            .object("usage", usage, EventJson::writeUsage)
                            .object("resources", resources, EventJson::writeResources)
                            .text("session", session)
                            .text("rescue", rescue);
            case Event.RetryScheduled(TaskId task, Instant at) ->
                    json.constant("type", EventType.RETRY_SCHEDULED)
                            .text("task", task)
                            .text("not_before", at);
            case Event.TaskEnded(
                            TaskId task,
                            TaskStatus status,
                            Optional<Reason> reason,
                            Optional<TaskId> cause) ->
                    json.constant("type", EventType.TASK_ENDED)
                            .text("task", task)
                            .constant("status", status)
                            .constant("reason", reason)
                            .text("cause", cause);
            case Event.AgentPaused(AgentName agent, Instant until, String why) ->
                    json.constant("type", EventType.AGENT_PAUSED)
                            .text("agent", agent)
                            .text("until", until)
                            .text("why", why);
            case Event.CheckoutChanged(List<String> paths) ->
                    json.constant("type", EventType.CHECKOUT_CHANGED).texts("paths", paths);
            case Event.CancelRequested(Optional<TaskId> task, Reason reason) ->
                    json.constant("type", EventType.CANCEL_REQUESTED)
                            .text("task", task)
                            .constant("reason", reason);
            case Event.PauseRequested() -> json.constant("type", EventType.PAUSE_REQUESTED);
            case Event.RetryRequested(List<TaskId> tasks, Optional<Duration> timeout) ->
                    json.constant("type", EventType.RETRY_REQUESTED)
                            .texts("tasks", tasks)
                            .text("timeout", timeout);
            case Event.Noted(Event.Level level, Optional<TaskId> task, String text) ->
                    json.constant("type", EventType.NOTED)
                            .constant("level", level)
                            .text("task", task)
                            .text("text", text);
            case Event.ResultMerged(String target, CommitId commit) ->
                    json.constant("type", EventType.RESULT_MERGED)
                            .text("target", target)
                            .text("commit", commit);
            case Event.JobEnded(JobStatus status, String why) ->
                    json.constant("type", EventType.JOB_ENDED)
                            .constant("status", status)
                            .text("why", why);
        }
    }

    private static Event readEvent(Fields in) {
        return switch (in.constant("type", EventType.class)) {
            case JOB_SUBMITTED ->
                    new Event.JobSubmitted(in.object("request", EventJson::readRequest));
            case DRIVER_TAKEN ->
                    new Event.DriverTaken(
                            in.integer("number"), in.object("process", EventJson::readProcess));
            case TASKS_ADDED ->
                    new Event.TasksAdded(
                            in.maybeValue("by", TaskId::new),
                            in.text("goal"),
                            in.objects("tasks", EventJson::readTask));
            case ATTEMPT_CLAIMED ->
                    new Event.AttemptClaimed(
                            task(in),
                            in.integer("attempt"),
                            in.value("agent", AgentName::new),
                            in.value("until", Instant::parse));
            case ATTEMPT_STARTING ->
                    new Event.AttemptStarting(
                            task(in),
                            in.integer("attempt"),
                            in.value("agent", AgentName::new),
                            in.value("timeout", Duration::parse),
                            in.maybeText("resumes"));
            case WORKSPACE_READY ->
                    new Event.WorkspaceReady(
                            task(in),
                            in.integer("attempt"),
                            in.maybeValue("base", CommitId::new),
                            in.maybeText("branch"),
                            in.text("path"));
            case ATTEMPT_STARTED ->
                    new Event.AttemptStarted(
                            task(in),
                            in.integer("attempt"),
                            in.object("process", EventJson::readProcess));
            case SESSION_OPENED ->
                    new Event.SessionOpened(task(in), in.integer("attempt"), in.text("session"));
            case AGENT_ENDED ->
                    new Event.AgentEnded(task(in), in.integer("attempt"), in.integer("exit_code"));
            case CHECKED ->
                    new Event.Checked(
                            task(in),
                            in.integer("attempt"),
                            in.integer("round"),
                            in.text("command"),
                            in.integer("exit_code"),
                            in.value("took", Duration::parse),
                            in.text("output"));
            case DISCOVERED ->
                    new Event.Discovered(
                            task(in),
                            in.integer("attempt"),
                            in.object("discovery", EventJson::readDiscovery));
            case ATTEMPT_ENDED ->
                    new Event.AttemptEnded(
                            task(in),
                            in.integer("attempt"),
                            in.object("outcome", EventJson::readOutcome),
                            in.object("usage", EventJson::readUsage),
                            in.object("resources", EventJson::readResources),
                            in.maybeText("session"),
                            in.maybeText("rescue"));
            case RETRY_SCHEDULED ->
                    new Event.RetryScheduled(task(in), in.value("not_before", Instant::parse));
            case TASK_ENDED ->
                    new Event.TaskEnded(
                            task(in),
                            in.constant("status", TaskStatus.class),
                            in.maybeConstant("reason", Reason.class),
                            in.maybeValue("cause", TaskId::new));
            case AGENT_PAUSED ->
                    new Event.AgentPaused(
                            in.value("agent", AgentName::new),
                            in.value("until", Instant::parse),
                            in.text("why"));
            case CHECKOUT_CHANGED -> new Event.CheckoutChanged(in.texts("paths"));
            case CANCEL_REQUESTED ->
                    new Event.CancelRequested(
                            in.maybeValue("task", TaskId::new),
                            in.constant("reason", Reason.class));
            case PAUSE_REQUESTED -> new Event.PauseRequested();
            case RETRY_REQUESTED ->
                    new Event.RetryRequested(
                            in.texts("tasks").stream().map(TaskId::new).toList(),
                            in.maybeValue("timeout", Duration::parse));
            case NOTED ->
                    new Event.Noted(
                            in.constant("level", Event.Level.class),
                            in.maybeValue("task", TaskId::new),
                            in.text("text"));
            case RESULT_MERGED ->
                    new Event.ResultMerged(in.text("target"), in.value("commit", CommitId::new));
            case JOB_ENDED ->
                    new Event.JobEnded(in.constant("status", JobStatus.class), in.text("why"));
        };
    }

    private static TaskId task(Fields in) {
        return in.value("task", TaskId::new);
    }

    private static void writeRequest(JsonWriter json, JobRequest request) {
        json.text("request", request.request())
                .text("repository", request.repository())
                .text("base", request.base())
                .text("target", request.target())
                .object("plan", request.plan(), EventJson::writePlan)
                .object("settings", request.settings(), EventJson::writeSettings)
                .number("depth", request.depth())
                .object("parent", request.parent(), EventJson::writeParent)
                .object("receipt", request.receipt(), EventJson::writeReceipt);
    }

    private static JobRequest readRequest(Fields in) {
        return new JobRequest(
                in.text("request"),
                in.text("repository"),
                in.maybeValue("base", CommitId::new),
                in.maybeText("target"),
                in.maybeObject("plan", EventJson::readPlan),
                in.object("settings", EventJson::readSettings),
                in.integer("depth"),
                in.maybeObject("parent", EventJson::readParent),
                in.maybeObject("receipt", EventJson::readReceipt));
    }

    private static void writeReceipt(JsonWriter json, JobRequest.Receipt receipt) {
        json.text("key", receipt.key()).text("body", receipt.body());
    }

    private static JobRequest.Receipt readReceipt(Fields in) {
        return new JobRequest.Receipt(in.text("key"), in.text("body"));
    }

    private static void writeParent(JsonWriter json, JobRequest.Parent parent) {
        json.text("job", parent.job())
                .text("task", parent.task())
                .object("family", parent.family(), EventJson::writeFamily);
    }

    private static JobRequest.Parent readParent(Fields in) {
        return new JobRequest.Parent(
                in.value("job", JobId::new), task(in), in.object("family", EventJson::readFamily));
    }

    private static void writeFamily(JsonWriter json, Family family) {
        json.texts("ancestors", family.ancestors())
                .number("slots", family.slots())
                .object("numbers", family.numbers(), EventJson::writeNumbers);
    }

    private static Family readFamily(Fields in) {
        return new Family(
                in.texts("ancestors").stream().map(JobId::new).toList(),
                in.integer("slots"),
                in.object("numbers", EventJson::readNumbers));
    }

    private static void writeNumbers(JsonWriter json, WorkerNumbers numbers) {
        json.text("above", numbers.above())
                .number("child", numbers.child())
                .number("before", numbers.before())
                .number("count", numbers.count());
    }

    private static WorkerNumbers readNumbers(Fields in) {
        return new WorkerNumbers(
                in.text("above"), in.integer("child"), in.integer("before"), in.integer("count"));
    }

    private static void writePlan(JsonWriter json, Plan plan) {
        json.text("goal", plan.goal()).objects("tasks", plan.tasks(), EventJson::writeTask);
    }

    private static Plan readPlan(Fields in) {
        return new Plan(in.text("goal"), in.objects("tasks", EventJson::readTask));
    }

    private static void writeTask(JsonWriter json, Task task) {
        json.text("id", task.id())
                .object("duty", task.duty(), EventJson::writeDuty)
                .text("description", task.description())
                .number("priority", task.priority())
                .objects("needs", task.needs(), EventJson::writeNeed)
                .texts("context_files", task.contextFiles())
                .text("hints", task.hints())
                .text("agent", task.agent())
                .text("model", task.model())
                .constant("expects", task.expects())
                .texts("expected_files", task.expectedFiles())
                .lists("checks", argvs(task.checks()))
                .flag("trusted", task.trusted())
                .text("estimate", task.estimate())
                .object("limits", task.limits(), EventJson::writeLimits);
    }

    private static Task readTask(Fields in) {
        return new Task(
                in.value("id", TaskId::new),
                in.object("duty", EventJson::readDuty),
                in.text("description"),
                in.integer("priority"),
                in.objects("needs", EventJson::readNeed),
                in.texts("context_files"),
                in.text("hints"),
                in.value("agent", AgentName::new),
                in.maybeText("model"),
                in.constant("expects", Expectation.class),
                in.texts("expected_files"),
                commands(in.lists("checks")),
                in.flag("trusted"),
                in.maybeValue("estimate", Duration::parse),
                in.object("limits", EventJson::readLimits));
    }

    private static List<List<String>> argvs(List<CommandLine> commands) {
        return commands.stream().map(CommandLine::argv).toList();
    }

    private static List<CommandLine> commands(List<List<String>> argvs) {
        return argvs.stream().map(CommandLine::new).toList();
    }

    private enum DutyType {
        PLANNING,
        WORK,
        INTEGRATING,
        RESOLVING,
        MENDING,
        DELEGATING
    }

    private static void writeDuty(JsonWriter json, Duty duty) {
        switch (duty) {
            case Duty.Planning() -> json.constant("type", DutyType.PLANNING);
            case Duty.Work(Optional<Handoff> handoff) ->
                    json.constant("type", DutyType.WORK)
                            .object("handoff", handoff, EventJson::writeHandoff);
            case Duty.Integrating() -> json.constant("type", DutyType.INTEGRATING);
            case Duty.Resolving(
                            CommitId ours,
                            CommitId theirs,
                            TaskId incoming,
                            List<String> files) ->
                    json.constant("type", DutyType.RESOLVING)
                            .text("ours", ours)
                            .text("theirs", theirs)
                            .text("incoming", incoming)
                            .texts("files", files);
            case Duty.Mending(CommitId joined, String failure) ->
                    json.constant("type", DutyType.MENDING)
                            .text("joined", joined)
                            .text("failure", failure);
            case Duty.Delegating(TaskId by, JobId child, JobRequest request) ->
                    json.constant("type", DutyType.DELEGATING)
                            .text("by", by)
                            .text("child", child)
                            .object("request", request, EventJson::writeRequest);
        }
    }

    private static Duty readDuty(Fields in) {
        return switch (in.constant("type", DutyType.class)) {
            case PLANNING -> new Duty.Planning();
            case WORK -> new Duty.Work(in.maybeObject("handoff", EventJson::readHandoff));
            case INTEGRATING -> new Duty.Integrating();
            case RESOLVING ->
                    new Duty.Resolving(
                            in.value("ours", CommitId::new),
                            in.value("theirs", CommitId::new),
                            in.value("incoming", TaskId::new),
                            in.texts("files"));
            case MENDING -> new Duty.Mending(in.value("joined", CommitId::new), in.text("failure"));
            case DELEGATING ->
                    new Duty.Delegating(
                            in.value("by", TaskId::new),
                            in.value("child", JobId::new),
                            in.object("request", EventJson::readRequest));
        };
    }

    private static void writeHandoff(JsonWriter json, Handoff handoff) {
        json.text("branch", handoff.branch())
                .text("envelope", handoff.envelope())
                .text("brief", handoff.brief())
                .texts("expected_outputs", handoff.expectedOutputs());
    }

    private static Handoff readHandoff(Fields in) {
        return new Handoff(
                in.text("branch"),
                in.text("envelope"),
                in.text("brief"),
                in.texts("expected_outputs"));
    }

    private static void writeNeed(JsonWriter json, Need need) {
        json.text("task", need.task()).constant("on", need.on());
    }

    private static Need readNeed(Fields in) {
        return new Need(task(in), in.constant("on", Need.On.class));
    }

    private static void writeLimits(JsonWriter json, Limits limits) {
        json.text("timeout", limits.timeout())
                .number("max_retries", limits.maxRetries())
                .number("max_fix_rounds", limits.maxFixRounds())
                .money("budget_usd", limits.budgetUsd());
    }

    private static Limits readLimits(Fields in) {
        return new Limits(
                in.value("timeout", Duration::parse),
                in.integer("max_retries"),
                in.integer("max_fix_rounds"),
                in.maybeValue("budget_usd", BigDecimal::new));
    }

    private static void writeProcess(JsonWriter json, ProcessIdentity process) {
        json.number("pid", process.pid())
                .number("start_ticks", process.startTicks())
                .text("boot_id", process.bootId());
    }

    private static ProcessIdentity readProcess(Fields in) {
        return new ProcessIdentity(in.number("pid"), in.number("start_ticks"), in.text("boot_id"));
    }

    private static void writeDiscovery(JsonWriter json, Discovery discovery) {
        json.text("content", discovery.content()).texts("tags", discovery.tags());
    }

    private static Discovery readDiscovery(Fields in) {
        return new Discovery(in.text("content"), in.texts("tags"));
    }

    private enum OutcomeType {
        DONE,
        PLANNED,
        INTEGRATED,
        DEFERRED,
        FAILED,
        RATE_LIMITED,
        STOPPED
    }

    private static void writeOutcome(JsonWriter json, Outcome outcome) {
        switch (outcome) {
            case Outcome.Done(WorkResult result) ->
                    json.constant("type", OutcomeType.DONE)
                            .object("result", result, EventJson::writeResult);
            case Outcome.Planned(Plan plan, WorkResult result) ->
                    json.constant("type", OutcomeType.PLANNED)
                            .object("plan", plan, EventJson::writePlan)
                            .object("result", result, EventJson::writeResult);
            case Outcome.Integrated(Integration integration) ->
                    json.constant("type", OutcomeType.INTEGRATED)
                            .object("integration", integration, EventJson::writeIntegration);
            case Outcome.Deferred(List<Task> until, String why) ->
                    json.constant("type", OutcomeType.DEFERRED)
                            .objects("until", until, EventJson::writeTask)
                            .text("why", why);
            case Outcome.Failed(Reason reason, String message, WorkResult partial) ->
                    json.constant("type", OutcomeType.FAILED)
                            .constant("reason", reason)
                            .text("message", message)
                            .object("partial", partial, EventJson::writeResult);
            case Outcome.RateLimited(Optional<Instant> until, String message, WorkResult partial) ->
                    json.constant("type", OutcomeType.RATE_LIMITED)
                            .text("until", until)
                            .text("message", message)
                            .object("partial", partial, EventJson::writeResult);
            case Outcome.Stopped(WorkResult partial) ->
                    json.constant("type", OutcomeType.STOPPED)
                            .object("partial", partial, EventJson::writeResult);
        }
    }

    private static Outcome readOutcome(Fields in) {
        return switch (in.constant("type", OutcomeType.class)) {
            case DONE -> new Outcome.Done(in.object("result", EventJson::readResult));
            case PLANNED ->
                    new Outcome.Planned(
                            in.object("plan", EventJson::readPlan),
                            in.object("result", EventJson::readResult));
            case INTEGRATED ->
                    new Outcome.Integrated(in.object("integration", EventJson::readIntegration));
            case DEFERRED ->
                    new Outcome.Deferred(in.objects("until", EventJson::readTask), in.text("why"));
            case FAILED ->
                    new Outcome.Failed(
                            in.constant("reason", Reason.class),
                            in.text("message"),
                            in.object("partial", EventJson::readResult));
            case RATE_LIMITED ->
                    new Outcome.RateLimited(
                            in.maybeValue("until", Instant::parse),
                            in.text("message"),
                            in.object("partial", EventJson::readResult));
            case STOPPED -> new Outcome.Stopped(in.object("partial", EventJson::readResult));
        };
    }

    private static void writeResult(JsonWriter json, WorkResult result) {
        json.text("output", result.output())
                .flag("output_cut", result.outputCut())
                .text("branch", result.branch())
                .text("commit", result.commit())
                .objects("files", result.files(), EventJson::writeFile);
    }

    private static WorkResult readResult(Fields in) {
        return new WorkResult(
                in.text("output"),
                in.flag("output_cut"),
                in.maybeText("branch"),
                in.maybeValue("commit", CommitId::new),
                in.objects("files", EventJson::readFile));
    }

    private static void writeFile(JsonWriter json, FileChange file) {
        json.text("path", file.path()).constant("kind", file.kind());
    }

    private static FileChange readFile(Fields in) {
        return new FileChange(in.text("path"), in.constant("kind", FileChange.Kind.class));
    }

    private static void writeIntegration(JsonWriter json, Integration integration) {
        json.text("branch", integration.branch())
                .text("commit", integration.commit())
                .map("tasks", integration.tasks(), EventJson::writeFate)
                .object("delivery", integration.delivery(), EventJson::writeDelivery);
    }

    private static Integration readIntegration(Fields in) {
        return new Integration(
                in.maybeText("branch"),
                in.maybeValue("commit", CommitId::new),
                in.map("tasks", TaskId::new, EventJson::readFate),
                in.object("delivery", EventJson::readDelivery));
    }

    private enum FateType {
        IN,
        LEFT
    }

    private static void writeFate(JsonWriter json, Integration.Fate fate) {
        switch (fate) {
            case Integration.Fate.In() -> json.constant("type", FateType.IN);
            case Integration.Fate.Left(List<String> conflictedFiles) ->
                    json.constant("type", FateType.LEFT).texts("conflicted_files", conflictedFiles);
        }
    }

    private static Integration.Fate readFate(Fields in) {
        return switch (in.constant("type", FateType.class)) {
            case IN -> new Integration.Fate.In();
            case LEFT -> new Integration.Fate.Left(in.texts("conflicted_files"));
        };
    }

    private enum DeliveryType {
        NOT_ASKED,
        DELIVERED,
        REFUSED
    }

    private static void writeDelivery(JsonWriter json, Integration.Delivery delivery) {
        switch (delivery) {
            case Integration.Delivery.NotAsked() -> json.constant("type", DeliveryType.NOT_ASKED);
            case Integration.Delivery.Delivered(String target, CommitId commit) ->
                    json.constant("type", DeliveryType.DELIVERED)
                            .text("target", target)
                            .text("commit", commit);
            case Integration.Delivery.Refused(String target, String why, String command) ->
                    json.constant("type", DeliveryType.REFUSED)
                            .text("target", target)
                            .text("why", why)
                            .text("command", command);
        }
    }

    private static Integration.Delivery readDelivery(Fields in) {
        return switch (in.constant("type", DeliveryType.class)) {
            case NOT_ASKED -> new Integration.Delivery.NotAsked();
            case DELIVERED ->
                    new Integration.Delivery.Delivered(
                            in.text("target"), in.value("commit", CommitId::new));
            case REFUSED ->
                    new Integration.Delivery.Refused(
                            in.text("target"), in.text("why"), in.text("command"));
        };
    }

    private static void writeUsage(JsonWriter json, Usage usage) {
        json.number("input_tokens", usage.inputTokens())
                .number("output_tokens", usage.outputTokens())
                .number("cache_read_tokens", usage.cacheReadTokens())
                .number("cache_write_tokens", usage.cacheWriteTokens())
                .money("usd", usage.usd());
    }

    private static Usage readUsage(Fields in) {
        return new Usage(
                in.number("input_tokens"),
                in.number("output_tokens"),
                in.number("cache_read_tokens"),
                in.number("cache_write_tokens"),
                in.maybeValue("usd", BigDecimal::new));
    }

    private static void writeResources(JsonWriter json, Resources resources) {
        json.text("cpu", resources.cpu())
                .number("peak_memory_bytes", resources.peakMemoryBytes())
                .number("leaked", resources.leaked());
    }

    private static Resources readResources(Fields in) {
        return new Resources(
                in.value("cpu", Duration::parse),
                in.number("peak_memory_bytes"),
                in.integer("leaked"));
    }

    private static void writeSettings(JsonWriter json, Settings settings) {
        json.object("layout", settings.layout(), EventJson::writeLayout)
                .object("workers", settings.workers(), EventJson::writeWorkers)
                .object("recursion", settings.recursion(), EventJson::writeRecursion)
                .object("agents", settings.agents(), EventJson::writeAgents)
                .object("environment", settings.environment(), EventJson::writeEnvironment)
                .lists("checks", argvs(settings.checks()))
                .object("integrate", settings.integrate(), EventJson::writeIntegrate)
                .money("budget_usd", settings.budgetUsd());
    }

    private static Settings readSettings(Fields in) {
        return new Settings(
                in.object("layout", EventJson::readLayout),
                in.object("workers", EventJson::readWorkers),
                in.object("recursion", EventJson::readRecursion),
                in.object("agents", EventJson::readAgents),
                in.object("environment", EventJson::readEnvironment),
                commands(in.lists("checks")),
                in.object("integrate", EventJson::readIntegrate),
                in.maybeValue("budget_usd", BigDecimal::new));
    }

    private static void writeLayout(JsonWriter json, Settings.Layout layout) {
        json.text("workspace_root", layout.workspaceRoot())
                .text("branch_template", layout.branchTemplate())
                .constant("isolation", layout.isolation())
                .flag("keep_workspaces", layout.keepWorkspaces());
    }

    private static Settings.Layout readLayout(Fields in) {
        return new Settings.Layout(
                in.text("workspace_root"),
                in.text("branch_template"),
                in.constant("isolation", Settings.Isolation.class),
                in.flag("keep_workspaces"));
    }

    private static void writeWorkers(JsonWriter json, Settings.Workers workers) {
        json.number("max_workers", workers.maxWorkers())
                .text("default_timeout", workers.defaultTimeout())
                .text("job_timeout", workers.jobTimeout())
                .text("idle_timeout", workers.idleTimeout())
                .text("stop_grace", workers.stopGrace())
                .number("max_output_bytes", workers.maxOutputBytes())
                .number("max_retries", workers.maxRetries())
                .number("max_fix_rounds", workers.maxFixRounds())
                .object("backoff", workers.backoff(), EventJson::writeBackoff);
    }

    private static Settings.Workers readWorkers(Fields in) {
        return new Settings.Workers(
                in.integer("max_workers"),
                in.value("default_timeout", Duration::parse),
                in.maybeValue("job_timeout", Duration::parse),
                in.value("idle_timeout", Duration::parse),
                in.value("stop_grace", Duration::parse),
                in.number("max_output_bytes"),
                in.integer("max_retries"),
                in.integer("max_fix_rounds"),
                in.object("backoff", EventJson::readBackoff));
    }

    private static void writeBackoff(JsonWriter json, Settings.Backoff backoff) {
        json.text("base", backoff.base())
                .text("max", backoff.max())
                .fraction("jitter", backoff.jitter())
                .fraction("timeout_factor", backoff.timeoutFactor())
                .fraction("factor", backoff.factor());
    }

    private static Settings.Backoff readBackoff(Fields in) {
        return new Settings.Backoff(
                in.value("base", Duration::parse),
                in.value("max", Duration::parse),
                in.fraction("jitter"),
                in.fraction("timeout_factor"),
                in.maybeFraction("factor").orElse(Settings.Backoff.DOUBLING));
    }

    private static void writeRecursion(JsonWriter json, Settings.Recursion recursion) {
        json.flag("enabled", recursion.enabled())
                .number("max_depth", recursion.maxDepth())
                .numbers("workers_by_depth", recursion.workersByDepth());
    }

    private static Settings.Recursion readRecursion(Fields in) {
        return new Settings.Recursion(
                in.flag("enabled"), in.integer("max_depth"), in.numbers("workers_by_depth"));
    }

    private static void writeAgents(JsonWriter json, Settings.Agents agents) {
        json.text("by_default", agents.byDefault())
                .text("lead", agents.lead())
                .map("configured", agents.configured(), EventJson::writeAgent);
    }

    private static Settings.Agents readAgents(Fields in) {
        return new Settings.Agents(
                in.value("by_default", AgentName::new),
                in.value("lead", AgentName::new),
                in.map("configured", AgentName::new, EventJson::readAgent));
    }

    private static void writeAgent(JsonWriter json, Settings.AgentSettings agent) {
        json.constant("kind", agent.kind())
                .texts("command", agent.command())
                .texts("args", agent.args())
                .text("model", agent.model())
                .constant("permission", agent.permission())
                .constant("input", agent.input())
                .texts("env", agent.env())
                .constant("home", agent.home())
                .number("max_concurrent", agent.maxConcurrent());
    }

    private static Settings.AgentSettings readAgent(Fields in) {
        return new Settings.AgentSettings(
                in.constant("kind", Settings.Kind.class),
                in.texts("command"),
                in.texts("args"),
                in.maybeText("model"),
                in.constant("permission", Settings.Permission.class),
                in.constant("input", Settings.Input.class),
                in.texts("env"),
                in.constant("home", Settings.Home.class),
                in.integer("max_concurrent"));
    }

    private static void writeEnvironment(JsonWriter json, Settings.Environment environment) {
        json.lists("setup", argvs(environment.setup()))
                .texts("copy", environment.copy())
                .texts("link", environment.link())
                .texts("requirements", environment.requirements())
                .texts("packages", environment.packages())
                .number("ports", environment.ports());
    }

    private static Settings.Environment readEnvironment(Fields in) {
        return new Settings.Environment(
                commands(in.lists("setup")),
                in.texts("copy"),
                in.texts("link"),
                in.maybeTexts("requirements"),
                in.maybeTexts("packages").orElse(List.of()),
                in.integer("ports"));
    }

    private static void writeIntegrate(JsonWriter json, Settings.Integrate integrate) {
        json.constant("result", integrate.result())
                .constant("conflicts", integrate.conflicts())
                .text("target", integrate.target());
    }

    private static Settings.Integrate readIntegrate(Fields in) {
        return new Settings.Integrate(
                in.constant("result", Settings.Result.class),
                in.constant("conflicts", Settings.Conflicts.class),
                in.maybeText("target"));
    }
}
