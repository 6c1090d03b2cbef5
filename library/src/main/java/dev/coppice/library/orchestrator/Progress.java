package dev.coppice.library.orchestrator;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// How far the tasks are (document 003).
///
/// @param percentComplete of all tasks, those that are done, with one decimal; 0 where there are none
/// @param byStatus how many tasks there are of each status that occurs
public record Progress(int totalTasks, double percentComplete, Map<TaskStatus, Integer> byStatus) {
    public Progress {
        byStatus = Map.copyOf(byStatus);
    }

    static Progress of(List<Task> tasks) {
        SortedMap<TaskStatus, Integer> counts = new TreeMap<>();
        tasks.forEach(task -> counts.merge(task.status(), 1, Integer::sum));
        int done = counts.getOrDefault(TaskStatus.DONE, 0);
        double percent = tasks.isEmpty() ? 0 : Math.round(1000.0 * done / tasks.size()) / 10.0;
        return new Progress(tasks.size(), percent, counts);
    }

    /// How many tasks have this status.
    public int count(TaskStatus status) {
        return byStatus.getOrDefault(status, 0);
    }
}
