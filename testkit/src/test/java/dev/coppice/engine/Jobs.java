package dev.coppice.engine;

import dev.coppice.model.AgentName;
import dev.coppice.model.CommitId;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.Expectation;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Limits;
import dev.coppice.model.Need;
import dev.coppice.model.Outcome;
import dev.coppice.model.Plan;
import dev.coppice.model.Reason;
import dev.coppice.model.Resources;
import dev.coppice.model.Settings;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.Usage;
import dev.coppice.model.WorkResult;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Small jobs for the tests of the engine.
final class Jobs {
    static final AgentName AGENT = new AgentName("agent");

    private Jobs() {}

    /// A job of three slots whose plan is given; outside of a repository, so that nothing is joined.
    static JobRequest job(Task... tasks) {
        return job(3, Map.of(), tasks);
    }

    /// @param agentSlots how many attempts of each agent may run at once, over all jobs
    static JobRequest job(int slots, Map<AgentName, Integer> agentSlots, Task... tasks) {
        return new JobRequest(
                "Do something",
                "/repository",
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Plan("the goal", List.of(tasks))),
                settings(slots, agentSlots),
                0,
                Optional.empty());
    }

    /// The same job, whose retries follow at once.
    static JobRequest withoutBackoff(JobRequest job) {
        Settings settings = job.settings();
        Settings.Workers workers = settings.workers();
        Settings.Workers hasty =
                new Settings.Workers(
                        workers.maxWorkers(),
                        workers.defaultTimeout(),
                        workers.jobTimeout(),
                        workers.idleTimeout(),
                        workers.stopGrace(),
                        workers.maxOutputBytes(),
                        workers.maxRetries(),
                        workers.maxFixRounds(),
                        new Settings.Backoff(Duration.ZERO, Duration.ZERO, 0, 1));
        return with(
                job,
                job.base(),
                new Settings(
                        settings.layout(),
                        hasty,
                        settings.recursion(),
                        settings.agents(),
                        settings.environment(),
                        settings.checks(),
                        settings.integrate(),
                        settings.budgetUsd()));
    }

    /// The same job with money for each of its tasks and for all of it.
    static JobRequest withBudgets(JobRequest job, String ofEachTask, String ofAll) {
        Plan plan = job.plan().orElseThrow();
        Settings settings = job.settings();
        return new JobRequest(
                job.request(),
                job.repository(),
                job.base(),
                job.target(),
                Optional.of(
                        new Plan(
                                plan.goal(),
                                plan.tasks().stream()
                                        .map(task -> withBudget(task, ofEachTask))
                                        .toList())),
                new Settings(
                        settings.layout(),
                        settings.workers(),
                        settings.recursion(),
                        settings.agents(),
                        settings.environment(),
                        settings.checks(),
                        settings.integrate(),
                        Optional.of(new BigDecimal(ofAll))),
                job.depth(),
                job.parent());
    }

    private static Task withBudget(Task task, String usd) {
        Limits limits = task.limits();
        return new Task(
                task.id(),
                task.duty(),
                task.description(),
                task.priority(),
                task.needs(),
                task.contextFiles(),
                task.hints(),
                task.agent(),
                task.model(),
                task.expects(),
                task.expectedFiles(),
                task.checks(),
                task.trusted(),
                task.estimate(),
                new Limits(
                        limits.timeout(),
                        limits.maxRetries(),
                        limits.maxFixRounds(),
                        Optional.of(new BigDecimal(usd))));
    }

    /// The same job in a repository, where finished branches are joined.
    static JobRequest inRepository(JobRequest job) {
        return with(job, Optional.of(new CommitId("b".repeat(40))), job.settings());
    }

    private static JobRequest with(JobRequest job, Optional<CommitId> base, Settings settings) {
        return new JobRequest(
                job.request(),
                job.repository(),
                base,
                job.target(),
                job.plan(),
                settings,
                job.depth(),
                job.parent());
    }

    /// A task as only other tasks lay them.
    static Task own(String id, Duty duty) {
        return task(id, duty, 0, List.of());
    }

    static Task task(String id, String... needs) {
        return task(id, 1, Arrays.stream(needs).map(n -> Need.success(new TaskId(n))).toList());
    }

    static Task task(String id, int retries, List<Need> needs) {
        return task(id, new Duty.Work(), retries, needs);
    }

    /// A task that goes before all others.
    static Task urgent(String id) {
        return task(id, new Duty.Work(), Task.FIRST_PRIORITY, 1, List.of());
    }

    private static Task task(String id, Duty duty, int retries, List<Need> needs) {
        return task(id, duty, Task.DEFAULT_PRIORITY, retries, needs);
    }

    private static Task task(String id, Duty duty, int priority, int retries, List<Need> needs) {
        return new Task(
                new TaskId(id),
                duty,
                "Do " + id,
                priority,
                needs,
                List.of(),
                "",
                AGENT,
                Optional.empty(),
                Expectation.ANY,
                List.of(),
                List.of(),
                true,
                Optional.empty(),
                new Limits(Duration.ofMinutes(10), retries, 0, Optional.empty()));
    }

    static Outcome done(String output) {
        return new Outcome.Done(
                new WorkResult(
                        output,
                        false,
                        Optional.of("branch"),
                        Optional.of(new CommitId("c".repeat(40))),
                        List.of()));
    }

    static Outcome failed() {
        return new Outcome.Failed(Reason.EXIT_CODE, "it said 1", WorkResult.NONE);
    }

    static Outcome lost() {
        return new Outcome.Failed(Reason.LOST, "not found", WorkResult.NONE);
    }

    static Outcome stopped() {
        return new Outcome.Stopped(WorkResult.NONE);
    }

    static Event.AttemptEnded ended(TaskId task, int attempt, Outcome outcome) {
        return ended(task, attempt, outcome, Usage.NONE);
    }

    /// @param usd what it cost
    static Event.AttemptEnded ended(TaskId task, int attempt, Outcome outcome, String usd) {
        return ended(
                task, attempt, outcome, new Usage(0, 0, 0, 0, Optional.of(new BigDecimal(usd))));
    }

    private static Event.AttemptEnded ended(
            TaskId task, int attempt, Outcome outcome, Usage usage) {
        return new Event.AttemptEnded(
                task,
                attempt,
                outcome,
                usage,
                Resources.NONE,
                Optional.of("session of " + task),
                Optional.empty());
    }

    private static Settings settings(int slots, Map<AgentName, Integer> agentSlots) {
        Map<AgentName, Settings.AgentSettings> agents = new HashMap<>();
        agentSlots.forEach((name, count) -> agents.put(name, agent(count)));
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
                        1_000_000,
                        1,
                        0,
                        new Settings.Backoff(
                                Duration.ofSeconds(10), Duration.ofMinutes(1), 0.1, 1.5)),
                new Settings.Recursion(true, 3, List.of()),
                new Settings.Agents(AGENT, AGENT, agents),
                Settings.Environment.NONE,
                List.of(),
                new Settings.Integrate(
                        Settings.Result.BRANCH, Settings.Conflicts.AGENT, Optional.empty()),
                Optional.empty());
    }

    private static Settings.AgentSettings agent(int slots) {
        return new Settings.AgentSettings(
                Settings.Kind.COMMAND,
                List.of("true"),
                List.of(),
                Optional.empty(),
                Settings.Permission.EDIT,
                Settings.Input.PROMPT,
                List.of(),
                Settings.Home.USER,
                slots);
    }
}
