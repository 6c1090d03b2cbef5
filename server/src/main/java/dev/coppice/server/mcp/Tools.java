package dev.coppice.server.mcp;

import dev.coppice.client.Acceptance;
import dev.coppice.client.Submission;
import dev.coppice.client.Wire;
import dev.coppice.document.Form;
import dev.coppice.document.Value;
import dev.coppice.engine.WorkQueue;
import dev.coppice.engine.WorkQueue.Claim;
import dev.coppice.lead.PlanReader;
import dev.coppice.model.AgentName;
import dev.coppice.model.Discovery;
import dev.coppice.model.FileChange;
import dev.coppice.model.JobId;
import dev.coppice.model.TaskId;
import dev.coppice.model.WorkResult;
import dev.coppice.model.Worker;
import dev.coppice.plan.PlanDraft;
import dev.coppice.plan.Problem;
import dev.coppice.report.JobView;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.TaskBirth;
import dev.coppice.server.access.Caller;
import dev.coppice.server.jobs.ClaimedTask;
import dev.coppice.server.jobs.DiscoveryReader;
import dev.coppice.server.jobs.Fault;
import dev.coppice.server.jobs.Jobs;
import dev.coppice.server.jobs.JsonKeys;
import dev.coppice.server.jobs.OrderReader;
import dev.coppice.server.jobs.Rights;
import dev.coppice.server.jobs.Views;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// What the tools do: read the arguments, ask the engine, render. Safe for use by many threads.
final class Tools {
    private static final String JOB = "job_id";
    private static final String TASK = "task_id";
    private static final String AGENT = "agent";

    private static final Form<List<String>> TEXTS = JsonKeys.TEXT.list();
    private static final Form<Value> ANYTHING = new Form<>("anything", Optional::of);

    private static final Form<AgentName> AGENT_NAME =
            new Form<>(
                    "a name: letters, digits, '.', '_' and '-', at most 64, beginning with a letter or digit",
                    value -> JsonKeys.TEXT.read(value).flatMap(AgentName::parse));

    private final Coppice coppice;
    private final Jobs jobs;
    private final InstantSource clock;
    private final Resources resources;
    private final Map<String, Tool> tools;

    Tools(Coppice coppice, Jobs jobs, Views views, InstantSource clock) {
        this.coppice = coppice;
        this.jobs = jobs;
        this.clock = clock;
        this.resources = new Resources(coppice, jobs, views);
        this.tools =
                Map.ofEntries(
                        looking("list_discoveries", this::listDiscoveries),
                        looking("get_job_status", this::jobStatus),
                        looking("get_task_result", this::taskResult),
                        of("start_child_job", Tool.Needs.CHANGING, this::startChildJob),
                        of("post_discovery", Tool.Needs.CHANGING, this::postDiscovery),
                        of("add_tasks", Tool.Needs.CHANGING, this::addTasks),
                        of("heartbeat", Tool.Needs.BEATING, this::heartbeat),
                        of("report_result", Tool.Needs.WORKING, this::reportResult),
                        of("claim_task", Tool.Needs.CLAIMING, this::claim),
                        of("complete_task", Tool.Needs.CLAIMING, this::complete),
                        of("fail_task", Tool.Needs.CLAIMING, this::fail));
    }

    /// @throws IllegalArgumentException where there is none
    Tool called(String name) {
        return Optional.ofNullable(tools.get(name))
                .orElseThrow(() -> new IllegalArgumentException("there is no tool " + name));
    }

    /// What one call of a tool is about.
    ///
    /// @param arguments as they came
    /// @param keys of the arguments
    private record Asked(Caller caller, String arguments, JsonKeys keys, Consumer<JobId> about) {}

    @FunctionalInterface
    private interface Does {
        String of(Asked asked) throws InterruptedException;
    }

    private static Map.Entry<String, Tool> looking(String name, Does does) {
        return of(name, Tool.Needs.LOOKING, does);
    }

    private static Map.Entry<String, Tool> of(String name, Tool.Needs needs, Does does) {
        return Map.entry(
                name,
                new Tool(
                        needs,
                        (caller, arguments, about) ->
                                does.of(
                                        new Asked(
                                                caller,
                                                arguments,
                                                JsonKeys.of("arguments", arguments),
                                                about))));
    }

    // ---- what is asked of ----

    /// Takes the job's name, which a worker may leave out.
    private static Optional<String> jobName(Asked asked) {
        return switch (asked.caller()) {
            case Caller.AtWork(Worker worker) ->
                    asked.keys()
                            .take(JOB, JsonKeys.TEXT)
                            .or(() -> Optional.of(worker.job().value()));
            case Caller.KeyHolder _ -> asked.keys().need(JOB, JsonKeys.TEXT);
        };
    }

