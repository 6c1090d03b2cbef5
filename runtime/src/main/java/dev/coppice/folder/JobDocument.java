package dev.coppice.folder;

import dev.coppice.model.CommitId;
import dev.coppice.report.JobView;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;

/// job.json: the job without its tasks.
record JobDocument(
        String jobId,
        String status,
        String request,
        String goal,
        String repository,
        Optional<String> base,
        Optional<String> target,
        int depth,
        Optional<String> parentJobId,
        Optional<String> parentTask,
        int maxWorkers,
        String integrate,
        String why,
        Instant submittedAt,
        Instant updatedAt,
        Optional<Instant> endedAt,
        Optional<String> branch,
        Optional<String> commit,
        Optional<DeliveryDocument> delivery,
        Optional<BigDecimal> costUsd) {
    static JobDocument of(JobView job) {
        return new JobDocument(
                job.id().value(),
                job.status().wire(),
                job.request().request(),
                job.goal(),
                job.request().repository(),
                job.request().base().map(CommitId::value),
                job.request().target(),
                job.request().depth(),
                job.request().parent().map(parent -> parent.job().value()),
                job.request().parent().map(parent -> parent.task().value()),
                job.request().settings().workers().maxWorkers(),
                JsonValues.lower(job.request().settings().integrate().result()),
                job.why(),
                job.submittedAt(),
                job.updatedAt(),
                job.endedAt(),
                job.resultBranch(),
                job.resultCommit().map(CommitId::value),
                job.integration().map(joined -> DeliveryDocument.of(joined.delivery())),
                job.usage().usd());
    }
}
