package dev.coppice.workspace;

import dev.coppice.process.Child;
import dev.coppice.process.Launch;

/// Starts the programs that prepare a workspace. Who gives one knows what runs, and may end it: the workspace is then not
/// made.
@FunctionalInterface
public interface Launching {
    /// As [dev.coppice.process.Processes#start] does.
    Child start(Launch launch);
}
