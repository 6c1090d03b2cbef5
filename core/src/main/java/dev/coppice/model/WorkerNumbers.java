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

    /// What the name of one of the engine's own tasks begins with, so that it is its job's alone.
    public String own() {
        return above.isEmpty() ? "" : "worker_" + above + "_job_" + child + "_";
    }
}
