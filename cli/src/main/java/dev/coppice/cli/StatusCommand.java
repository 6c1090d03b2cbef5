package dev.coppice.cli;

import dev.coppice.model.JobId;
import dev.coppice.report.Figures;
import dev.coppice.report.JobView;
import dev.coppice.report.Plain;
import dev.coppice.runtime.Coppice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// `status`: one job, or all.
final class StatusCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec).optional("JOB", "Its id; without one all jobs are listed").usual();
    }

    @Override
    public int run(Invocation call) {
        try (Coppice coppice = call.open()) {
            if (call.parameter(0).isPresent()) {
                JobView job = call.job(coppice);
                call.out()
                        .print(
                                call.isJson()
                                        ? Jobs.json(call, coppice, job) + "\n"
                                        : Jobs.text(call, coppice, job, call.screen()));
            } else {
                list(call, coppice);
            }
        }
        return ExitCode.DONE.number();
    }

    private static void list(Invocation call, Coppice coppice) {
        List<JobView> jobs = new ArrayList<>();
        for (JobId id : coppice.jobs()) {
            Optional<JobView> job = coppice.view(id);
            job.ifPresent(jobs::add);
        }
        if (call.isJson()) {
            call.out()
                    .line(
                            Json.write(
                                    Json.object(
                                            "jobs",
                                            jobs.stream()
                                                    .map(job -> json(coppice, job))
                                                    .toList())));
            return;
        }
        if (jobs.isEmpty()) {
            call.out().line("There are no jobs yet. Start one with: coppice run \"…\"");
        }
        jobs.forEach(job -> call.out().line(line(call, coppice, job)));
    }

    private static String status(Coppice coppice, JobView job) {
        return Jobs.isInterrupted(coppice, job) ? "interrupted" : job.status().wire();
    }

    private static Object json(Coppice coppice, JobView job) {
        return Json.object(
                "job_id", job.id(),
                "status", job.status().wire(),
                "interrupted", Jobs.isInterrupted(coppice, job),
                "request", job.request().request(),
                "submitted_at", job.submittedAt(),
                "tasks", job.counts().total(),
                "completed", job.counts().completed());
    }

    private static String line(Invocation call, Coppice coppice, JobView job) {
        return "%s  %-11s  %s  %d/%d  %s"
                .formatted(
                        job.id(),
                        status(coppice, job),
                        Figures.moment(job.submittedAt(), call.zone()),
                        job.counts().completed(),
                        job.counts().total(),
                        Plain.firstLine(job.goal()));
    }
}
