package dev.coppice.library.orchestrator;

import dev.coppice.engine.WorkQueue;
import dev.coppice.model.JobId;
import dev.coppice.model.Settings;

/// What an orchestrator works on between one `initialize`, `join` or `loadState` and the next: one job.
final class Session {
    private final boolean isJoined;
    private final String goal;
    private final Settings settings;
    private final WorkQueue queue;
    private final JobWatch watch;
    private volatile String masterPlan;

    /// @param isJoined whether others began it, to whom it is left
    Session(
            boolean isJoined,
            String goal,
            String masterPlan,
            Settings settings,
            WorkQueue queue,
            JobWatch watch) {
        this.isJoined = isJoined;
        this.goal = goal;
        this.masterPlan = masterPlan;
        this.settings = settings;
        this.queue = queue;
        this.watch = watch;
    }

    JobId job() {
        return queue.job();
    }

    boolean isJoined() {
        return isJoined;
    }

    String goal() {
        return goal;
    }

    String masterPlan() {
        return masterPlan;
    }

    void masterPlan(String text) {
        masterPlan = text;
    }

    Settings settings() {
        return settings;
    }

    WorkQueue queue() {
        return queue;
    }

    JobWatch watch() {
        return watch;
    }
}