    /// Refuses all that is wrong with the arguments, at once; each that was needed is there then.
    private static void check(Asked asked) {
        asked.keys().refuseOthers();
        asked.keys().refuseAll();
    }

    private JobView job(Asked asked, String named) {
        JobView job = jobs.find(named);
        asked.about().accept(job.id());
        Rights.requireTheirs(job, asked.caller());
        return job;
    }

    /// A job that the caller may change: a worker only its own.
    private JobView ownJob(Asked asked, String named) {
        JobView job = job(asked, named);
        Rights.requireOwn(job.id(), asked.caller());
        return job;
    }

    /// The task, which of a worker must be its own.
    private TaskId ownTask(Asked asked, JobView job, Optional<String> named) {
        return switch (asked.caller()) {
            case Caller.KeyHolder _ -> Jobs.task(job, named.orElseThrow()).id();
            case Caller.AtWork(Worker worker) -> jobs.ownTask(job.id(), named, worker);
        };
    }

    /// Takes the task's name, which a worker may leave out.
    private static Optional<String> taskName(Asked asked) {
        return asked.caller() instanceof Caller.KeyHolder
                ? asked.keys().need(TASK, JsonKeys.TEXT)
                : asked.keys().take(TASK, JsonKeys.TEXT);
    }

    private WorkQueue queue(JobView job) {
        return jobs.queue(job.id());
    }

