package dev.coppice.cli;

import dev.coppice.folder.StatusJson;
import dev.coppice.report.JobView;
import dev.coppice.report.StatusText;
import dev.coppice.runtime.Coppice;

/// A job as the command line shows it.
final class Jobs {
    private Jobs() {}

    /// For people.
    static String text(Invocation call, Coppice coppice, JobView job, Screen screen) {
        return new StatusText(screen.columns(), screen.hasColour(), call.zone())
                .render(job, present(call, coppice, job));
    }

    /// For people who watch, on less than the whole screen.
    static String frame(Invocation call, Coppice coppice, JobView job, Screen screen) {
        return new StatusText(screen.columns(), screen.hasColour(), call.zone())
                .frame(job, present(call, coppice, job), screen.rows() - 1);
    }

    /// For programs, with all that is known now.
    static String json(Invocation call, Coppice coppice, JobView job) {
        return new StatusJson(coppice.folder(job), coppice.secrets(), coppice::view)
                .status(job, present(call, coppice, job));
    }

    /// For programs: what results.json has.
    static String results(Invocation call, Coppice coppice, JobView job) {
        return new StatusJson(coppice.folder(job), coppice.secrets(), coppice::view)
                .results(job, call.now());
    }

    static boolean isInterrupted(Coppice coppice, JobView job) {
        return !job.status().isOver() && !job.isLeftToClaimants() && !coppice.isDriven(job);
    }

    /// Why there is no more of a job to look at, though it is not over.
    static void tellIfInterrupted(Invocation call, Coppice coppice, JobView job) {
        if (isInterrupted(coppice, job)) {
            call.out().say("interrupted, continue with: coppice resume " + job.id());
        }
    }

    private static StatusText.Present present(Invocation call, Coppice coppice, JobView job) {
        return new StatusText.Present(call.now(), isInterrupted(coppice, job), coppice.loads(job));
    }
}
