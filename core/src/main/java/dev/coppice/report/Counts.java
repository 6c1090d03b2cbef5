package dev.coppice.report;

import dev.coppice.model.TaskStatus;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// How many of the plan's tasks stand where.
public record Counts(Map<TaskStatus, Integer> byStatus) {
    public Counts {
        byStatus = Map.copyOf(byStatus);
    }

    static Counts of(List<TaskView> tasks) {
        Map<TaskStatus, Integer> counts = new EnumMap<>(TaskStatus.class);
        tasks.forEach(task -> counts.merge(task.status(), 1, Integer::sum));
        return new Counts(counts);
    }

    public int of(TaskStatus status) {
        return byStatus.getOrDefault(status, 0);
    }

    public int total() {
        return byStatus.values().stream().mapToInt(Integer::intValue).sum();
    }

    public int completed() {
        return of(TaskStatus.COMPLETED);
    }

    /// Tasks that are over, however they ended.
    public int over() {
        return byStatus.entrySet().stream()
                .filter(entry -> entry.getKey().isOver())
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    /// Completed ones among all, 0–1; 0 where there are no tasks.
    public double successRate() {
        return total() == 0 ? 0 : (double) completed() / total();
    }

    /// Tasks that are over among all, 0–100; 0 where there are no tasks.
    public double percentage() {
        return total() == 0 ? 0 : 100.0 * over() / total();
    }
}
