package dev.coppice.folder;

import dev.coppice.model.TaskStatus;
import dev.coppice.report.Counts;

/// How far a job is, under both sets of names that pollers know.
record ProgressDocument(
        int completed,
        int total,
        double successRate,
        int totalTasks,
        int completedTasks,
        int failedTasks,
        int runningTasks,
        int pendingTasks,
        double progressPercentage) {
    static ProgressDocument of(Counts counts) {
        return new ProgressDocument(
                counts.completed(),
                counts.total(),
                JsonValues.rounded(counts.successRate()),
                counts.total(),
                counts.completed(),
                counts.of(TaskStatus.FAILED) + counts.of(TaskStatus.TIMEOUT),
                running(counts),
                pending(counts),
                JsonValues.rounded(counts.percentage()));
    }

    static int running(Counts counts) {
        return counts.of(TaskStatus.RUNNING) + counts.of(TaskStatus.RETRYING);
    }

    static int pending(Counts counts) {
        return counts.of(TaskStatus.PENDING) + counts.of(TaskStatus.READY);
    }
}
