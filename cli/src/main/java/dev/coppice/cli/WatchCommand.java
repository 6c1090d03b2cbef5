package dev.coppice.cli;

import dev.coppice.report.JobView;
import dev.coppice.runtime.Coppice;
import picocli.CommandLine.Model.CommandSpec;

/// `watch`: a job's progress, whoever drives it, until it is over or nobody does.
final class WatchCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec).parameter("JOB", "Its id").usual("Print one JSON document, at its end");
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        try (Coppice coppice = call.open()) {
            JobView job = call.job(coppice);
            if (call.isJson()) {
                try (JobReader reader = new JobReader(coppice, call.out(), job.id())) {
                    reader.follow(_ -> {});
                }
            } else if (!job.status().isOver() && coppice.isDriven(job)) {
                new Progress(call, coppice, job.id()).show();
            }
            job = call.job(coppice);
            call.out()
                    .print(
                            call.isJson()
                                    ? Jobs.json(call, coppice, job) + "\n"
                                    : Jobs.text(call, coppice, job, call.screen()));
        }
        return ExitCode.DONE.number();
    }
}
