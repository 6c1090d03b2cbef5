package dev.coppice.runtime;

import dev.coppice.engine.Engine;
import dev.coppice.engine.WorkQueue;
import dev.coppice.folder.JobFolder;
import dev.coppice.folder.Secrets;
import dev.coppice.git.RefName;
import dev.coppice.model.CommitId;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Plan;
import dev.coppice.model.Settings;
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

/// Starts jobs for the agents of running attempts, and adds tasks to jobs. What comes from agents is checked as such.
/// Safe for use by many threads.
final class Delegation {
    private final Engine engine;
    private final Optional<Workspaces> workspaces;
    private final Secrets secrets;

    /// Held while a workspace is looked at and its job started: an agent may ask for several at once.
    private final ReentrantLock starting = new ReentrantLock();

    Delegation(Engine engine, Optional<Workspaces> workspaces, Secrets secrets) {
        this.engine = engine;
        this.workspaces = workspaces;
        this.secrets = secrets;
    }

    ChildBirth start(Worker of, RunOrder order, UnaryOperator<Settings> wishes)
            throws InterruptedException {
        starting.lock();
        try {
            Optional<JobState> state = engine.state(of.job());
            Optional<TaskState> task = state.flatMap(s -> s.task(of.task()));
            return task.isEmpty()
                    ? gone(of)
                    : start(of, state.orElseThrow(), task.get(), order, wishes);
        } finally {
            starting.unlock();
        }
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
        if (order.base().isPresent()) {
            return new ChildBirth.Invalid(
                    List.of(
                            new Problem(
                                    "config.base",
                                    "must be left out: a job that an agent starts begins from the agent's files")));
        }
        Settings wanted = wishes.apply(Children.settings(state.settings()));
        Path folder = folder(state.request(), of, task);
        Optional<Verdict> verdict = order.plan().map(draft -> check(draft, wanted, folder));
        if (verdict.isPresent() && verdict.get() instanceof Verdict.Invalid(List<Problem> wrong)) {
            return new ChildBirth.Invalid(wrong);
        }
        Optional<Verdict.Valid> valid = verdict.map(Verdict.Valid.class::cast);
        Optional<Plan> plan = valid.map(Verdict.Valid::plan);
        List<String> warnings =
                valid.map(Verdict.Valid::warnings).orElse(List.of()).stream()
                        .map(Problem::toString)
                        .toList();
        String request = order.request().isBlank() ? plan.orElseThrow().goal() : order.request();
        Optional<CommitId> base =
                switch (wanted.layout().isolation()) {
                    case WORKTREE -> Optional.of(base(of, task, folder));
                    case NONE -> Optional.empty();
                };
        ChildOrder child = new ChildOrder(secrets.mask(request), plan, base, wanted);
        return switch (engine.startChild(of.job(), of.task(), of.attempt(), child, warnings)) {
            case Engine.Birth.Started(JobId job) -> new ChildBirth.Started(job, warnings);
            case Engine.Birth.Refused(Children.Why why, String message) ->
                    why == Children.Why.DEPTH
                            ? new ChildBirth.TooDeep(message)
                            : new ChildBirth.Refused(message);
            case Engine.Birth.NoSuchJob() -> gone(of);
        };
    }

    /// What lies in the agent's workspace, as a commit.
    private CommitId base(Worker of, TaskState task, Path folder) {
        return workspaces
                .orElseThrow()
                .snapshot(
                        folder,
                        new RefName(
                                "refs/coppice/attempts/" + of.job() + "/base-" + task.worker()));
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
