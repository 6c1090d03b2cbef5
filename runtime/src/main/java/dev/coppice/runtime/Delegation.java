package dev.coppice.runtime;

import dev.coppice.engine.Engine;
import dev.coppice.engine.WorkQueue;
import dev.coppice.folder.JobFolder;
import dev.coppice.git.RefName;
import dev.coppice.model.AgentName;
import dev.coppice.model.CommitId;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Plan;
import dev.coppice.model.Settings;
import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.model.Task;
import dev.coppice.model.Worker;
import dev.coppice.plan.PlanDraft;
import dev.coppice.plan.PlanRules;
import dev.coppice.plan.Plans;
import dev.coppice.plan.Problem;
import dev.coppice.plan.Verdict;
import dev.coppice.schedule.ChildOrder;
import dev.coppice.schedule.Children;
import dev.coppice.schedule.JobState;
import dev.coppice.schedule.TaskState;
import dev.coppice.workspace.Workspaces;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Starts jobs for the agents of running attempts, and adds tasks to jobs. What comes from agents is checked as such.
/// Safe for use by many threads.
final class Delegation {
    private static final int LOCKS = 64;

    private final Engine engine;
    private final Optional<Workspaces> workspaces;
    private final AgentProbe probe;

    /// Held while a workspace is looked at, since an agent may ask for several jobs at once. Each workspace has one of
    /// these, which some may share.
    private final List<ReentrantLock> looking =
            Stream.generate(ReentrantLock::new).limit(LOCKS).toList();

    Delegation(Engine engine, Optional<Workspaces> workspaces, AgentProbe probe) {
        this.engine = engine;
        this.workspaces = workspaces;
        this.probe = probe;
    }

    /// Starts what may be started. What is wrong is told before any of it, and whether it may be before anything of the
    /// workspace is looked at.
    ChildBirth start(Worker of, RunOrder order, UnaryOperator<Settings> wishes)
            throws InterruptedException {
        Optional<JobState> state = engine.state(of.job());
        Optional<TaskState> task = state.flatMap(s -> s.task(of.task()));
        return task.isEmpty()
                ? gone(of)
                : start(of, state.orElseThrow(), task.get(), order, wishes);
    }

    /// Adds tasks to a job, all or none.
    ///
    /// @param by whose attempt adds them; empty: an agent outside
    /// @throws IllegalArgumentException where there is no such job
    TaskBirth add(JobId job, Optional<Worker> by, PlanDraft draft) {
        WorkQueue queue =
                engine.queue(job)
                        .orElseThrow(() -> new IllegalArgumentException("there is no job " + job));
        List<String> warnings = new ArrayList<>();
        try {
            WorkQueue.Addition addition =
                    queue.addTasks(
                            by.map(Worker::task),
                            state -> {
                                Verdict.Valid valid = joining(state, by, draft);
                                warnings.clear();
                                valid.warnings().forEach(w -> warnings.add(w.toString()));
                                return new WorkQueue.Batch(valid.plan().tasks(), warnings);
                            });
            return switch (addition) {
                case WorkQueue.Addition.Added(List<Task> tasks) ->
                        new TaskBirth.Added(tasks.stream().map(Task::id).toList(), warnings);
                case WorkQueue.Addition.Refused(String why) -> new TaskBirth.Refused(why);
            };
        } catch (Unfit unfit) {
            return new TaskBirth.Invalid(unfit.problems);
        }
    }

    /// What is wrong with tasks, as the job stands.
    private static final class Unfit extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient List<Problem> problems;

