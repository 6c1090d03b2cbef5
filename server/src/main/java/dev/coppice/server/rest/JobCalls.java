package dev.coppice.server.rest;

import dev.coppice.client.JobPage;
import dev.coppice.client.JobSummary;
import dev.coppice.client.Submission;
import dev.coppice.client.Wire;
import dev.coppice.engine.Engine;
import dev.coppice.folder.StatusJson;
import dev.coppice.model.JobId;
import dev.coppice.model.JobStatus;
import dev.coppice.model.TaskId;
import dev.coppice.model.Worker;
import dev.coppice.plan.Problem;
import dev.coppice.report.JobView;
import dev.coppice.report.TaskView;
import dev.coppice.runtime.ChildBirth;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Preparation;
import dev.coppice.runtime.Refusal;
import dev.coppice.server.access.Caller;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// The calls that are about jobs: start, list, look, cancel, retry.
final class JobCalls {
    private static final int PAGE = 50;
    private static final int PAGE_MAX = 1_000;

    /// So long a cancel waits for the job's end before it answers that it is on its way.
    private static final Duration CANCEL_PATIENCE = Duration.ofSeconds(10);

    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    /// After so long a caller may ask again whether there is room for its job.
    private static final Duration NO_ROOM = Duration.ofSeconds(10);

    private final Coppice coppice;
    private final Views views;
    private final InstantSource clock;
    private final Idempotency idempotency = new Idempotency();

    /// Held while it is counted how many jobs are open and one more is added.
    private final ReentrantLock submitting = new ReentrantLock();

    private volatile boolean isStopping;

    JobCalls(Coppice coppice, Views views, InstantSource clock) {
        this.coppice = coppice;
        this.views = views;
        this.clock = clock;
    }

    /// Takes on no more jobs.
    void stop() {
        isStopping = true;
    }

    boolean isStopping() {
        return isStopping;
    }

    // ---- start ----

    void orchestrate(Exchange exchange) throws IOException, InterruptedException {
        if (isStopping) {
            throw Fault.later(Fault.Kind.UNAVAILABLE, "The server stops.", NO_ROOM);
        }
        String body = exchange.body();
        Order order = OrderReader.read(body);
        Caller caller = exchange.caller().orElseThrow();
        Optional<String> key = exchange.header("Idempotency-Key");
        String answer =
                key.isEmpty()
                        ? submit(order, caller)
                        : idempotency.answer(caller, key.get(), body, () -> submit(order, caller));
        Submission submission = Wire.read(answer, Submission.class);
        exchange.about(new JobId(submission.jobId()));
        exchange.set("Location", "/api/v1/jobs/" + submission.jobId());
        exchange.text(202, Exchange.JSON, answer);
    }

    private String submit(Order order, Caller caller) throws InterruptedException {
        return switch (caller) {
            case Caller.KeyHolder _ -> submitRoot(order);
            case Caller.AtWork(Worker worker) -> startChild(order, worker);
        };
    }

    /// Starts a job for a worker, whose token tells the depth.
    private String startChild(Order order, Worker worker) throws InterruptedException {
        return switch (coppice.startChild(worker, order.run(), order::over)) {
            case ChildBirth.Started(JobId job, List<String> warnings) ->
                    Wire.write(new Submission(job.value(), JobStatus.SUBMITTED.wire(), warnings));
            case ChildBirth.Invalid(List<Problem> problems) ->
                    throw Fault.of(Fault.Kind.INVALID_REQUEST, problems);
            case ChildBirth.TooDeep(String message) ->
                    throw Fault.of(Fault.Kind.INVALID_REQUEST, message);
            case ChildBirth.Refused(String message) -> throw Fault.of(Fault.Kind.CONFLICT, message);
        };
    }

