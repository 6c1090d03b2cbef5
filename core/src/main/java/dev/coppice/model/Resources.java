package dev.coppice.model;

import java.time.Duration;

/// What a process tree took from the machine.
///
/// @param cpu processor time of the whole tree
/// @param peakMemoryBytes the most resident memory that the whole tree was seen to hold
/// @param leaked processes that were still there when their leader had ended, and were ended
public record Resources(Duration cpu, long peakMemoryBytes, int leaked) {
    public static final Resources NONE = new Resources(Duration.ZERO, 0, 0);
}
