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
    ///
    /// @param descendants the jobs that came of it: what a task took over from them is told of those who made it
    public static Provenance of(JobView job, List<JobView> descendants) {
        return new Provenance(
                rows(new Lineage(job, descendants), true)
                        .sorted(Comparator.comparing(Row::path))
                        .toList());
    }

    /// @param taken whether what is in the job's result went on from there
    private static Stream<Row> rows(Lineage lineage, boolean taken) {
        JobView job = lineage.job();
        return job.all()
                .filter(task -> task.child().isEmpty())
                .flatMap(task -> {
                    boolean integrated = taken && isIntegrated(job, task);
                    List<Row> theirs =
                            lineage.children(task.id()).stream()
                                    .flatMap(child -> rows(child, integrated))
                                    .toList();
                    return Stream.concat(
                            rows(task, integrated).filter(row -> isItsOwn(row, task, theirs)),
                            theirs.stream());
                });
    }

    /// What an attempt brought before the jobs' work was there is the task's own, and so is what none of them made.
    private static boolean isItsOwn(Row row, TaskView task, List<Row> theirs) {
        return theirs.stream().noneMatch(their -> their.path().equals(row.path()))
                || task.attempts().stream()
                        .limit(task.attempts().size() - 1L)
                        .flatMap(attempt -> attempt.result().files().stream())
                        .anyMatch(file -> file.path().equals(row.path()));
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
