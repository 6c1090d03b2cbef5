package dev.coppice.cli;

import dev.coppice.model.JobId;
import dev.coppice.report.JobView;

/// Tells how a job goes that somebody else drives, and of any job how it ended.
final class Attendance {
    private final Invocation call;
    private final Site site;

    Attendance(Invocation call, Site site) {
        this.call = call;
        this.site = site;
    }

    /// Shows how the job goes, prints how it ended, and returns the exit code. An interrupt of this process is none of the
    /// job.
    int toTheEnd(JobId job) throws InterruptedException {
        call.out().goOnAlone();
        site.follow(job, call.out());
        tellName(job);
        if (call.isJson()) {
            try (JobReader reader = new JobReader(site, call.out(), job)) {
                reader.follow(_ -> {});
            }
        } else {
            new Progress(call, site, job).show();
        }
        JobView view = tellEnd(job);
        if (!view.status().isOver()) {
            Jobs.tellIfInterrupted(call, site, view);
            return ExitCode.STOPPED.number();
        }
        return ExitCode.of(view).number();
    }

    void tellName(JobId job) {
        if (!call.isJson()) {
            call.out().line("job " + job);
        }
    }

    /// Prints how the job ended, or how far it came.
    JobView tellEnd(JobId job) {
        JobView view = site.view(job).orElseThrow();
        if (call.isJson()) {
            call.out().line(site.resultsJson(view, call.now()));
        } else {
            call.out().print(Jobs.text(call, site, view, call.screen()));
            call.out().line("\nreport: " + site.report(view));
        }
        return view;
    }
}
