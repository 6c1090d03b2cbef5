package dev.coppice.folder;

import dev.coppice.report.JobView;

/// How a job stands, and nothing that anybody wrote.
record CountsDocument(String jobId, String status, ProgressDocument progress) {
    static CountsDocument of(JobView job) {
        return new CountsDocument(
                job.id().value(), job.status().wire(), ProgressDocument.of(job.counts()));
    }
}
