package dev.coppice.schedule;

import dev.coppice.model.Need;
import dev.coppice.model.TaskId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// Measures how much work lies behind a task: the longest chain that begins with it, by the estimates
/// where there are any.
final class RemainingPaths {
    /// What a task without an estimate is thought to take, where no other task has one.
    private static final Duration DEFAULT_ESTIMATE = Duration.ofMinutes(1);

    private final Function<TaskId, TaskState> find;

    RemainingPaths(Function<TaskId, TaskState> find) {
        this.find = find;
    }

    /// Says of tasks that join together what each is thought to take.
    static void estimate(List<TaskState> added) {
        Duration typical = typical(added);
        for (TaskState state : added) {
            state.estimateMillis = state.task().estimate().orElse(typical).toMillis();
        }
    }

    private static Duration typical(List<TaskState> added) {
        List<Duration> known =
                added.stream().flatMap(t -> t.task().estimate().stream()).sorted().toList();
        return known.isEmpty() ? DEFAULT_ESTIMATE : known.get(known.size() / 2);
    }

    /// The tasks whose paths these may make longer: they themselves, and the open ones that they need,
    /// directly or through others.
    Set<TaskState> before(Collection<TaskState> these) {
        Set<TaskState> found = new LinkedHashSet<>(these);
        ArrayDeque<TaskState> unseen = new ArrayDeque<>(found);
        while (!unseen.isEmpty()) {
            for (Need need : unseen.remove().needs()) {
                TaskState needed = find.apply(need.task());
                if (!needed.isOver() && found.add(needed)) {
                    unseen.add(needed);
                }
            }
        }
        return found;
    }

    /// Measures these tasks: each after all of them that wait for it.
    void measure(Set<TaskState> these) {
        Map<TaskState, Integer> unmeasuredWaiters = new HashMap<>();
        for (TaskState state : these) {
            for (Need need : state.needs()) {
                unmeasuredWaiters.merge(find.apply(need.task()), 1, Integer::sum);
            }
        }
        ArrayDeque<TaskState> measurable = new ArrayDeque<>(these);
        measurable.removeIf(unmeasuredWaiters::containsKey);
        while (!measurable.isEmpty()) {
            TaskState state = measurable.remove();
            state.remainingPathMillis = behind(state) + state.estimateMillis;
            for (Need need : state.needs()) {
                TaskState needed = find.apply(need.task());
                if (unmeasuredWaiters.merge(needed, -1, Integer::sum) == 0
                        && these.contains(needed)) {
                    measurable.add(needed);
                }
            }
        }
    }

    private static long behind(TaskState state) {
        long longest = 0;
        for (TaskState.Waiter waiter : state.waiters) {
            longest = Math.max(longest, waiter.task().remainingPathMillis);
        }
        return longest;
    }
}
