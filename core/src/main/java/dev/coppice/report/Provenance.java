package dev.coppice.report;

import dev.coppice.model.AgentName;
import dev.coppice.model.CommitId;
import dev.coppice.model.FileChange;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Who created, modified or deleted which file, as the commits of the tasks say: one row for each file
/// of each task, by path, then in plan order. A task that several attempts worked on is told by the
/// last, whose commit holds all of its work.
public record Provenance(List<Row> rows) {
    public Provenance {
        rows = List.copyOf(rows);
    }

    /// What one task did to one file.
    ///
    /// @param commit holds the change; empty without git
    /// @param integrated whether it is in the job's result
    public record Row(
            String path,
            FileChange.Kind kind,
            TaskId task,
            String workerId,
            AgentName agent,
            int attempt,
            Optional<CommitId> commit,
            boolean integrated) {}

    /// The provenance of all that the tasks of `job` have committed so far.
    public static Provenance of(JobView job) {
        return new Provenance(
                job.all()
                        .flatMap(task -> rows(task, isIntegrated(job, task)))
                        .sorted(Comparator.comparing(Row::path))
                        .toList());
    }

    /// A resolver's work is nowhere but in the result; a plan's task has its fate.
    private static boolean isIntegrated(JobView job, TaskView task) {
        return task.id().isOwn()
                ? task.status() == TaskStatus.COMPLETED && job.resultCommit().isPresent()
                : task.isIntegrated();
    }

    private static Stream<Row> rows(TaskView task, boolean integrated) {
        return task.lastEnded().stream()
                .flatMap(attempt ->
                        attempt.result().files().stream()
                                .map(file -> row(task, attempt, file, integrated)));
    }

    private static Row row(
            TaskView task, AttemptView attempt, FileChange file, boolean integrated) {
        return new Row(
                file.path(),
                file.kind(),
                task.id(),
                task.workerId(),
                attempt.agent(),
                attempt.number(),
                attempt.result().commit(),
                integrated);
    }
}
