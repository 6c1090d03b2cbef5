package dev.coppice.process;

import java.time.Duration;

/// What a child may take. A limit that should never pass is a large one: there is none without.
///
/// @param wall time since the start, pauses not counted
/// @param idle time in which it printed nothing and its whole tree used less than 1 % of a core;
///     begins anew after a pause. Where the system tells no processor time, only printing counts
/// @param stopGrace between SIGTERM and SIGKILL
/// @param outputBytesMax of standard output and errors together. It is looked at five times a
///     second, so that a quick disk may take some more
public record Limits(Duration wall, Duration idle, Duration stopGrace, long outputBytesMax) {
    /// Between SIGTERM and SIGKILL by default.
    public static final Duration STOP_GRACE = Duration.ofSeconds(2);

    /// What a child may print by default: 4 GB.
    public static final long OUTPUT_BYTES_MAX = 4_000_000_000L;

    public Limits {
        Checks.positive("wall", wall);
        Checks.positive("idle", idle);
        if (stopGrace.isNegative()) {
            throw new IllegalArgumentException("stopGrace must not be negative: " + stopGrace);
        }
        Checks.positive("outputBytesMax", outputBytesMax);
    }

    /// This time in all and as much when idle, the rest by default.
    public static Limits of(Duration wall) {
        return new Limits(wall, wall, STOP_GRACE, OUTPUT_BYTES_MAX);
    }
}
