package dev.coppice.library.session;

import dev.coppice.engine.EventLogException;
import dev.coppice.git.GitException;
import dev.coppice.model.Need.On;
import dev.coppice.model.Task;
import dev.coppice.plan.Patterns;
import dev.coppice.process.CannotStartException;
import dev.coppice.workspace.WorkspaceException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Processes that are run as one job of the engine, and in which order: what every pattern is made of, those of
/// [dev.coppice.library.session.Patterns] as well as a user's own. `coppice status`, `report` and `verify` know the
/// job.
///
/// All processes of a round share a working directory. Immutable; it can be run again.
public final class Round {
    /// So many processes run at once where nobody says: as many as Python's thread pool has threads.
    public static final int DEFAULT_MAX_WORKERS =
            Math.min(32, Runtime.getRuntime().availableProcessors() + 4);

    private final List<AgentProcess> processes;
    private final int maxWorkers;
    private final UnaryOperator<List<Task>> order;

    private Round(List<AgentProcess> processes, int maxWorkers, UnaryOperator<List<Task>> order) {
        if (maxWorkers < 1) {
            throw new IllegalArgumentException(
                    "at least one process must be allowed to run at a time, not " + maxWorkers);
        }
        this.processes = List.copyOf(processes);
        this.maxWorkers = maxWorkers;
        this.order = order;
    }

    /// All at once, as far as [#withMaxWorkers] lets them.
    ///
    /// @throws IllegalArgumentException if they stand in different working directories
    public static Round of(List<AgentProcess> processes) {
        List<?> folders =
                processes.stream().map(AgentProcess::workingDirectory).distinct().toList();
        if (folders.size() > 1) {
            throw new IllegalArgumentException(
                    "the processes of a round must share a working directory, and these have "
                            + folders
                            + "; run a round for each");
        }
        return new Round(processes, DEFAULT_MAX_WORKERS, Patterns::parallel);
    }

    /// At most so many at a time; the engine itself runs at most 64.
    ///
    /// @throws IllegalArgumentException if it is less than 1
    public Round withMaxWorkers(int count) {
        return new Round(processes, count, order);
    }

    /// Each after the end of the one before.
    public Round inTurn() {
        return ordered(tasks -> Patterns.sequential(tasks, On.END));
    }

    /// Each after the one before succeeded; the first failure ends the round.
    public Round untilFailure() {
        return ordered(tasks -> Patterns.sequential(tasks, On.SUCCESS));
    }

    /// Each after the one before failed; the first success ends the round.
    public Round untilSuccess() {
        return ordered(Patterns::fallback);
    }

    /// So many at once, and the next ones when all of these have ended.
    ///
    /// @throws IllegalArgumentException if it is less than 1
    public Round inBatches(int size) {
        return withMaxWorkers(size).ordered(tasks -> Patterns.batched(tasks, size));
    }

    /// In another order.
    Round ordered(UnaryOperator<List<Task>> other) {
        return new Round(processes, maxWorkers, other);
    }

    /// Runs it to its end.
    ///
    /// @return the results of the processes that were run, in the order of the processes
    /// @throws InterruptedException if the thread was interrupted; all processes are then stopped first
    public List<ProcessResult> run() throws InterruptedException {
        return run(_ -> {});
    }

    /// Runs it to its end, and hands on each result as soon as it is there, one at a time.
    ///
    /// @param each does not throw
    /// @return the same results, in the order of the processes
    /// @throws InterruptedException if the thread was interrupted; all processes are then stopped first
    /// @throws IllegalStateException if the job's history can't be written or read, or another process took the job over
    public List<ProcessResult> run(Consumer<ProcessResult> each) throws InterruptedException {
        if (processes.isEmpty()) {
            return List.of();
        }
        try {
            return new RoundRun(processes, maxWorkers, order, each).run();
        } catch (RuntimeException e) {
            if (Thread.interrupted()) { // whatever it broke off
                InterruptedException interrupt = new InterruptedException(e.getMessage());
                interrupt.initCause(e);
                throw interrupt;
            }
            throw switch (e) {
                case EventLogException _,
                        GitException _,
                        WorkspaceException _,
                        CannotStartException _ ->
                        new IllegalStateException(e.getMessage(), e);
                default -> e;
            };
        }
    }

    /// Begins to run it at once, and gives the results in the order in which the processes end. Closing the stream stops
    /// what still runs.
    public Stream<ProcessResult> stream() {
        return new ResultStream(this).stream();
    }
}
