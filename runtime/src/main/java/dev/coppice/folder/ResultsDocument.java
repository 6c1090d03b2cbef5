package dev.coppice.folder;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.coppice.model.CommitId;
import dev.coppice.model.FileChange;
import dev.coppice.model.JobId;
import dev.coppice.model.Reason;
import dev.coppice.model.TaskStatus;
import dev.coppice.model.WorkResult;
import dev.coppice.report.Analytics;
import dev.coppice.report.Counts;
import dev.coppice.report.JobView;
import dev.coppice.report.TaskView;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// results.json, the one that others rely on:
///
/// ```json
/// {"job_id": "…", "status": "completed", "request": "…",
///  "results": {"tasks": [{"worker_id": "worker_1", "id": "model", "name": "…", "status": "success", …}],
///              "statistics": {…}, "workspace": "/…/job_…", "final_report": "/…/FINAL_RESULT.md"},
///  "branch": "coppice/…/result", "commit": "…", "cost_usd": 0.42}
/// ```
record ResultsDocument(
        String jobId,
        String status,
        String request,
        Body results,
        Optional<String> branch,
        Optional<String> commit,
        Optional<BigDecimal> costUsd) {
    private static final String CUT = "… (cut; the whole is in output.log)\n";

    record Body(List<?> tasks, Statistics statistics, String workspace, String finalReport) {}

    record TaskResult(
            String workerId,
            String id,
            String name,
            String status,
            String output,
            List<String> filesCreated,
            List<String> filesModified,
            List<String> filesDeleted,
            int attempts,
            double duration,
            Optional<String> reason,
            Optional<String> errorMessage,
            boolean integrated,
            Optional<String> branch,
            Optional<String> commit,
            Optional<BigDecimal> costUsd,
            long tokens,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<String> childJobId,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<TaskResult> childResults) {}

    record Statistics(
            int totalTasks,
            int completedTasks,
            int failedTasks,
            int timeoutTasks,
            int blockedTasks,
            int canceledTasks,
            int runningTasks,
            int pendingTasks,
            double successRate,
            double progressPercentage,
            int attempts,
            double duration,
            long tokens,
            Optional<BigDecimal> costUsd,
            int unpricedAttempts,
            double parallelEfficiency,
            double sequentialTimeSaved) {}

    /// @param descendants the jobs that came of it
    static ResultsDocument of(
            JobView job, List<JobView> descendants, JobFolder folder, Instant now) {
        return of(
                job,
                folder,
                now,
                job.tasks().stream().map(task -> task(job, task, descendants, now)).toList());
    }

    /// @param tasks what stands in it of each task
    static ResultsDocument of(JobView job, JobFolder folder, Instant now, List<?> tasks) {
        return new ResultsDocument(
                job.id().value(),
                job.status().wire(),
                job.request().request(),
                new Body(
                        tasks,
                        statistics(job, now),
                        folder.root().toString(),
                        folder.finalResult().toString()),
                job.resultBranch(),
                job.resultCommit().map(CommitId::value),
                job.usage().usd());
    }

    static TaskResult task(JobView job, TaskView task, List<JobView> descendants, Instant now) {
        WorkResult result = task.result();
        List<TaskView> children = job.children(task.id());
        return new TaskResult(
                task.workerId(),
                task.id().value(),
                task.task().name(),
                status(task.status(), children),
                result.outputCut() ? CUT + result.output() : result.output(),
                files(result, FileChange.Kind.CREATED),
                files(result, FileChange.Kind.MODIFIED),
                files(result, FileChange.Kind.DELETED),
                task.attempts().size(),
                JsonValues.seconds(task.duration(now)),
                task.reason().map(Reason::wire),
                Optional.of(task.message()).filter(message -> !message.isBlank()),
                task.isIntegrated(),
                task.branch(),
                task.commit().map(CommitId::value),
                task.usage().usd(),
                task.usage().tokens(),
                children.isEmpty()
                        ? Optional.empty()
                        : children.getLast().child().map(JobId::value),
                children.stream()
                        .flatMap(child -> child.child().stream())
                        .flatMap(id -> childResults(id, descendants, now))
                        .toList());
    }

    private static Stream<TaskResult> childResults(
            JobId id, List<JobView> descendants, Instant now) {
        return descendants.stream()
                .filter(child -> child.id().equals(id))
                .flatMap(child ->
                        child.tasks().stream().map(task -> task(child, task, descendants, now)));
    }

    /// @param children the tasks for the jobs that it started, of which the last one counts: it stands for
    ///     those that went wrong before
    private static String status(TaskStatus status, List<TaskView> children) {
        boolean isRecursive =
                !children.isEmpty() && children.getLast().status() == TaskStatus.COMPLETED;
        return status == TaskStatus.COMPLETED && isRecursive
                ? "recursive_success"
                : JsonValues.status(status);
    }

    private static List<String> files(WorkResult result, FileChange.Kind kind) {
        return result.files().stream()
                .filter(file -> file.kind() == kind)
                .map(FileChange::path)
                .toList();
    }

    private static Statistics statistics(JobView job, Instant now) {
        Counts counts = job.counts();
        Analytics analytics = Analytics.of(job, now);
        return new Statistics(
                counts.total(),
                counts.completed(),
                counts.of(TaskStatus.FAILED),
                counts.of(TaskStatus.TIMEOUT),
                counts.of(TaskStatus.BLOCKED),
                counts.of(TaskStatus.CANCELED),
                ProgressDocument.running(counts),
                ProgressDocument.pending(counts),
                JsonValues.rounded(counts.successRate()),
                JsonValues.rounded(counts.percentage()),
                job.tasks().stream().mapToInt(task -> task.attempts().size()).sum(),
                JsonValues.seconds(job.elapsed(now)),
                job.usage().tokens(),
                job.usage().usd(),
                job.unpricedAttempts(),
                JsonValues.rounded(analytics.efficiency()),
                JsonValues.seconds(analytics.sequentialSaved()));
    }
}
