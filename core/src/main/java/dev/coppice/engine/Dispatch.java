package dev.coppice.engine;

import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.TaskId;
import java.util.Optional;

/// Runs attempts somewhere and reports what becomes of them. Safe for use by many threads; no method
/// waits for an attempt.
public interface Dispatch {
    /// Starts an attempt. Whatever happens, a last report says how it ended.
    void start(AttemptOrder order, Reports reports);

    /// Asks a running attempt to end: politely, or `now`. Its last report then says that it was
    /// stopped, unless it ended by itself before. An attempt that does not run is no error.
    void stop(JobId job, TaskId task, int attempt, boolean now);

    /// Tells a running attempt that it has started a job. An attempt that does not run is no error.
    void startedJob(JobId job, TaskId task, int attempt);

    /// Tells a running attempt that it waits for jobs which it started, or that it waits no more. While
    /// it does, its clocks stand still. An attempt that does not run is no error. Only the job's driver, which reads
    /// the history in its order, tells this.
    void waits(JobId job, TaskId task, int attempt, boolean waits);

    /// Sees to an attempt that an earlier driver started: takes it up again where it still lives and
    /// can be, else ends what is left of it and keeps its work. The last report says how it ended.
    ///
    /// @param process as it was recorded; empty where the driver died before it could be
    void recover(AttemptOrder order, Optional<ProcessIdentity> process, Reports reports);

    /// Takes what an attempt tells: events that name its task and attempt, in order, of which the last
    /// is an [Event.AttemptEnded]. Returns at once, from any thread.
    @FunctionalInterface
    interface Reports {
        void happened(Event event);
    }
}
