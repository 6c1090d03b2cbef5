package dev.coppice.library.session;

import dev.coppice.engine.Driver;
import dev.coppice.folder.JobFolder;
import dev.coppice.model.AgentName;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.Expectation;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Limits;
import dev.coppice.model.Need;
import dev.coppice.model.Plan;
import dev.coppice.model.Reason;
import dev.coppice.model.Recorded;
import dev.coppice.model.Settings;
import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.plan.Problem;
import dev.coppice.process.ExitHook;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.JobEvents;
import dev.coppice.runtime.Opening;
import dev.coppice.runtime.Preparation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// One run of a round: a job in the working directory itself, with a task for each process, whose events tell what
/// became of it. Used once, by one thread.
final class RoundRun {
    /// A process without a timeout gets one that never passes.
    private static final Duration NEVER = Duration.ofDays(36_500);

    private static final AgentName CLAUDE = new AgentName("claude");

    private final Map<TaskId, AgentProcess> processes = new LinkedHashMap<>();
    private final Map<TaskId, ProcessRun> runs = new HashMap<>();
    private final Map<TaskId, ProcessResult> results = new HashMap<>();
    private final int maxWorkers;
    private final UnaryOperator<List<Task>> order;
    private final Consumer<ProcessResult> each;

    /// @param each gets each result as soon as it is there
    RoundRun(
            List<AgentProcess> processes,
            int maxWorkers,
            UnaryOperator<List<Task>> order,
            Consumer<ProcessResult> each) {
        for (AgentProcess process : processes) {
            this.processes.put(taskId(process), process);
        }
        this.maxWorkers = maxWorkers;
        this.order = order;
        this.each = each;
    }

    /// The process's own id where a task can have it and no other has.
    private TaskId taskId(AgentProcess process) {
        return TaskId.parse(process.processId())
                .filter(id -> !processes.containsKey(id))
                .orElseGet(() ->
                        IntStream.iterate(processes.size() + 1, number -> number + 1)
                                .mapToObj(number -> new TaskId("process." + number))
                                .filter(id -> !processes.containsKey(id))
                                .findFirst()
                                .orElseThrow());
    }

    List<ProcessResult> run() throws InterruptedException {
        try {
            return outcome();
        } finally {
            runs.values().forEach(ProcessRun::close);
        }
    }

    private List<ProcessResult> outcome() throws InterruptedException {
        Path folder = first().workingDirectory();
        if (!Files.isDirectory(folder)) {
            return refused(
                    "The working directory "
                            + folder
                            + " does not exist. Make it, or give another one.");
        }
        LinkedHashMap<String, String> flags = new LinkedHashMap<>(Map.of("--isolation", "none"));
        return switch (Coppice.open(first().surroundings(), Optional.empty(), flags)) {
            case Opening.Refused opening ->
                    refused(
                            opening.refusal().problems().stream()
                                    .map(Problem::toString)
                                    .collect(Collectors.joining("\n")));
            case Opening.Opened(Coppice coppice) -> {
                try (ExitHook _ = ExitHook.of(coppice::close);
                        coppice) {
                    yield run(coppice);
                }
            }
        };
    }

    private AgentProcess first() {
        return processes.values().iterator().next();
    }

    /// Where nothing can run, whatever would have been tried has failed.
    private List<ProcessResult> refused(String why) {
        for (Task task : tasks()) {
            boolean isTried = task.needs().stream().allMatch(need -> need.on() != Need.On.SUCCESS);
            if (isTried) {
                ended(
                        task.id(),
                        begin(task.id(), process(task.id()).command())
                                .refused(Reason.WORKSPACE, why));
            }
        }
        return inOrder();
    }

    private List<ProcessResult> run(Coppice coppice) throws InterruptedException {
        processes.values().forEach(process -> process.journal().prepare(coppice));
        Settings settings = settings(coppice.configuration().settings());
        String ids = String.join(", ", processes.keySet().stream().map(TaskId::value).toList());
        JobRequest request =
                new JobRequest(
                        ids + "\n\nLogs: " + first().logDirectory(),
                        first().workingDirectory().toString(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new Plan(ids, tasks())),
                        settings,
                        0,
                        Optional.empty());
        JobId job = coppice.submit(new Preparation.Ready(request, List.of()));
        JobFolder folder = JobFolder.of(request, job);
        Driver.Turn end;
        try (JobEvents _ = coppice.events(job, recorded -> happened(recorded, settings, folder))) {
            end = coppice.awaitOrCancel(job);
        }
        if (!(end instanceof Driver.Turn.Over)) {
            throw new IllegalStateException(
                    "job "
                            + job
                            + " was taken over by another process; see `coppice status "
                            + job
                            + "`");
        }
        return inOrder();
    }

    private List<ProcessResult> inOrder() {
        return processes.keySet().stream()
                .flatMap(task -> Optional.ofNullable(results.get(task)).stream())
                .toList();
    }

