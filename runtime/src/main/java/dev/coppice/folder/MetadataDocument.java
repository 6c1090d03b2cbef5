package dev.coppice.folder;

import dev.coppice.report.JobView;
import java.util.List;
import java.util.Optional;

/// metadata.json: where the job stands among others, and where the folders of its workers are.
record MetadataDocument(
        String jobId,
        int depth,
        Optional<String> parentJobId,
        Optional<String> parentTask,
        List<Worker> workers) {
    record Worker(String workerId, String task, String status, String folder) {}

    static MetadataDocument of(JobView job, JobFolder folder) {
        return new MetadataDocument(
                job.id().value(),
                job.request().depth(),
                job.request().parent().map(parent -> parent.job().value()),
                job.request().parent().map(parent -> parent.task().value()),
                job.tasks().stream()
                        .map(task ->
                                new Worker(
                                        task.workerId(),
                                        task.id().value(),
                                        JsonValues.status(task.status()),
                                        folder.task(task.worker(), task.id()).root().toString()))
                        .toList());
    }
}
