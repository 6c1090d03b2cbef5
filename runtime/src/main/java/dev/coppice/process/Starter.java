package dev.coppice.process;

import java.util.List;
import java.util.Optional;

/// Starts a program in a session of its own and tells when it has ended. Safe for use by many
/// threads.
interface Starter extends AutoCloseable {
    /// Starts it; returns at once.
    ///
    /// @throws CannotStartException when the system refuses
    Started start(Program program);

    /// Waits for a process that another one of ours had started, before this one was there.
    Started watch(Identity identity);

    /// All processes, living and dead, that may be orphans of this one; nothing when that can't be
    /// told.
    Optional<List<Long>> orphans(Started started);

    /// Lets the system forget a dead process if it was handed to this one.
    void reap(long pid);

    /// Ends what the starter keeps for itself; what it started lives on.
    @Override
    void close();
}
