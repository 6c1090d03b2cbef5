package dev.coppice.store;

import dev.coppice.engine.EventLog;
import dev.coppice.engine.EventLogException;
import dev.coppice.model.JobId;

/// An [EventLog] on disk, whose histories can be checked. Safe for use by many threads, and by
/// several processes on one file.
public interface Store extends EventLog {
    /// Recomputes the hash of each event of `job`. A job without events is [Chain.Verified] with a
    /// count of 0.
    ///
    /// @throws EventLogException where the file can't be read at all
    Chain verify(JobId job);
}
