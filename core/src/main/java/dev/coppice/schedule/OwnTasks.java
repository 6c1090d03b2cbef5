package dev.coppice.schedule;

import dev.coppice.model.Duty;
import dev.coppice.model.Expectation;
import dev.coppice.model.Limits;
import dev.coppice.model.Settings;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import java.util.List;
import java.util.Optional;

/// The tasks that a job has beside those of its plan.
final class OwnTasks {
    private OwnTasks() {}

    /// The lead makes the plan.
    static Task planning(JobState state) {
        return task(state, TaskId.PLAN, new Duty.Planning(), state.request().request());
    }

    /// The finished branches are joined, for the `round`-th time.
    static Task integration(JobState state, int round) {
        return task(
                state,
                TaskId.integration(round),
                new Duty.Integrating(),
                "Join the finished branches");
    }

    private static Task task(JobState state, TaskId id, Duty duty, String description) {
        Settings.Workers workers = state.settings().workers();
        return new Task(
                id,
                duty,
                description,
                Task.FIRST_PRIORITY,
                List.of(),
                List.of(),
                "",
                state.settings().agents().lead(),
                Optional.empty(),
                Expectation.ANY,
                List.of(),
                List.of(),
                true,
                Optional.empty(),
                new Limits(
                        workers.defaultTimeout(),
                        workers.maxRetries(),
                        workers.maxFixRounds(),
                        Optional.empty()));
    }
}