    private String submitRoot(Order order) throws InterruptedException {
        checkDepth(order);
        Preparation prepared =
                coppice.prepare(order.run(), order.over(coppice.configuration().settings()));
        return switch (prepared) {
            case Preparation.Refused(Refusal refusal) -> throw refused(refusal);
            case Preparation.Ready ready -> {
                JobId job = submit(ready);
                yield Wire.write(
                        new Submission(job.value(), JobStatus.SUBMITTED.wire(), ready.warnings()));
            }
        };
    }

    /// What a client says of its depth is held against the limit, and not believed otherwise.
    private void checkDepth(Order order) {
        int depth = order.wishes().currentDepth().orElse(0);
        int deepest = order.over(coppice.configuration().settings()).recursion().maxDepth();
        if (depth > deepest) {
            throw Exchange.invalid(
                    "config.current_depth",
                    "Maximum recursion depth (%d) reached. Do the task without child jobs, or raise max_recursion_depth (at most 5)."
                            .formatted(deepest));
        }
    }

    private static Fault refused(Refusal refusal) {
        return switch (refusal.kind()) {
            case INVALID -> Fault.of(Fault.Kind.INVALID_REQUEST, refusal.problems());
            case UNUSABLE -> Fault.of(Fault.Kind.CONFLICT, refusal.problems());
        };
    }

    private JobId submit(Preparation.Ready ready) {
        submitting.lock();
        try {
            int most = coppice.configuration().api().maxConcurrentJobs();
            if (openJobs().filter(job -> job.depth() == 0).count() >= most) {
                throw Fault.later(
                        Fault.Kind.TOO_MANY_REQUESTS,
                        "%d jobs are open, which is the limit (api.max_concurrent_jobs)."
                                .formatted(most),
                        NO_ROOM);
            }
            return coppice.submit(ready);
        } finally {
            submitting.unlock();
        }
    }

    // ---- look ----

    /// The jobs that are not over.
    Stream<JobSummary> openJobs() {
        return summaries().filter(job -> !status(job).isOver());
    }

    private Stream<JobSummary> summaries() {
        return coppice.log().jobs().stream().map(views::summary).flatMap(Optional::stream);
    }

    private static JobStatus status(JobSummary job) {
        return Stream.of(JobStatus.values())
                .filter(status -> status.wire().equals(job.status()))
                .findFirst()
                .orElseThrow();
    }

    void list(Exchange exchange) throws IOException {
        Optional<String> status = exchange.query("status");
        if (status.isPresent()
                && Stream.of(JobStatus.values()).noneMatch(s -> s.wire().equals(status.get()))) {
            throw Exchange.invalid(
                    "query.status",
                    "must be one of "
                            + String.join(
                                    ", ",
                                    Stream.of(JobStatus.values()).map(JobStatus::wire).toList()));
        }
        int depth = exchange.number("depth", -1, 0, Integer.MAX_VALUE);
        Optional<String> parent =
                exchange.query("parent").map(text -> id(text).map(JobId::value).orElse(text));
        int limit = exchange.number("limit", PAGE, 1, PAGE_MAX);
        int offset = exchange.number("offset", 0, 0, Integer.MAX_VALUE);
        List<JobSummary> fitting =
                summaries()
                        .filter(job -> status.isEmpty() || job.status().equals(status.get()))
                        .filter(job -> depth < 0 || job.depth() == depth)
                        .filter(job -> parent.isEmpty() || job.parentJobId().equals(parent))
                        .toList();
        exchange.json(
                200,
                new JobPage(
                        fitting.stream().skip(offset).limit(limit).toList(),
                        fitting.size(),
                        limit,
                        offset));
    }

    private static Optional<JobId> id(String text) {
        return JobId.parse(text);
    }

    /// The job that the path names.
    JobView job(Exchange exchange) {
        String named = exchange.part("job");
        JobView job =
                id(named)
                        .flatMap(views::find)
                        .orElseThrow(() ->
                                Fault.of(Fault.Kind.NOT_FOUND, "There is no such job: " + named));
        exchange.about(job.id());
        exchange.caller().ifPresent(caller -> checkIsTheirs(job, caller));
        return job;
    }

