package dev.coppice.testkit.simulation;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;

/// Virtual time: what is to happen, in order. The clock that the simulated machine shows may jump; the
/// order of things does not change by that.
final class Timeline implements InstantSource {
    private static final long START = Instant.parse("2030-01-01T00:00:00Z").toEpochMilli();

    private record Happening(long at, long order, Runnable what) {}

    private final PriorityQueue<Happening> queue =
            new PriorityQueue<>(
                    Comparator.comparingLong(Happening::at).thenComparingLong(Happening::order));
    private long now = START;
    private long skew;
    private long count;

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(now + skew);
    }

    /// Milliseconds that only ever grow.
    long now() {
        return now;
    }

    void in(long millis, Runnable what) {
        queue.add(new Happening(now + Math.max(0, millis), count++, what));
    }

    /// When the clock shows `instant`, as it goes now.
    void at(Instant instant, Runnable what) {
        in(instant.toEpochMilli() - now - skew, what);
    }

    /// The machine's clock is set forward or back.
    void jump(long millis) {
        skew += millis;
    }

    /// Lets the next thing happen; false where nothing is left to happen.
    boolean step() {
        Happening next = queue.poll();
        if (next == null) {
            return false;
        }
        now = next.at();
        next.what().run();
        return true;
    }
}
