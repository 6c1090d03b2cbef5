package dev.coppice.folder;

import dev.coppice.model.Duty;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.TaskId;
import dev.coppice.report.TaskView;
import java.util.List;
import java.util.stream.Stream;

/// child_job.json: the jobs that a worker started.
record ChildJobsDocument(String workerId, String task, List<ChildJob> jobs) {
    record ChildJob(String jobId, int depth, String request, String folder) {}

    /// @param children the tasks that stand for these jobs
    static ChildJobsDocument of(TaskView worker, List<TaskView> children) {
        return new ChildJobsDocument(
                worker.workerId(),
                worker.id().value(),
                children.stream().flatMap(ChildJobsDocument::childJob).toList());
    }

    private static Stream<ChildJob> childJob(TaskView child) {
        return child.task().duty()
                        instanceof Duty.Delegating(TaskId _, JobId id, JobRequest request)
                ? Stream.of(
                        new ChildJob(
                                id.value(),
                                request.depth(),
                                request.request(),
                                JobFolder.of(request, id).root().toString()))
                : Stream.empty();
    }
}