    /// Workers look at their own job and at those that it started.
    private static void checkIsTheirs(JobView job, Caller caller) {
        if (caller instanceof Caller.AtWork(Worker worker)
                && !job.id().equals(worker.job())
                && job.request().parent().filter(p -> p.job().equals(worker.job())).isEmpty()) {
            throw Fault.of(
                    Fault.Kind.FORBIDDEN, "This job is neither yours nor one that yours started.");
        }
    }

    private StatusJson rendering(JobView job) {
        return new StatusJson(coppice.folder(job), coppice.secrets(), views::find);
    }

    void show(Exchange exchange) throws IOException {
        JobView job = job(exchange);
        exchange.text(200, Exchange.JSON, rendering(job).job(job));
    }

    /// Who has no key gets the counts alone.
    void status(Exchange exchange) throws IOException {
        JobView job = job(exchange);
        if (exchange.caller().isEmpty()) {
            exchange.text(200, Exchange.JSON, rendering(job).counts(job));
        } else {
            exchange.bytes(200, Exchange.JSON, views.status(job));
        }
    }

    void results(Exchange exchange) throws IOException {
        JobView job = job(exchange);
        if (!job.status().isOver()) {
            throw Fault.of(
                    Fault.Kind.CONFLICT,
                    "The job is not over: it is %s. Ask again when its status is completed, partial, failed or canceled."
                            .formatted(job.status().wire()));
        }
        exchange.text(200, Exchange.JSON, rendering(job).results(job, clock.instant()));
    }

    // ---- act ----

    void cancel(Exchange exchange) throws IOException, InterruptedException {
        JobView job = job(exchange);
        if (coppice.engine().cancel(job.id(), Optional.empty()) == Engine.Answer.ALREADY_OVER) {
            throw Fault.of(
                    Fault.Kind.CONFLICT, "The job is over already: " + job.status().wire() + ".");
        }
        coppice.resume(job.id()); // so that its folder is kept in step
        JobView after = awaitEnd(job.id());
        exchange.json(
                after.status().isOver() ? 200 : 202,
                new Submission(job.id().value(), after.status().wire(), List.of()));
    }

    private JobView awaitEnd(JobId job) throws InterruptedException {
        long end = System.nanoTime() + CANCEL_PATIENCE.toNanos();
        while (true) {
            views.changed(job);
            JobView now = views.find(job).orElseThrow();
            if (now.status().isOver() || System.nanoTime() > end) {
                return now;
            }
            Thread.sleep(LOOK_EVERY);
        }
    }

    void retry(Exchange exchange) throws IOException {
        JobView job = job(exchange);
        Order.Again again = OrderReader.readRetry(exchange.body());
        List<TaskId> tasks = tasks(job, again.tasks());
        switch (coppice.engine().retry(job.id(), tasks, again.timeout())) {
            case ACCEPTED -> {
                coppice.resume(job.id());
                views.changed(job.id());
                JobView now = views.find(job.id()).orElseThrow();
                exchange.json(
                        202, new Submission(job.id().value(), now.status().wire(), List.of()));
            }
            case ALREADY_OVER ->
                    throw Fault.of(
                            Fault.Kind.CONFLICT,
                            "The job is completed, so there is nothing to try again.");
            case NO_SUCH_JOB, NO_SUCH_TASK -> throw noTask(String.join(", ", again.tasks()));
        }
    }

    /// The tasks that are named by their ids or their workers.
    private static List<TaskId> tasks(JobView job, List<String> named) {
        List<TaskId> tasks = new ArrayList<>();
        for (String name : named) {
            tasks.add(
                    job.all()
                            .filter(task ->
                                    task.id().value().equals(name) || task.workerId().equals(name))
                            .map(TaskView::id)
                            .findFirst()
                            .orElseThrow(() -> noTask(name)));
        }
        return tasks;
    }

    private static Fault noTask(String name) {
        return Fault.of(Fault.Kind.NOT_FOUND, "The job has no such task: " + name);
    }
}
