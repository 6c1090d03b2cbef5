package dev.coppice.model;

/// What the workers of a job are called within their family, so that no two are called the same: the
/// three workers of the first child job of `worker_2` are `worker_2_1` to `worker_2_3`, those of its
/// second child job go on with `worker_2_4`.
///
/// @param above the numbers of the workers above, joined by `_`; empty in a root job
/// @param child how many-th of that worker's child jobs the job is, from 1; 0 in a root job
/// @param before how many numbers the worker's earlier child jobs have
/// @param count how many numbers this job has; a worker beyond them, of a task that was added later,
///     gets its own numbers below the last
public record WorkerNumbers(String above, int child, int before, int count) {
    /// Those of a root job.
    public static final WorkerNumbers ROOT = new WorkerNumbers("", 0, 0, Integer.MAX_VALUE);

    public WorkerNumbers {
        if (child < 0 || before < 0 || count < 1) {
            throw new IllegalArgumentException(
                    "not numbers of workers: " + child + ", " + before + ", " + count);
        }
    }

    /// The worker's numbers: `2`, of a child job `2_1`.
    ///
    /// @param worker its number within its job, from 1
    public String of(int worker) {
        if (above.isEmpty()) {
            return Integer.toString(worker);
        }
        String base = above + "_" + (before + Math.min(worker, count));
        return worker <= count ? base : base + "_" + (worker - count);
    }

    /// The name of who does a task: `worker_2`, of a child job `worker_2_1`; or for the engine's own tasks
    /// `plan`, `integrate_1`, `resolve_1` …, of a child job `worker_2_job_1_plan`.
    ///
    /// @param worker its number within its job, from 1; of no matter for the engine's own tasks
    public String name(int worker, TaskId task) {
        if (!task.isOwn()) {
            return "worker_" + of(worker);
        }
        String own = task.value().substring(1).replace('-', '_');
        return above.isEmpty() ? own : job() + "_" + own;
    }

    /// The name of a child job within its family: `worker_2_job_1`.
    public String job() {
        return "worker_" + above + "_job_" + child;
    }
}
