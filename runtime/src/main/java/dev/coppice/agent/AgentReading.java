package dev.coppice.agent;

import dev.coppice.process.Exit;

/// Reads what one run of an agent prints, as it comes. Owned by one thread. Whatever is printed, it keeps a bounded
/// part and throws nothing.
public interface AgentReading {
    /// The next bytes of standard output; they may end anywhere, within a line or a character.
    void read(byte[] bytes, int from, int length);

    /// How the run ended. Called once, after the last bytes.
    ///
    /// @param exit how the program came to its end
    /// @param errors the last part of its standard error
    AgentEnd finish(Exit exit, String errors);
}
