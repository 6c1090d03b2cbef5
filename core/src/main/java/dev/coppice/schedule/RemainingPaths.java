package dev.coppice.schedule;

import dev.coppice.model.Need;
import dev.coppice.model.TaskId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Measures how much work lies behind a task: the longest chain that begins with it, by the estimates
/// where there are any.
final class RemainingPaths {
    /// What a task without an estimate is thought to take, where no other task has one.
    private static final Duration DEFAULT_ESTIMATE = Duration.ofMinutes(1);

    private RemainingPaths() {}

    /// Measures tasks that joined together. Each is measured after all that wait for it.
    static void measure(List<TaskState> added) {
        Duration typical = typical(added);
        Map<TaskId, TaskState> byId = new HashMap<>();
        Map<TaskId, Integer> unmeasuredWaiters = new HashMap<>();
        ArrayDeque<TaskState> measurable = new ArrayDeque<>();
        for (TaskState state : added) {
            byId.put(state.task().id(), state);
            unmeasuredWaiters.put(state.task().id(), state.waiters.size());
            if (state.waiters.isEmpty()) {
                measurable.add(state);
            }
        }
        while (!measurable.isEmpty()) {
            TaskState state = measurable.remove();
            state.remainingPathMillis =
                    behind(state) + state.task().estimate().orElse(typical).toMillis();
            for (Need need : state.needs()) {
                TaskState needed = byId.get(need.task());
                if (needed != null && unmeasuredWaiters.merge(need.task(), -1, Integer::sum) == 0) {
                    measurable.add(needed);
                }
            }
        }
    }

    private static Duration typical(List<TaskState> added) {
        List<Duration> known =
                added.stream().flatMap(t -> t.task().estimate().stream()).sorted().toList();
        return known.isEmpty() ? DEFAULT_ESTIMATE : known.get(known.size() / 2);
    }

    private static long behind(TaskState state) {
        long longest = 0;
        for (TaskState.Waiter waiter : state.waiters) {
            longest = Math.max(longest, waiter.task().remainingPathMillis);
        }
        return longest;
    }
}