    private AgentProcess process(TaskId task) {
        return Objects.requireNonNull(processes.get(task));
    }

    // ---- what is asked of the engine

    private List<Task> tasks() {
        return order.apply(
                processes.entrySet().stream().map(e -> task(e.getKey(), e.getValue())).toList());
    }

    private static Task task(TaskId id, AgentProcess process) {
        return new Task(
                id,
                new Duty.Work(),
                process.prompt(),
                Task.DEFAULT_PRIORITY,
                List.of(),
                List.of(),
                "",
                agentName(id),
                process.model(),
                Expectation.ANY,
                List.of(),
                List.of(),
                true,
                Optional.empty(),
                new Limits(process.timeout().orElse(NEVER), 0, 0, Optional.empty()));
    }

    /// Each process has a launch line of its own, and so an agent of its own.
    private static AgentName agentName(TaskId id) {
        return new AgentName(id.value());
    }

    /// The user's settings, but for what document 002 says: each process is tried once, has the limits of its own, and
    /// works in the folder itself.
    private Settings settings(Settings users) {
        AgentSettings claude =
                Objects.requireNonNull(users.agents().configured().get(CLAUDE), "always there");
        Map<AgentName, AgentSettings> agents = new HashMap<>(users.agents().configured());
        processes.forEach((id, process) -> agents.put(agentName(id), agent(claude, process)));
        return users.withWorkers(
                        users.workers()
                                .withMaxWorkers(maxWorkers)
                                .withJobTimeout(Optional.empty())
                                .withMaxRetries(0)
                                .withMaxFixRounds(0))
                .withRecursion(
                        new Settings.Recursion(
                                users.recursion().enabled(),
                                users.recursion().maxDepth(),
                                List.of()))
                .withAgents(users.agents().withConfigured(agents))
                .withEnvironment(Settings.Environment.NONE)
                .withChecks(List.of())
                .withIntegrate(users.integrate().withResult(Settings.Result.NONE))
                .withBudgetUsd(Optional.empty());
    }

    /// The launch line as a program of its own kind, since document 002 gives all of it; with claude's program,
    /// environment and home.
    private AgentSettings agent(AgentSettings claude, AgentProcess process) {
        List<String> line = process.command();
        return new AgentSettings(
                Settings.Kind.COMMAND,
                Stream.concat(claude.command().stream(), line.stream().skip(1)).toList(),
                List.of(),
                Optional.empty(),
                claude.permission(),
                process.isOnStandardInput() ? Settings.Input.DESCRIPTION : Settings.Input.NONE,
                claude.env(),
                claude.home(),
                maxWorkers);
    }

    // ---- what the engine tells

    private void happened(Recorded recorded, Settings settings, JobFolder folder) {
        switch (recorded.event()) {
            case Event.AttemptStarting e -> {
                AgentSettings agent =
                        Objects.requireNonNull(settings.agents().configured().get(e.agent()));
                begin(e.task(), agent.command());
            }
            // by somebody at another terminal
            case Event.AttemptClaimed e -> begin(e.task(), process(e.task()).command());
            case Event.AttemptStarted e ->
                    run(e.task())
                            .started(
                                    recorded.at(),
                                    folder.task(number(e.task()), e.task()).attempt(e.attempt()));
            case Event.AgentEnded e -> run(e.task()).exited(recorded.at(), e.exitCode());
            case Event.AttemptEnded e -> run(e.task()).ended(e.outcome());
            case Event.TaskEnded e -> over(e);
            case Event.JobSubmitted _,
                    Event.DriverTaken _,
                    Event.TasksAdded _,
                    Event.WorkspaceReady _,
                    Event.SessionOpened _,
                    Event.Checked _,
                    Event.Discovered _,
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
    }

    /// The task's number in the plan.
    private int number(TaskId task) {
        return List.copyOf(processes.keySet()).indexOf(task) + 1;
    }

    private ProcessRun run(TaskId task) {
        return Objects.requireNonNull(runs.get(task));
    }

    private ProcessRun begin(TaskId task, List<String> argv) {
        ProcessRun run = new ProcessRun(process(task), argv);
        ProcessRun before = runs.put(task, run);
        if (before != null) { // it was lost, and is begun again
            before.close();
        }
        return run;
    }

    private void over(Event.TaskEnded end) {
        boolean wasItsTurn =
                end.status() != TaskStatus.BLOCKED
                        && !end.reason().equals(Optional.of(Reason.NOT_NEEDED));
        if (runs.containsKey(end.task())) {
            ended(end.task(), run(end.task()).result(end.reason()));
        } else if (wasItsTurn) {
            ended(
                    end.task(),
                    begin(end.task(), process(end.task()).command())
                            .refused(
                                    end.reason().orElse(Reason.CANCELED),
                                    "It was canceled before it began."));
        }
    }

    private void ended(TaskId task, ProcessResult result) {
        results.put(task, result);
        process(task).journal().ended(result);
        each.accept(result);
    }
}
