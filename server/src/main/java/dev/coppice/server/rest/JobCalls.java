package dev.coppice.server.rest;

import dev.coppice.client.Acceptance;
import dev.coppice.client.JobPage;
import dev.coppice.client.JobSummary;
import dev.coppice.client.Submission;
import dev.coppice.client.Wire;
import dev.coppice.engine.Engine;
import dev.coppice.folder.StatusJson;
import dev.coppice.model.Discovery;
import dev.coppice.model.JobId;
import dev.coppice.model.JobStatus;
import dev.coppice.model.TaskId;
import dev.coppice.report.JobView;
import dev.coppice.runtime.Coppice;
import dev.coppice.server.access.Caller;
import dev.coppice.server.jobs.DiscoveryReader;
import dev.coppice.server.jobs.Fault;
import dev.coppice.server.jobs.Jobs;
import dev.coppice.server.jobs.JsonKeys;
import dev.coppice.server.jobs.Order;
import dev.coppice.server.jobs.OrderReader;
import dev.coppice.server.jobs.Rights;
import dev.coppice.server.jobs.Views;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// The calls that are about jobs: start, list, look, cancel, retry.
final class JobCalls {
    private static final int PAGE = 50;
    private static final int PAGE_MAX = 1_000;

    /// So long a cancel waits for the job's end before it answers that it is on its way: more than agents take that are
    /// polite, also on a busy machine.
    private static final Duration CANCEL_PATIENCE = Duration.ofSeconds(30);

    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    private final Coppice coppice;
    private final Jobs jobs;
    private final Views views;
    private final InstantSource clock;
    private final Idempotency idempotency;

    JobCalls(Coppice coppice, Jobs jobs, Views views, InstantSource clock) {
        this.coppice = coppice;
        this.jobs = jobs;
        this.views = views;
        this.clock = clock;
        this.idempotency =
                new Idempotency(
                        coppice.log(),
                        clock,
                        (job, warnings) -> Wire.write(Jobs.submitted(job, warnings)));
    }

    // ---- start ----

    void orchestrate(Exchange exchange) throws IOException, InterruptedException {
        String body = exchange.body();
        Order order = OrderReader.read(body);
        Caller caller = exchange.caller().orElseThrow();
        Optional<String> key = exchange.header("Idempotency-Key");
        String answer =
                key.isEmpty()
                        ? submitted(order, caller)
                        : idempotency.answer(
                                caller,
                                key.get(),
                                body,
                                receipt -> submitted(order.known(receipt), caller));
        Submission submission = Wire.read(answer, Submission.class);
        exchange.about(new JobId(submission.jobId()));
        exchange.set("Location", "/api/v1/jobs/" + submission.jobId());
        exchange.text(202, Exchange.JSON, answer);
    }

    private String submitted(Order order, Caller caller) throws InterruptedException {
        return Wire.write(jobs.submit(order, caller));
    }

    // ---- look ----

    void list(Exchange exchange) throws IOException {
        Optional<JobStatus> status = exchange.query("status").map(JobCalls::status);
        int depth = exchange.number("depth", -1, 0, Integer.MAX_VALUE);
        Optional<String> parent =
                exchange.query("parent")
                        .map(text -> JobId.parse(text).map(JobId::value).orElse(text));
        int limit = exchange.number("limit", PAGE, 1, PAGE_MAX);
        int offset = exchange.number("offset", 0, 0, Integer.MAX_VALUE);
        List<JobId> fitting =
                views.standings()
                        .filter(job -> status.isEmpty() || job.status() == status.get())
                        .filter(job -> depth < 0 || job.depth() == depth)
                        .filter(job ->
                                parent.isEmpty() || job.parent().map(JobId::value).equals(parent))
                        .map(Views.Standing::job)
                        .toList();
        List<JobSummary> page =
                fitting.stream()
                        .skip(offset)
                        .limit(limit)
                        .map(views::summary)
                        .flatMap(Optional::stream)
                        .toList();
        exchange.json(200, new JobPage(page, fitting.size(), limit, offset));
    }

    private static JobStatus status(String wire) {
        List<JobStatus> all = List.of(JobStatus.values());
        return all.stream()
                .filter(status -> status.wire().equals(wire))
                .findFirst()
                .orElseThrow(() ->
                        Fault.invalid(
                                "query.status",
                                "must be one of "
                                        + String.join(
                                                ", ", all.stream().map(JobStatus::wire).toList())));
    }

    /// The job that the path names.
    JobView job(Exchange exchange) {
        JobView job = jobs.find(exchange.part("job"));
        exchange.about(job.id());
        exchange.caller().ifPresent(caller -> Rights.requireTheirs(job, caller));
        return job;
    }

    /// The job that the path names, for a caller who got its events up to this one. These come straight from the log, so
    /// that the caller may know of more than was told here, be it that the job is over: then it is read again.
    JobView jobBeyond(Exchange exchange, long sequence) {
        JobView job = job(exchange);
        if (job.sequence() > sequence) {
            return job;
        }
        views.changed(job.id());
        return views.find(job.id()).orElseThrow();
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

    void discoveries(Exchange exchange) throws IOException {
        JobView job = job(exchange);
        exchange.text(200, Exchange.JSON, rendering(job).discoveries(job));
    }

    // ---- act ----

    void discover(Exchange exchange) throws IOException {
        JobId job = jobs.id(exchange.part("job"));
        exchange.about(job);
        Caller caller = exchange.caller().orElseThrow();
        JsonKeys keys = JsonKeys.of("body", exchange.body());
        Optional<Discovery> found = DiscoveryReader.take(keys);
        Optional<String> task =
                caller instanceof Caller.KeyHolder
                        ? keys.need("task_id", JsonKeys.TEXT)
                        : keys.take("task_id", JsonKeys.TEXT);
        keys.refuseOthers();
        keys.refuseAll();
        TaskId by = jobs.discover(job, task, found.orElseThrow(), caller);
        exchange.json(201, new Acceptance(job.value(), by.value(), true));
    }

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
        List<TaskId> tasks =
                again.tasks().stream().map(named -> Jobs.task(job, named).id()).toList();
        switch (jobs.retry(job, tasks, again.timeout())) {
            case ACCEPTED -> {
                views.changed(job.id());
                JobView now = views.find(job.id()).orElseThrow();
                exchange.json(
                        202, new Submission(job.id().value(), now.status().wire(), List.of()));
            }
            case ALREADY_OVER ->
                    throw Fault.of(
                            Fault.Kind.CONFLICT,
                            "All that was asked for is completed, so there is nothing to try again.");
            case NOBODY_WAITS ->
                    throw Fault.of(
                            Fault.Kind.CONFLICT,
                            job.request().parent().orElseThrow().whyNotAgain());
            case NO_SUCH_JOB, NO_SUCH_TASK -> throw Jobs.noTask(String.join(", ", again.tasks()));
        }
    }
}
