package dev.coppice.client;

/// How far a job is.
///
/// @param total tasks of its plan; 0 while there is none
/// @param completed tasks that are done
/// @param failedTasks tasks that failed or ran out of time
/// @param successRate done ones among those that ended, 0 to 1
/// @param progressPercentage tasks that ended, 0 to 100
public record JobProgress(
        int total,
        int completed,
        int failedTasks,
        int runningTasks,
        int pendingTasks,
        double successRate,
        double progressPercentage) {}
