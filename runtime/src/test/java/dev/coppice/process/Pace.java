package dev.coppice.process;

import java.time.Duration;

/// How fast a story with limits of time is told. A busy machine may keep any process, or us, waiting for longer than a
/// limit that suits a quick one; so a story that does not hold is told again more slowly, and fails where it never holds.
final class Pace {
    private static final Duration FASTEST = Duration.ofSeconds(1);
    private static final Duration SLOWEST = Duration.ofSeconds(25);
    private static final int SLOWER = 5;

    private Pace() {}

    interface Story {
        /// Tells it.
        ///
        /// @param beat the unit of all its times
        void tell(Duration beat) throws Exception;
    }

    static void find(Story story) throws Exception {
        Duration beat = FASTEST;
        while (beat.compareTo(SLOWEST) < 0) {
            try {
                story.tell(beat);
                return;
            } catch (AssertionError tooFast) {
                beat = beat.multipliedBy(SLOWER);
            }
        }
        story.tell(beat);
    }

    /// A part of it, in seconds, as `sleep` takes it.
    static String seconds(Duration beat, int percent) {
        return Double.toString(beat.toMillis() * percent / 100_000.0);
    }
}
