package dev.coppice.process;

import java.time.Duration;

/// A child's end. Nothing of it runs any more, but for survivors.
///
/// @param exit how it came to its end
/// @param wall from its start, or from its adoption, to its end
/// @param resources what its tree used
/// @param leaked how many processes it had left behind when it ended by itself; they were ended
/// @param survivors how many processes could not be ended, since they hang in the kernel; 0 but on
///     broken machines
public record Ended(Exit exit, Duration wall, Resources resources, int leaked, int survivors) {}