        private Unfit(List<Problem> problems) {
            super(null, null, false, false);
            this.problems = problems;
        }
    }

    private static Verdict.Valid joining(JobState state, Optional<Worker> by, PlanDraft draft) {
        Path folder =
                by.flatMap(worker ->
                                state.task(worker.task())
                                        .map(task -> folder(state.request(), worker, task)))
                        .orElseGet(() -> Path.of(state.request().repository()));
        PlanRules rules =
                new PlanRules(
                        state.settings(),
                        PlanRules.Author.AGENT,
                        path -> Preparing.isIn(folder, path),
                        state.tasks().stream().map(task -> task.task().id()).toList());
        return switch (Plans.check(draft, rules)) {
            case Verdict.Invalid(List<Problem> problems) -> throw new Unfit(problems);
            case Verdict.Valid valid -> valid;
        };
    }

    private static ChildBirth gone(Worker of) {
        return new ChildBirth.Refused(
                "There is no task " + of.task() + " in job " + of.job() + ".");
    }

    private ChildBirth start(
            Worker of,
            JobState state,
            TaskState task,
            RunOrder order,
            UnaryOperator<Settings> wishes)
            throws InterruptedException {
        Settings given = Children.settings(state.settings());
        Settings wanted = wishes.apply(given);
        Path folder = folder(state.request(), of, task);
        List<Problem> problems = problems(order, given, wanted);
        Optional<Verdict> verdict = order.plan().map(draft -> check(draft, wanted, folder));
        if (verdict.isPresent() && verdict.get() instanceof Verdict.Invalid(List<Problem> wrong)) {
            problems.addAll(wrong);
        }
        if (!problems.isEmpty()) {
            return new ChildBirth.Invalid(problems);
        }
        Optional<Verdict.Valid> valid = verdict.map(Verdict.Valid.class::cast);
        Optional<Plan> plan = valid.map(Verdict.Valid::plan);
        List<String> warnings =
                valid.map(Verdict.Valid::warnings).orElse(List.of()).stream()
                        .map(Problem::toString)
                        .toList();
        String request = order.request().isBlank() ? plan.orElseThrow().goal() : order.request();
        ChildOrder child = new ChildOrder(request, plan, Optional.empty(), wanted);
        Optional<Engine.Birth> refusal = engine.refusal(of.job(), of.task(), of.attempt(), child);
        List<Problem> unusable =
                refusal.isPresent() ? List.of() : unusable(task, plan, wanted, folder);
        if (!unusable.isEmpty()) {
            return new ChildBirth.Unusable(unusable);
        }
        Engine.Birth birth =
                refusal.isPresent()
                        ? refusal.get()
                        : engine.startChild(
                                of.job(),
                                of.task(),
                                of.attempt(),
                                child.from(base(of, task, wanted, folder)),
                                warnings);
        return switch (birth) {
            case Engine.Birth.Started(JobId job) -> new ChildBirth.Started(job, warnings);
            case Engine.Birth.Refused(Children.Why why, String message) ->
                    why == Children.Why.DEPTH
                            ? new ChildBirth.TooDeep(message)
                            : new ChildBirth.Refused(message);
            case Engine.Birth.NoSuchJob() -> gone(of);
        };
    }

    /// What an agent may not say: a job that believed in checks which never run would be worse than none.
    private static List<Problem> problems(RunOrder order, Settings given, Settings wanted) {
        List<Problem> problems = new ArrayList<>();
        if (order.base().isPresent()) {
            problems.add(leftOut("config.base", "begins from the agent's files"));
        }
        if (!wanted.checks().equals(given.checks())) {
            problems.add(
                    leftOut(
                            "config.checks",
                            "has the checks of the agent's job; a task has its own"));
        }
        if (!wanted.integrate().target().equals(given.integrate().target())) {
            problems.add(leftOut("config.target", "is merged into the agent's work"));
        }
        if (wanted.integrate().result() != given.integrate().result()) {
            problems.add(leftOut("config.integrate", "is merged into the agent's work"));
        }
        AgentName agent = wanted.agents().byDefault();
        if (!wanted.agents().configured().containsKey(agent)) {
            problems.add(new Problem("config.agent", "No agent is configured as '" + agent + "'."));
        }
        if (order.plan().isEmpty()
                && !wanted.agents().configured().containsKey(wanted.agents().lead())) {
            problems.add(new Problem("plan", "There is no lead to make one, so it must be given."));
        }
        return problems;
    }

    /// The agents that the job would wait for in vain. The one who asks can be used.
    private List<Problem> unusable(
            TaskState asks, Optional<Plan> plan, Settings wanted, Path folder)
            throws InterruptedException {
        List<Problem> problems = new ArrayList<>();
        for (AgentName name : Preparing.agents(plan, wanted)) {
            AgentSettings agent = wanted.agents().configured().get(name);
            if (agent != null && !name.equals(asks.task().agent())) {
                probe.problem(name, agent, folder).ifPresent(problems::add);
            }
        }
        return problems;
    }

    private static Problem leftOut(String place, String why) {
        return new Problem(place, "must be left out: a job that an agent starts " + why);
    }

    /// What lies in the agent's workspace, as a commit; empty where it works in the user's folder.
    private Optional<CommitId> base(Worker of, TaskState task, Settings wanted, Path folder)
            throws InterruptedException {
        return switch (wanted.layout().isolation()) {
            case WORKTREE -> Optional.of(snapshot(of, task, folder));
            case NONE -> Optional.empty();
        };
    }

    private CommitId snapshot(Worker of, TaskState task, Path folder) throws InterruptedException {
        RefName ref = new RefName("refs/coppice/attempts/" + of.job() + "/base-" + task.worker());
        ReentrantLock lock = looking.get(Math.floorMod(folder.hashCode(), LOCKS));
        lock.lockInterruptibly();
        try {
            return workspaces.orElseThrow().snapshot(folder, ref);
        } finally {
            lock.unlock();
        }
    }

    private static Verdict check(PlanDraft draft, Settings wanted, Path folder) {
        return Plans.check(
                draft,
                PlanRules.of(wanted, PlanRules.Author.AGENT, path -> Preparing.isIn(folder, path)));
    }

    private static Path folder(JobRequest request, Worker of, TaskState task) {
        return switch (request.settings().layout().isolation()) {
            case WORKTREE ->
                    JobFolder.of(request, of.job()).task(task.worker(), of.task()).worktree();
            case NONE -> Path.of(request.repository());
        };
    }
}
