package dev.coppice.folder;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.coppice.report.JobView;
import dev.coppice.report.TaskView;
import java.time.Instant;
import java.util.List;

/// What results.json has of one task, so far.
record TaskDocument(String jobId, @JsonUnwrapped ResultsDocument.TaskResult result) {
    static TaskDocument of(JobView job, TaskView task, List<JobView> descendants, Instant now) {
        return new TaskDocument(
                job.id().value(), ResultsDocument.task(job, task, descendants, now));
    }
}
