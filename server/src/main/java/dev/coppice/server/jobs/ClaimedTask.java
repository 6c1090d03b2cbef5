package dev.coppice.server.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.coppice.engine.AttemptOrder;
import dev.coppice.engine.WorkQueue.Claim;
import dev.coppice.model.AgentName;
import dev.coppice.model.Discovery;
import dev.coppice.model.Need;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.report.JobView;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a claimant is told of the task that is now its own, and all that it needs to do it.
///
/// @param jobStatus only where there is no task
public record ClaimedTask(
        String jobId,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<String> goal,
        Optional<Details> task,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<Integer> attempt,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<String> claimedBy,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<Instant> claimedUntil,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<List<Brought>> results,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<List<Found>> discoveries,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<String> jobStatus) {
    /// The task as it was asked for.
    public record Details(
            String id,
            String description,
            int priority,
            List<String> dependencies,
            List<String> contextFiles,
            String hints,
            List<String> expectedFiles) {
        public Details {
            dependencies = List.copyOf(dependencies);
            contextFiles = List.copyOf(contextFiles);
            expectedFiles = List.copyOf(expectedFiles);
        }

        private static Details of(Task task) {
            return new Details(
                    task.id().value(),
                    task.description(),
                    task.priority(),
                    task.needs().stream().map(Need::task).map(TaskId::value).toList(),
                    task.contextFiles(),
                    task.hints(),
                    task.expectedFiles());
        }
    }

    /// What a task brought that this one depends on.
    public record Brought(String task, String output) {}

    /// What somebody found out.
    public record Found(String content, List<String> tags) {
        public Found {
            tags = List.copyOf(tags);
        }

        private static Found of(Discovery found) {
            return new Found(found.content(), found.tags());
        }
    }

    /// A claim that was granted.
    public static ClaimedTask of(AgentName by, Claim.Granted granted) {
        AttemptOrder order = granted.order();
        return new ClaimedTask(
                order.job().value(),
                Optional.of(order.goal()),
                Optional.of(Details.of(order.task())),
                Optional.of(order.attempt()),
                Optional.of(by.value()),
                Optional.of(granted.until()),
                Optional.of(
                        order.inputs().stream()
                                .map(input ->
                                        new Brought(input.task().id().value(), input.output()))
                                .toList()),
                Optional.of(order.discoveries().stream().map(Found::of).toList()),
                Optional.empty());
    }

    /// There is nothing to claim now.
    public static ClaimedTask nothing(JobView job) {
        return new ClaimedTask(
                job.id().value(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(job.status().wire()));
    }
}
