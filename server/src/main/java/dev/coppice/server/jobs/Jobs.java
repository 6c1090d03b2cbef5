package dev.coppice.server.jobs;

import dev.coppice.client.Submission;
import dev.coppice.engine.Engine;
import dev.coppice.engine.WorkQueue;
import dev.coppice.model.Discovery;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Settings;
import dev.coppice.model.TaskId;
import dev.coppice.model.Worker;
import dev.coppice.plan.PlanDraft;
import dev.coppice.plan.Problem;
import dev.coppice.report.AttemptView;
import dev.coppice.report.JobView;
import dev.coppice.report.TaskView;
import dev.coppice.runtime.ChildBirth;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Preparation;
import dev.coppice.runtime.Refusal;
import dev.coppice.runtime.TaskBirth;
import dev.coppice.server.access.Caller;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What every door does about jobs: starts them, finds them, and knows who may look at which. Safe for use by many
/// threads.
public final class Jobs {
    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);

    /// After so long a caller may ask again whether there is room for its job.
    private static final Duration NO_ROOM = Duration.ofSeconds(10);

    /// Where in an order stands what is called otherwise elsewhere.
    private static final Map<String, String> PLACES =
            Map.of("base", "config.base", "integrate.target", "config.target");

    private final Coppice coppice;
    private final Views views;

    /// Held while it is counted how many jobs are open and one more is added.
    private final ReentrantLock submitting = new ReentrantLock();

    private volatile boolean isStopping;

    public Jobs(Coppice coppice, Views views) {
        this.coppice = coppice;
        this.views = views;
    }

    /// Whether no more jobs are taken on.
    public boolean isStopping() {
        return isStopping;
    }

    /// Takes on no more, lays down the jobs that this process drives, and waits until they lie.
    ///
    /// @return those jobs
    public Set<JobId> layDown() throws InterruptedException {
        isStopping = true;
        Engine engine = coppice.engine();
        // Before they are asked: a job with nothing to wait for lies at once, and counts all the
        // same.
        List<JobId> left = engine.driven();
        engine.stop();
        Set<JobId> laidDown = new LinkedHashSet<>();
        do {
            for (JobId job : left) {
                awaitLaidDown(job);
                laidDown.add(job);
            }
            left = engine.driven();
        } while (!left.isEmpty());
        return laidDown;
    }

    /// One that can't be driven keeps nobody from waiting for the others.
    private void awaitLaidDown(JobId job) throws InterruptedException {
        try {
            coppice.await(job);
        } catch (IllegalStateException e) {
            LOG.warn("Job {} is left as it is, since it can't be driven", job, e);
        }
    }

    // ---- start ----

    /// Starts a job: of a worker as a child of its task, of anybody else as a root job.
    ///
    /// @throws Fault where it can't be started
    public Submission submit(Order order, Caller caller) throws InterruptedException {
        checkIsServing();
        return switch (caller) {
            case Caller.KeyHolder _ -> submitRoot(order);
            case Caller.AtWork(Worker worker) -> startChild(order, worker);
        };
    }

    private void checkIsServing() {
        if (isStopping) {
            throw Fault.later(Fault.Kind.UNAVAILABLE, "The server stops.", NO_ROOM);
        }
    }

    /// Starts a job for a worker, whose token tells the depth.
    private Submission startChild(Order order, Worker worker) throws InterruptedException {
        return switch (coppice.startChild(worker, order.run(), order::over)) {
            case ChildBirth.Started(JobId job, List<String> warnings) -> submitted(job, warnings);
            case ChildBirth.Invalid(List<Problem> problems) ->
                    throw Fault.of(Fault.Kind.INVALID_REQUEST, problems);
            case ChildBirth.Unusable(List<Problem> problems) ->
                    throw Fault.of(Fault.Kind.CONFLICT, problems);
            case ChildBirth.TooDeep(String message) ->
                    throw Fault.of(Fault.Kind.INVALID_REQUEST, message);
            case ChildBirth.Refused(String message) -> throw Fault.of(Fault.Kind.CONFLICT, message);
        };
    }

    private Submission submitRoot(Order order) throws InterruptedException {
        checkDepth(order);
        Preparation prepared =
                coppice.prepare(order.run(), order.over(coppice.configuration().settings()));
        return switch (prepared) {
            case Preparation.Refused(Refusal refusal) -> throw refused(refusal, order);
            case Preparation.Ready(JobRequest request, List<String> warnings) -> {
                JobRequest known = order.receipt().map(request::known).orElse(request);
                yield submitted(submit(new Preparation.Ready(known, warnings)), warnings);
            }
        };
    }

    /// What a client says of its depth is held against the limit, and not believed otherwise.
    private void checkDepth(Order order) {
        int depth = order.wishes().currentDepth().orElse(0);
        Settings.Recursion recursion = order.over(coppice.configuration().settings()).recursion();
        if (depth > recursion.maxDepth()) {
            throw Fault.invalid("config.current_depth", recursion.noDeeper());
        }
    }

    private static Fault refused(Refusal refusal, Order order) {
        List<Problem> problems =
                refusal.problems().stream().map(problem -> placed(problem, order)).toList();
        return switch (refusal.kind()) {
            case INVALID -> Fault.of(Fault.Kind.INVALID_REQUEST, problems);
            case UNUSABLE -> Fault.of(Fault.Kind.CONFLICT, problems);
        };
    }

    /// The problem, at the place that it has in an order.
    private static Problem placed(Problem problem, Order order) {
        String place = problem.place();
        boolean isOfAgent =
                order.wishes().agent().filter(agent -> place.equals("agents." + agent)).isPresent();
        return new Problem(
                isOfAgent ? "config.agent" : PLACES.getOrDefault(place, place), problem.message());
    }

    private JobId submit(Preparation.Ready ready) {
        submitting.lock();
        try {
            checkRoom();
            return coppice.submit(ready);
        } finally {
            submitting.unlock();
        }
    }

    private void checkRoom() {
        int most = coppice.configuration().api().maxConcurrentJobs();
        if (open().filter(job -> job.depth() == 0).count() >= most) {
            throw Fault.later(
                    Fault.Kind.TOO_MANY_REQUESTS,
                    "%d jobs are open, which is the limit (api.max_concurrent_jobs)."
                            .formatted(most),
                    NO_ROOM);
        }
    }

    // ---- try again ----

    /// Asks for another try of tasks, and goes on with the job.
    ///
    /// @param tasks empty: all that did not succeed
    /// @param timeout the new limit of their attempts
    /// @throws Fault where there is no room for the job
    public Engine.Answer retry(JobView job, List<TaskId> tasks, Optional<Duration> timeout) {
        checkIsServing();
        submitting.lock();
        try {
            if (job.status() != JobStatus.COMPLETED) {
                checkRoomAgain(job);
            }
            Engine.Answer answer = coppice.engine().retry(job.id(), tasks, timeout);
            if (answer == Engine.Answer.ACCEPTED) {
                coppice.resume(job.id());
            }
            return answer;
        } finally {
            submitting.unlock();
        }
    }

    /// Adds tasks to a job, all or none; one that was over goes on with them.
    ///
    /// @param by whose running attempt adds them; empty: an agent outside
    /// @throws Fault where there is no room for the job
    public TaskBirth addTasks(JobView job, Optional<Worker> by, PlanDraft tasks) {
        checkIsServing();
        submitting.lock();
        try {
            checkRoomAgain(job);
            TaskBirth born = coppice.addTasks(job.id(), by, tasks);
            views.changed(job.id());
            return born;
        } finally {
            submitting.unlock();
        }
    }

    /// Shares a finding of a task's running attempt with the agents that begin later.
    ///
    /// @param named the task's id or worker; empty: that of the caller, which is a worker
    /// @return the task
    /// @throws Fault where the task does not run, or is not the caller's
    public TaskId discover(JobId job, Optional<String> named, Discovery found, Caller caller) {
        TaskId task =
                switch (caller) {
                    case Caller.AtWork(Worker worker) -> ownTask(job, named, worker);
                    case Caller.KeyHolder _ ->
                            named.flatMap(TaskId::parse).orElseGet(() -> task(job, named));
                };
        WorkQueue queue = queue(job);
        WorkQueue.Answer answer = queue.discover(task, found);
        if (answer == WorkQueue.Answer.NO_SUCH_TASK) {
            task = task(job, named); // by its worker
            answer = queue.discover(task, found);
        }
        requireAccepted(job, task, answer);
        views.changed(job); // who shares something and looks then, sees it
        return task;
    }

    /// The worker's task.
    ///
    /// @param named as which it was asked for, if at all
    /// @throws Fault where that is another one
    public TaskId ownTask(JobId job, Optional<String> named, Worker worker) {
        Rights.requireOwn(job, new Caller.AtWork(worker));
        if (named.filter(name -> !name.equals(worker.task().value())).isPresent()
                && !task(job, named).equals(worker.task())) {
            throw Fault.of(Fault.Kind.FORBIDDEN, "A worker may do this for its own task only.");
        }
        return worker.task();
    }

    private TaskId task(JobId job, Optional<String> named) {
        return task(find(job.value()), named.orElseThrow()).id();
    }

    /// The job's tasks for those who work outside.
    ///
    /// @throws Fault where there is no such job
    public WorkQueue queue(JobId job) {
        return coppice.engine().queue(job).orElseThrow(() -> noJob(job.value()));
    }

    /// Refuses where the answer to what was asked of the task is no.
    ///
    /// @throws Fault that says why
    public void requireAccepted(JobId job, TaskId task, WorkQueue.Answer answer) {
        switch (answer) {
            case ACCEPTED -> {}
            case NO_SUCH_TASK -> throw noTask(task.value());
            case NO_SUCH_AGENT ->
                    throw Fault.of(
                            Fault.Kind.CONFLICT,
                            "Nobody of this name has claimed a task of the job. Claim one with claim_task.");
            case NOT_YOURS, TAKEN, NOT_READY ->
                    throw Fault.of(
                            Fault.Kind.CONFLICT,
                            "Task %s is not yours now: it is %s."
                                    .formatted(task, state(now(job), task)));
        }
    }

    /// How it stands with a task: `running, by ann`.
    private static String state(JobView job, TaskId id) {
        TaskView task = job.task(id).orElseThrow();
        String by =
                task.lastAttempt()
                        .filter(AttemptView::isRunning)
                        .map(attempt -> ", by " + attempt.agent())
                        .orElse("");
        return task.status().wire() + by;
    }

    /// The job after its last event, also one that nobody has told of yet.
    public JobView now(JobId job) {
        views.changed(job);
        return find(job.value());
    }

    /// A root job that was over is one more that is open.
    private void checkRoomAgain(JobView job) {
        if (job.status().isOver() && job.request().parent().isEmpty()) {
            checkRoom();
        }
    }

    /// What is answered where a job was started.
    public static Submission submitted(JobId job, List<String> warnings) {
        return new Submission(job.value(), JobStatus.SUBMITTED.wire(), warnings);
    }

    // ---- look ----

    /// The jobs that are not over.
    public Stream<Views.Standing> open() {
        return views.standings().filter(job -> !job.status().isOver());
    }

    /// The job that is named so.
    ///
    /// @throws Fault where there is none
    public JobView find(String named) {
        return JobId.parse(named).flatMap(views::find).orElseThrow(() -> noJob(named));
    }

    private static Fault noJob(String named) {
        return Fault.of(Fault.Kind.NOT_FOUND, "There is no such job: " + named);
    }

    /// The id of the job that is named so.
    ///
    /// @throws Fault where there is none
    public JobId id(String named) {
        return JobId.parse(named)
                .filter(job -> coppice.engine().queue(job).isPresent())
                .orElseThrow(() -> noJob(named));
    }

    /// The task of a job that is named by its id or its worker.
    ///
    /// @throws Fault where there is none
    public static TaskView task(JobView job, String named) {
        return job.all()
                .filter(task -> task.id().value().equals(named) || task.workerId().equals(named))
                .findFirst()
                .orElseThrow(() -> noTask(named));
    }

    public static Fault noTask(String named) {
        return Fault.of(Fault.Kind.NOT_FOUND, "The job has no such task: " + named);
    }
}
