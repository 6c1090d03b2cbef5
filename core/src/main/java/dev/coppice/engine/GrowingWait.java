package dev.coppice.engine;

import java.time.Duration;

/// A wait that grows: from a tenth of a second, doubled each time, to half a minute.
final class GrowingWait {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private Duration next = FIRST;

    /// How long to wait this time; the next time it is longer.
    Duration next() {
        Duration now = next;
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        return now;
    }

    /// Waits, the next time longer.
    void pass() throws InterruptedException {
        Thread.sleep(next());
    }
}
