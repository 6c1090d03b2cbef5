package dev.coppice.engine;

import dev.coppice.model.Duty;
import dev.coppice.model.Excerpt;
import dev.coppice.model.Need;
import dev.coppice.model.Reason;
import dev.coppice.model.Task;
import dev.coppice.model.TaskStatus;
import dev.coppice.model.WorkResult;
import dev.coppice.schedule.JobState;
import dev.coppice.schedule.TaskState;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Writes the order for an attempt from what the job's state knows.
final class Orders {
    /// Of each input's output so many characters, its end, go on to the next task.
    static final int INPUT_OUTPUT_MAX = 8 * 1024;

    private Orders() {}

    static AttemptOrder order(JobState state, TaskState task, int attempt, Duration timeout) {
        return new AttemptOrder(
                state.job(),
                state.request(),
                state.goal(),
                task.task(),
                task.worker(),
                attempt,
                timeout,
                state.budgetLeft(task),
                outline(state),
                inputs(state, task),
                task.children().stream()
                        .filter(child -> child.status().isOver())
                        .map(Orders::input)
                        .toList(),
                state.discoveries(),
                earlier(task, attempt));
    }

    private static List<AttemptOrder.OutlineLine> outline(JobState state) {
        return state.workers().stream()
                .limit(AttemptOrder.OUTLINE_MAX)
                .map(t -> new AttemptOrder.OutlineLine(t.task().id(), t.task().name()))
                .toList();
    }

    private static List<AttemptOrder.Input> inputs(JobState state, TaskState task) {
        Stream<TaskState> inputs =
                task.task().duty() instanceof Duty.Integrating
                        ? state.tasks().stream().filter(Orders::isJoinable)
                        : task.needs().stream()
                                .map(Need::task)
                                .distinct()
                                .flatMap(id -> state.task(id).stream())
                                .filter(t -> !(t.task().duty() instanceof Duty.Delegating))
                                .sorted(Comparator.comparingInt(TaskState::order));
        return inputs.map(Orders::input).toList();
    }

    /// What an integration looks at: finished work, and what was made of conflicts so far.
    private static boolean isJoinable(TaskState task) {
        return switch (task.task().duty()) {
            case Duty.Work _ ->
                    task.status() == TaskStatus.COMPLETED && task.result().commit().isPresent();
            case Duty.Resolving _, Duty.Mending _ -> task.status().isOver();
            case Duty.Planning _, Duty.Integrating _, Duty.Delegating _ -> false;
        };
    }

    private static AttemptOrder.Input input(TaskState input) {
        Task task = input.task();
        WorkResult result = input.result();
        return new AttemptOrder.Input(
                task,
                input.worker(),
                input.status(),
                result.branch(),
                result.commit(),
                end(result.output(), INPUT_OUTPUT_MAX),
                result.files());
    }

    /// The text, or where it is too long its last `most` characters.
    static String end(String text, int most) {
        return Excerpt.end(text, most).after("… (cut)\n");
    }

    private static Optional<AttemptOrder.Earlier> earlier(TaskState task, int attempt) {
        if (attempt == 1) {
            return Optional.empty();
        }
        Optional<Reason> reason = task.reason();
        return Optional.of(
                new AttemptOrder.Earlier(
                        attempt - 1,
                        reason,
                        task.message(),
                        task.session(),
                        task.sessionUsage(),
                        task.done()));
    }
}
