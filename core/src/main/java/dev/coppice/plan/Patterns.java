package dev.coppice.plan;

import dev.coppice.model.Need;
import dev.coppice.model.Need.On;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import java.util.ArrayList;
import java.util.List;

/// The common shapes of a job, drawn as needs between its tasks. Nothing of a pattern is left at run
/// time: the needs are all there is. Needs that a task has already stay.
public final class Patterns {
    private Patterns() {}

    /// All at once, as far as there are slots.
    public static List<Task> parallel(List<Task> tasks) {
        return List.copyOf(tasks);
    }

    /// One after the other.
    ///
    /// @param on [On#SUCCESS]: a failure ends the row; [On#END]: the row goes on after it
    public static List<Task> sequential(List<Task> tasks, On on) {
        return chain(tasks, 1, on);
    }

    /// The second is tried when the first failed, and so on: the first success ends the row.
    ///
    /// @throws IllegalArgumentException if there are no tasks, since nothing could succeed
    public static List<Task> fallback(List<Task> tasks) {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("a fallback needs at least one task");
        }
        return chain(tasks, 1, On.FAILURE);
    }

    /// `size` at once; the next batch starts when every task of the one before is over.
    ///
    /// @throws IllegalArgumentException if `size` is less than 1
    public static List<Task> batched(List<Task> tasks, int size) {
        if (size < 1) {
            throw new IllegalArgumentException("a batch holds at least one task, not " + size);
        }
        return chain(tasks, size, On.END);
    }

    private static List<Task> chain(List<Task> tasks, int size, On on) {
        List<Task> chained = new ArrayList<>(tasks.size());
        for (int i = 0; i < tasks.size(); i++) {
            int batch = i - i % size;
            chained.add(after(tasks.get(i), tasks.subList(Math.max(0, batch - size), batch), on));
        }
        return List.copyOf(chained);
    }

    private static Task after(Task task, List<Task> before, On on) {
        List<Need> needs = new ArrayList<>(task.needs());
        before.stream().map(Task::id).map((TaskId id) -> new Need(id, on)).forEach(needs::add);
        return new Task(
                task.id(),
                task.duty(),
                task.description(),
                task.priority(),
                needs.stream().distinct().toList(),
                task.contextFiles(),
                task.hints(),
                task.agent(),
                task.model(),
                task.expects(),
                task.expectedFiles(),
                task.checks(),
                task.trusted(),
                task.estimate(),
                task.limits());
    }
}
