package dev.coppice.cli;

import dev.coppice.report.JobView;
import picocli.CommandLine.Model.CommandSpec;

/// `watch`: a job's progress, whoever drives it, until it is over or nobody does.
final class WatchCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec).parameter("JOB", "Its id").usual("Print one JSON document, at its end");
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        try (Site site = call.site()) {
            JobView job = call.job(site);
            site.follow(job.id(), call.out());
            if (call.isJson()) {
                try (JobReader reader = new JobReader(site, call.out(), job.id())) {
                    reader.follow(_ -> {});
                }
            } else if (!job.status().isOver() && site.isDriven(job)) {
                new Progress(call, site, job.id()).show();
            }
            job = call.job(site);
            call.out()
                    .print(
                            call.isJson()
                                    ? Jobs.json(call, site, job) + "\n"
                                    : Jobs.text(call, site, job, call.screen()));
        }
        return ExitCode.DONE.number();
    }
}
