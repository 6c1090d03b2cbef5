package dev.coppice.cli;

import dev.coppice.client.JobSummary;
import dev.coppice.model.JobId;
import dev.coppice.model.TaskId;
import dev.coppice.report.JobView;
import dev.coppice.report.StatusText;
import dev.coppice.server.jobs.Summaries;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A job as the command line shows it.
final class Jobs {
    private Jobs() {}

    /// For people.
    static String text(Invocation call, Site site, JobView job, Screen screen) {
        List<JobView> descendants = job.descendants(site::view);
        return new StatusText(screen.columns(), screen.hasColour(), call.zone())
                .render(job, descendants, present(call, site, job, descendants));
    }

    /// For people who watch, on less than the whole screen.
    static String frame(Invocation call, Site site, JobView job, Screen screen) {
        List<JobView> descendants = job.descendants(site::view);
        return new StatusText(screen.columns(), screen.hasColour(), call.zone())
                .frame(job, descendants, present(call, site, job, descendants), screen.rows() - 1);
    }

    /// For programs, with all that is known now.
    static String json(Invocation call, Site site, JobView job) {
        return site.statusJson(job, present(call, site, job, List.of()));
    }

    /// In a few words, as the server's list of jobs has it.
    static JobSummary summary(Site site, JobView job) {
        return Summaries.of(job, site::isDriven);
    }

    static boolean isInterrupted(Site site, JobView job) {
        return job.isInterrupted(site::isDriven);
    }

    /// Why there is no more of a job to look at, though it is not over.
    static void tellIfInterrupted(Invocation call, Site site, JobView job) {
        if (isInterrupted(site, job)) {
            call.out().say("interrupted, continue with: coppice resume " + job.id());
        }
    }

    private static StatusText.Present present(
            Invocation call, Site site, JobView job, List<JobView> descendants) {
        Map<JobId, Map<TaskId, StatusText.Load>> loads =
                Stream.concat(Stream.of(job), descendants.stream())
                        .filter(each -> !each.status().isOver())
                        .collect(Collectors.toMap(JobView::id, site::loads));
        return new StatusText.Present(call.now(), isInterrupted(site, job), loads);
    }
}
