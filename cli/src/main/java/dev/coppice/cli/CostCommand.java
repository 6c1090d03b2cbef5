package dev.coppice.cli;

import dev.coppice.model.JobId;
import dev.coppice.report.Figures;
import dev.coppice.report.JobView;
import dev.coppice.runtime.Coppice;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// `cost`: spent and left, by job.
final class CostCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec).optional("JOB", "Its id; without one all jobs").usual();
    }

    @Override
    public int run(Invocation call) {
        try (Coppice coppice = call.open()) {
            List<JobView> jobs = new ArrayList<>();
            if (call.parameter(0).isPresent()) {
                jobs.add(call.job(coppice));
            } else {
                for (JobId id : coppice.jobs()) {
                    coppice.view(id).ifPresent(jobs::add);
                }
            }
            if (call.isJson()) {
                call.out()
                        .line(
                                Json.write(
                                        Json.object(
                                                "jobs",
                                                jobs.stream().map(CostCommand::json).toList())));
            } else {
                jobs.forEach(job -> call.out().line(line(job)));
            }
        }
        return ExitCode.DONE.number();
    }

    private static Optional<BigDecimal> left(JobView job) {
        return job.request()
                .settings()
                .budgetUsd()
                .map(budget ->
                        budget.subtract(job.usage().usd().orElse(BigDecimal.ZERO))
                                .max(BigDecimal.ZERO));
    }

    private static Object json(JobView job) {
        return Json.object(
                "job_id", job.id(),
                "cost_usd", job.usage().usd(),
                "unpriced_attempts", job.unpricedAttempts(),
                "budget_usd", job.request().settings().budgetUsd(),
                "left_usd", left(job),
                "tokens", job.usage().tokens());
    }

    private static String line(JobView job) {
        return "%s  %s spent%s  %s tokens"
                .formatted(
                        job.id(),
                        Figures.usd(job.usage().usd()),
                        left(job)
                                .map(usd -> ", " + Figures.usd(Optional.of(usd)) + " left")
                                .orElse(""),
                        Figures.count(job.usage().tokens()));
    }
}