    private static String told(JobView job, Map<String, Object> more) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put(JOB, job.id().value());
        all.putAll(more);
        return Wire.write(all);
    }

    // ---- look ----

    private String listDiscoveries(Asked asked) {
        Optional<String> named = jobName(asked);
        check(asked);
        return resources.discoveries(job(asked, named.orElseThrow()));
    }

    private String jobStatus(Asked asked) {
        Optional<String> named = jobName(asked);
        check(asked);
        return resources.status(job(asked, named.orElseThrow()));
    }

    private String taskResult(Asked asked) {
        Optional<String> named = jobName(asked);
        Optional<String> task = asked.keys().need(TASK, JsonKeys.TEXT);
        check(asked);
        JobView job = job(asked, named.orElseThrow());
        return resources.json(job).task(job, Jobs.task(job, task.orElseThrow()), clock.instant());
    }

    // ---- change ----

    private String startChildJob(Asked asked) throws InterruptedException {
        Submission started = jobs.submit(OrderReader.read(asked.arguments()), asked.caller());
        asked.about().accept(new JobId(started.jobId()));
        return Wire.write(started);
    }

    private String postDiscovery(Asked asked) {
        Optional<Discovery> found = DiscoveryReader.take(asked.keys());
        Optional<String> named = jobName(asked);
        Optional<String> task = taskName(asked);
        check(asked);
        JobId job = jobs.id(named.orElseThrow());
        asked.about().accept(job);
        TaskId by = jobs.discover(job, task, found.orElseThrow(), asked.caller());
        return Wire.write(new Acceptance(job.value(), by.value(), true));
    }

    private String addTasks(Asked asked) {
        Optional<Value> tasks = asked.keys().need("tasks", ANYTHING);
        Optional<String> named = jobName(asked);
        check(asked);
        JobView job = ownJob(asked, named.orElseThrow());
        Optional<Worker> by =
                asked.caller() instanceof Caller.AtWork(Worker worker)
                        ? Optional.of(worker)
                        : Optional.empty();
        PlanDraft draft = PlanReader.tasks("tasks", tasks.orElseThrow());
        return switch (jobs.addTasks(job, by, draft)) {
            case TaskBirth.Added(List<TaskId> added, List<String> warnings) ->
                    told(
                            job,
                            Map.of(
                                    "tasks",
                                    added.stream().map(TaskId::value).toList(),
                                    "warnings",
                                    warnings));
            case TaskBirth.Invalid(List<Problem> problems) ->
                    throw Fault.of(Fault.Kind.INVALID_REQUEST, problems);
            case TaskBirth.Refused(String why) -> throw Fault.of(Fault.Kind.CONFLICT, why);
        };
    }

    // ---- work ----

    private String reportResult(Asked asked) {
        asked.keys().take("status", Form.oneOf(Reported.class));
        if (asked.keys().value("status").isEmpty()) {
            asked.keys().refuse("status", "must be given: completed or failed");
        }
        for (String key : List.of("output", "error_message")) {
            asked.keys().take(key, JsonKeys.TEXT);
        }
        for (String key : List.of("discoveries", "files")) {
            asked.keys().take(key, TEXTS);
        }
        check(asked);
        Worker worker = ((Caller.AtWork) asked.caller()).worker();
        asked.about().accept(worker.job());
        if (!coppice.layResult(worker, asked.arguments())) {
            throw gone(worker.task());
        }
        return Wire.write(new Acceptance(worker.job().value(), worker.task().value(), true));
    }

    private enum Reported {
        COMPLETED,
        FAILED
    }

    private String heartbeat(Asked asked) throws InterruptedException {
        Optional<String> named = jobName(asked);
        Optional<String> taskName = taskName(asked);
        Optional<AgentName> agent =
                asked.caller() instanceof Caller.KeyHolder
                        ? agent(asked)
                        : asked.keys().take(AGENT, AGENT_NAME);
        check(asked);
        JobView job = ownJob(asked, named.orElseThrow());
        TaskId task = ownTask(asked, job, taskName);
        return switch (asked.caller()) {
            case Caller.AtWork(Worker worker) -> {
                if (!coppice.signOfLife(worker)) {
                    throw gone(task);
                }
                yield Wire.write(new Acceptance(job.id().value(), task.value(), true));
            }
            case Caller.KeyHolder _ ->
                    accepted(job, task, queue(job).heartbeat(task, agent.orElseThrow()));
        };
    }

    private static Fault gone(TaskId task) {
        return Fault.of(Fault.Kind.CONFLICT, "Task " + task + " does not run any more.");
    }

    private static Optional<AgentName> agent(Asked asked) {
        return asked.keys().need(AGENT, AGENT_NAME);
    }

    private String claim(Asked asked) {
        Optional<String> named = jobName(asked);
        Optional<AgentName> agent = agent(asked);
        Optional<String> wanted = asked.keys().take(TASK, JsonKeys.TEXT);
        check(asked);
        JobView job = job(asked, named.orElseThrow());
        Optional<TaskId> task = wanted.map(name -> Jobs.task(job, name).id());
        AgentName name = agent.orElseThrow();
        Claim claim =
                task.isPresent() ? queue(job).claim(task.get(), name) : queue(job).claim(name);
        return switch (claim) {
            case Claim.Granted granted -> Wire.write(ClaimedTask.of(name, granted));
            case Claim.Nothing _ -> Wire.write(ClaimedTask.nothing(jobs.now(job.id())));
            case Claim.Refused(WorkQueue.Answer why) -> {
                jobs.requireAccepted(job.id(), task.orElseThrow(), why);
                throw new IllegalStateException("a claim that is refused is not accepted");
            }
        };
    }

    private String complete(Asked asked) throws InterruptedException {
        Optional<String> named = jobName(asked);
        Optional<String> taskName = taskName(asked);
        Optional<AgentName> agent = agent(asked);
        WorkResult words = WorkResult.of(asked.keys().take("output", JsonKeys.TEXT).orElse(""));
        List<FileChange> files = new ArrayList<>();
        for (FileChange.Kind kind : FileChange.Kind.values()) {
            asked.keys()
                    .take("files_" + Form.word(kind), TEXTS)
                    .orElse(List.of())
                    .forEach(path -> files.add(new FileChange(path, kind)));
        }
        List<Discovery> found =
                asked.keys().take("discoveries", TEXTS).orElse(List.of()).stream()
                        .map(text -> new Discovery(text, List.of()))
                        .toList();
        check(asked);
        JobView job = job(asked, named.orElseThrow());
        TaskId task = ownTask(asked, job, taskName);
        WorkResult result =
                new WorkResult(
                        words.output(),
                        words.outputCut(),
                        Optional.empty(),
                        Optional.empty(),
                        files);
        return accepted(job, task, queue(job).complete(task, agent.orElseThrow(), result, found));
    }

    private String fail(Asked asked) throws InterruptedException {
        Optional<String> named = jobName(asked);
        Optional<String> taskName = taskName(asked);
        Optional<AgentName> agent = agent(asked);
        Optional<String> error = asked.keys().need("error", JsonKeys.TEXT);
        check(asked);
        JobView job = job(asked, named.orElseThrow());
        TaskId task = ownTask(asked, job, taskName);
        return accepted(job, task, queue(job).fail(task, agent.orElseThrow(), error.orElseThrow()));
    }

    private String accepted(JobView job, TaskId task, WorkQueue.Answer answer)
            throws InterruptedException {
        jobs.requireAccepted(job.id(), task, answer);
        JobView now = coppice.afterClaim(job.id());
        return told(
                job,
                Map.of(TASK, task.value(), "accepted", true, "job_status", now.status().wire()));
    }
}
