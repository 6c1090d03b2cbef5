package dev.coppice.folder;

import dev.coppice.model.JobId;
import dev.coppice.report.JobView;
import dev.coppice.report.StatusText.Present;
import dev.coppice.report.TaskView;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/// The documents that programs get of a job: what `run --json` and `status JOB --json` print. Times
/// are UTC, durations seconds, an unknown price is null. Secrets are masked.
///
/// @param jobs knows the jobs that came of this one
public record StatusJson(
        JobFolder folder, Secrets secrets, Function<JobId, Optional<JobView>> jobs) {
    /// What results.json has, see `ReportFiles`.
    public String results(JobView job, Instant now) {
        return text(ResultsDocument.of(job, job.descendants(jobs), folder, now));
    }

    /// What job.json has: the job without its tasks.
    public String job(JobView job) {
        return text(JobDocument.of(job));
    }

    /// Its id, its status and its counts, and nothing that anybody wrote.
    public String counts(JobView job) {
        return text(CountsDocument.of(job));
    }

    /// What results.json has so far, and of each task what it waits for, what went wrong, and what its
    /// running attempt takes from the machine.
    public String status(JobView job, Present present) {
        return text(StatusDocument.of(job, job.descendants(jobs), folder, present));
    }

    /// What results.json has of one task, so far.
    public String task(JobView job, TaskView task, Instant now) {
        return text(TaskDocument.of(job, task, job.descendants(jobs), now));
    }

    /// What plan.json has: the keys of a plan file.
    public String plan(JobView job) {
        return text(PlanDocument.of(job));
    }

    /// What was found so far, oldest first.
    public String discoveries(JobView job) {
        return text(DiscoveriesDocument.of(job));
    }

    private String text(Record document) {
        return new Documents(secrets).text(document);
    }
}
