package dev.coppice.library.session;

import dev.coppice.model.Excerpt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The patterns of document 002. Each is a few lines over [Round]; a pattern of one's own is written the same way.
///
/// A result carries the id of its process, and the lists are in the order of the processes. Who is interrupted stops what
/// runs first. An empty list gives an empty list.
public final class Patterns {
    /// What is passed on of earlier output, in characters: the last 64 Ki. That it was cut is said.
    public static final int PASSED_MAX = 64 * 1024;

    private static final String CUT = "[the beginning was left out]\n";

    private Patterns() {}

    /// All at once, at most [Round#DEFAULT_MAX_WORKERS] at a time (`run_parallel`).
    ///
    /// @return a result for each process, in their order
    public static List<ProcessResult> parallel(List<AgentProcess> processes)
            throws InterruptedException {
        return Round.of(processes).run();
    }

    /// All at once, at most so many at a time.
    ///
    /// @throws IllegalArgumentException if `maxWorkers` is less than 1
    public static List<ProcessResult> parallel(List<AgentProcess> processes, int maxWorkers)
            throws InterruptedException {
        return Round.of(processes).withMaxWorkers(maxWorkers).run();
    }

    /// The same, with the results in the order in which the processes end, each as soon as it is there. Closing the
    /// stream stops what still runs.
    ///
    /// @throws IllegalArgumentException if `maxWorkers` is less than 1
    public static Stream<ProcessResult> parallelAsCompleted(
            List<AgentProcess> processes, int maxWorkers) {
        return Round.of(processes).withMaxWorkers(maxWorkers).stream();
    }

    /// One after the other, whatever becomes of each; nothing is passed on.
    public static List<ProcessResult> sequential(List<AgentProcess> processes)
            throws InterruptedException {
        return sequential(processes, false, false);
    }

    /// One after the other (`run_sequential`).
    ///
    /// @param passOutput whether each prompt begins with what all before it printed
    /// @param stopOnFailure whether the first failure is the end
    /// @return a result for each process that was run
    public static List<ProcessResult> sequential(
            List<AgentProcess> processes, boolean passOutput, boolean stopOnFailure)
            throws InterruptedException {
        if (!passOutput) {
            Round round = Round.of(processes);
            return (stopOnFailure ? round.untilFailure() : round.inTurn()).run();
        }
        List<ProcessResult> results = new ArrayList<>();
        for (AgentProcess process : processes) {
            String before =
                    results.stream().map(ProcessResult::output).collect(Collectors.joining());
            ProcessResult result = told("Previous output", before).apply(process).run();
            results.add(result);
            if (stopOnFailure && !result.isSuccess()) {
                break;
            }
        }
        return List.copyOf(results);
    }

    /// One after the other until one succeeds (`run_with_fallback`), each with the timeout of its own.
    ///
    /// @return the result of the one that succeeded; where all failed, the last one's, whose `stderr` says so
    /// @throws IllegalArgumentException if there are none
    public static ProcessResult withFallback(List<AgentProcess> processes)
            throws InterruptedException {
        if (processes.isEmpty()) {
            throw new IllegalArgumentException("a fallback needs at least one process");
        }
        ProcessResult last = Round.of(processes).untilSuccess().run().getLast();
        return last.isSuccess()
                ? last
                : last.withStderr(
                        "All "
                                + processes.size()
                                + " fallback attempts failed. Last error: "
                                + last.stderr());
    }

    /// The same, with this timeout for each instead of its own.
    public static ProcessResult withFallback(List<AgentProcess> processes, Duration timeout)
            throws InterruptedException {
        return withFallback(
                processes.stream().map(process -> process.withTimeout(timeout)).toList());
    }

    /// So many at once, then the next ones (`run_batched`); nothing is passed on.
    ///
    /// @throws IllegalArgumentException if `batchSize` is less than 1
    public static List<ProcessResult> batched(List<AgentProcess> processes, int batchSize)
            throws InterruptedException {
        return batched(processes, batchSize, false);
    }

    /// So many at once, then the next ones.
    ///
    /// @param passOutput whether each prompt begins with what those of earlier batches that succeeded printed
    /// @throws IllegalArgumentException if `batchSize` is less than 1
    public static List<ProcessResult> batched(
            List<AgentProcess> processes, int batchSize, boolean passOutput)
            throws InterruptedException {
        Round whole = Round.of(processes).inBatches(batchSize);
        if (!passOutput) {
            return whole.run();
        }
        List<ProcessResult> results = new ArrayList<>();
        for (int from = 0; from < processes.size(); from += batchSize) {
            String before =
                    results.stream()
                            .filter(ProcessResult::isSuccess)
                            .map(ProcessResult::output)
                            .collect(Collectors.joining("\n\n"));
            List<AgentProcess> batch =
                    processes.subList(from, Math.min(processes.size(), from + batchSize));
            results.addAll(
                    parallel(
                            batch.stream().map(told("Previous batch output", before)).toList(),
                            batchSize));
        }
        return List.copyOf(results);
    }

    /// Gives a process with earlier output before its prompt, as document 002's programs word it; the same process
    /// where there is none.
    private static UnaryOperator<AgentProcess> told(String title, String output) {
        return output.isEmpty()
                ? process -> process
                : process ->
                        process.withPrompt(
                                "\n\n--- %s ---\n%s\n\n--- New task ---\n%s"
                                        .formatted(title, capped(output), process.prompt()));
    }

    /// The last part of what is passed on to a prompt, at most [#PASSED_MAX] characters; where it is longer, it says so.
    public static String capped(String output) {
        return Excerpt.end(output, PASSED_MAX).after(CUT);
    }
}
