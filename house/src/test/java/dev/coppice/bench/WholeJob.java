package dev.coppice.bench;

import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// What a task that does next to nothing costs in a job: workspace, environment, child, commit, join.
///
/// @param hasVirtualenv whether each task gets a Python environment
/// @param isWarm whether worktrees wait in the pool when the job begins
/// @param scriptTasks how many tasks the script does in a round; its cost a task does not depend on it
record WholeJob(boolean hasVirtualenv, boolean isWarm, int scriptTasks, Goal goal) implements Row {
    private static final int FILES = 5_000;
    private static final int TASKS = 16;
    private static final int SLOTS = 4;
    private static final int ROUNDS = 3;

    /// The same by hand, one task after another: arguments are a name for the branches, the commit they leave from, how
    /// many tasks, the worktree to merge in, and `venv` or nothing.
    private static final String SCRIPT =
            """
            set -e
            for n in $(seq "$3"); do
                git worktree add -q -b "$1-$n" "../$1-$n" "$2"
                [ -z "$5" ] || python3 -m venv "../$1-$n/.venv"
                (cd "../$1-$n" && echo "$n" > "made-$n.txt" && git add "made-$n.txt" && git commit -q -m "Task $n")
                git -C "$4" merge -q --no-ff -m "Merge $1-$n" "$1-$n"
            done
            """;

    @Override
    public int number() {
        return 1;
    }

    @Override
    public String what() {
        return "a no-op task in a job of %d, %d slots, %,d files%s, %s"
                .formatted(
                        TASKS,
                        SLOTS,
                        FILES,
                        hasVirtualenv ? ", virtualenv" : "",
                        isWarm ? "warm pool" : "cold");
    }

    @Override
    public String against() {
        return "a shell script: worktree add, %scommit, merge in a worktree, one task after another"
                .formatted(hasVirtualenv ? "python3 -m venv, " : "");
    }

    @Override
    public String unit() {
        return "ms a task";
    }

    @Override
    public Measurement measure(Bench bench) throws Exception {
        ScratchRepository scratch =
                ScratchRepository.ofFiles(bench.folder().resolve("repository"), FILES);
        JobScene jobs =
                new JobScene(
                        scratch,
                        "workers: { max_workers: %d }\n%s"
                                .formatted(
                                        SLOTS,
                                        hasVirtualenv
                                                ? "environment: { venv: { requirements: [] } }\n"
                                                : ""));
        int[] script = {0};
        try (JobProcess process = JobProcess.start(bench, jobs, TASKS, isWarm ? SLOTS : 0)) {
            return bench.inTurns(
                    ROUNDS,
                    () -> process.millisOfAJob() / TASKS,
                    () -> script(bench, scratch, "by-hand-" + script[0]++));
        }
    }

    private double script(Bench bench, ScratchRepository scratch, String name)
            throws Exception, IOException {
        Path into = scratch.path().resolveSibling(name + "-merged");
        scratch.git("worktree", "add", "-q", "-b", name, into.toString());
        List<String> argv =
                List.of(
                        "sh",
                        "-c",
                        SCRIPT,
                        "sh",
                        name,
                        scratch.head(),
                        Integer.toString(scriptTasks),
                        into.toString(),
                        hasVirtualenv ? "venv" : "");
        return Bench.millis(() -> bench.run(scratch.path(), scratch.environment(), argv))
                / scriptTasks;
    }
}
