package dev.coppice.schedule;

import dev.coppice.model.Need;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Tells why tasks cannot join a job. Plans are checked with more care, and with better words, before
/// they come here; this keeps what would be a broken state out of the log.
final class Misfit {
    private Misfit() {}

    /// The first reason against `tasks` joining; empty where there is none.
    ///
    /// @param isTaken whether the job has a task of this name, or is about to
    /// @param isNeedable whether the new tasks may need this one of the job's
    static Optional<String> of(
            List<Task> tasks, Predicate<TaskId> isTaken, Predicate<TaskId> isNeedable) {
        if (tasks.isEmpty()) {
            return Optional.of("The plan has no tasks.");
        }
        Set<TaskId> ids = new HashSet<>();
        for (Task task : tasks) {
            if (!ids.add(task.id()) || isTaken.test(task.id())) {
                return Optional.of("There are two tasks " + task.id() + ".");
            }
        }
        for (Task task : tasks) {
            for (Need need : task.needs()) {
                if (!ids.contains(need.task()) && !isNeedable.test(need.task())) {
                    return Optional.of(
                            "Task " + task.id() + " needs " + need.task() + ", which it cannot.");
                }
            }
        }
        List<TaskId> circle = circle(tasks, ids);
        return circle.isEmpty()
                ? Optional.empty()
                : Optional.of("The plan goes in a circle: " + text(circle));
    }

    /// The tasks that are left when each task is taken away as soon as all that it needs are.
    private static List<TaskId> circle(List<Task> tasks, Set<TaskId> ids) {
        Map<TaskId, List<TaskId>> waiters = new HashMap<>();
        Map<TaskId, Integer> unmet = new HashMap<>();
        ArrayDeque<TaskId> free = new ArrayDeque<>();
        for (Task task : tasks) {
            List<TaskId> needs =
                    task.needs().stream().map(Need::task).filter(ids::contains).toList();
            needs.forEach(n -> waiters.computeIfAbsent(n, _ -> new ArrayList<>()).add(task.id()));
            unmet.put(task.id(), needs.size());
            if (needs.isEmpty()) {
                free.add(task.id());
            }
        }
        while (!free.isEmpty()) {
            TaskId taken = free.remove();
            unmet.remove(taken);
            for (TaskId waiter : waiters.getOrDefault(taken, List.of())) {
                if (unmet.merge(waiter, -1, Integer::sum) == 0) {
                    free.add(waiter);
                }
            }
        }
        return tasks.stream().map(Task::id).filter(unmet::containsKey).toList();
    }

    private static String text(List<TaskId> ids) {
        return String.join(", ", ids.stream().map(TaskId::value).toList());
    }
}
