package dev.coppice.process;

/// Starts a program in a session of its own and tells when it has ended. Safe for use by many threads.
interface Starter extends AutoCloseable {
    /// Starts it; returns at once.
    ///
    /// @throws CannotStartException when the system refuses
    Started start(Program program);

    /// Ends what the starter keeps for itself; what it started lives on.
    @Override
    void close();
}
