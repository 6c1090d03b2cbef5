package dev.coppice.report;

import dev.coppice.model.TaskId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A job and the jobs that came of it.
///
/// @param descendants each before those that came of it, see [JobView#descendants]
record Lineage(JobView job, List<JobView> descendants) {
    Lineage {
        descendants = List.copyOf(descendants);
    }

    /// The jobs that a task of this job started, as far as they are known.
    List<Lineage> children(TaskId by) {
        return job.children(by).stream()
                .flatMap(task -> task.child().stream())
                .flatMap(id -> descendants.stream().filter(each -> each.id().equals(id)))
                .map(child -> new Lineage(child, descendants))
                .toList();
    }

    /// Who started `child`, by its name and its task: `worker_2 backend`.
    String starter(JobView child) {
        Optional<TaskId> by = child.request().parent().map(parent -> parent.task());
        return all().filter(each -> isParent(each, child))
                .flatMap(each -> by.flatMap(each::task).stream())
                .findFirst()
                .map(task -> task.workerId() + " " + task.id())
                .or(() -> by.map(TaskId::value))
                .orElse("");
    }

    private Stream<JobView> all() {
        return Stream.concat(Stream.of(job), descendants.stream());
    }

    private static boolean isParent(JobView job, JobView child) {
        return child.request().parent().filter(p -> p.job().equals(job.id())).isPresent();
    }

    /// The folder of `child` as seen from the job's own, with a slash at its end.
    String folder(JobView child) {
        return top()
                + "depth_"
                + child.request().depth()
                + "/"
                + child.request().numbers().job()
                + "/";
    }

    /// The folder of the root job as seen from the job's own: nothing, or with a slash at its end.
    String top() {
        return job.request().depth() == 0 ? "" : "../../";
    }
}
