package dev.coppice.server.jobs;

import dev.coppice.client.JobSummary;
import dev.coppice.report.JobView;
import java.util.function.Predicate;

/// Jobs in a few words, as every list of jobs has them.
public final class Summaries {
    private Summaries() {}

    /// The job in a few words.
    ///
    /// @param isDriven whether a living process drives it
    public static JobSummary of(JobView job, Predicate<JobView> isDriven) {
        return new JobSummary(
                job.id().value(),
                job.status().wire(),
                job.isInterrupted(isDriven),
                job.request().request(),
                job.request().depth(),
                job.request().parent().map(parent -> parent.job().value()),
                job.request().parent().map(parent -> parent.task().value()),
                job.submittedAt(),
                job.endedAt(),
                job.counts().total(),
                job.counts().completed());
    }
}
