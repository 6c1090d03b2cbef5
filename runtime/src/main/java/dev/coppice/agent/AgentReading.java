package dev.coppice.agent;

import dev.coppice.process.Exit;

/// Reads what one run of an agent prints, as it comes. Owned by one thread. Whatever is printed, it keeps a bounded
/// part and throws nothing.
public interface AgentReading {
    /// The next line of standard output, without its line feed. The last one may be half a line. The array is the
    /// reader's own only until this returns.
    void line(byte[] buffer, int from, int length);

    /// How the run ended. Called once, after the last line.
    ///
    /// @param exit how the program came to its end
    /// @param errors the last part of its standard error
    AgentEnd finish(Exit exit, String errors);
}
