package dev.coppice.client;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/// What a job brought, as its results.json has it.
///
/// @param branch holds the joined work; empty where nothing was joined
/// @param commit the branch's commit
/// @param costUsd empty where no price is known
public record JobResults(
        String jobId,
        String status,
        String request,
        Body results,
        Optional<String> branch,
        Optional<String> commit,
        Optional<BigDecimal> costUsd) {

    /// The tasks' results.
    ///
    /// @param workspace the job's folder on the server's machine
    /// @param finalReport its FINAL_RESULT.md
    public record Body(List<TaskResult> tasks, String workspace, String finalReport) {
        public Body {
            tasks = List.copyOf(tasks);
        }
    }

    /// What one task brought.
    ///
    /// @param status `success`, `recursive_success`, `failed`, `timeout`, `blocked` or `canceled`
    /// @param output the end of what the agent said
    /// @param duration seconds
    /// @param reason the kind of failure; empty where there is none
    /// @param integrated whether its work is in the job's result
    /// @param childJobId the last job that it started
    /// @param childResults what the tasks of all jobs brought that it started
    public record TaskResult(
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
            Optional<String> childJobId,
            List<TaskResult> childResults) {
        public TaskResult {
            filesCreated = List.copyOf(filesCreated);
            filesModified = List.copyOf(filesModified);
            filesDeleted = List.copyOf(filesDeleted);
            childResults = List.copyOf(childResults);
        }
    }
}
