package dev.coppice.library.orchestrator;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// How far the tasks are (document 003).
///
/// @param percentComplete of all tasks, those that are done, with one decimal, rounded as Python rounds: 6.25 is 6.2, 18.75 is
///     18.8; 0 where there are none
/// @param byStatus how many tasks there are of each status that occurs, in the order of the statuses
public record Progress(int totalTasks, double percentComplete, Map<TaskStatus, Integer> byStatus) {
    public Progress {
        byStatus = Collections.unmodifiableSortedMap(new TreeMap<>(byStatus));
    }

    static Progress of(List<Task> tasks) {
        SortedMap<TaskStatus, Integer> counts = new TreeMap<>();
        tasks.forEach(task -> counts.merge(task.status(), 1, Integer::sum));
        int done = counts.getOrDefault(TaskStatus.DONE, 0);
        return new Progress(
                tasks.size(), tasks.isEmpty() ? 0 : percent(done, tasks.size()), counts);
    }

    /// Python's `round(done / total * 100, 1)`, which rounds what the double really is, and halves to the even digit.
    private static double percent(int done, int total) {
        return new BigDecimal((double) done / total * 100)
                .setScale(1, RoundingMode.HALF_EVEN)
                .doubleValue();
    }

    /// How many tasks have this status.
    public int count(TaskStatus status) {
        return byStatus.getOrDefault(status, 0);
    }
}
