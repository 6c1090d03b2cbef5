package dev.coppice.server.rest;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// So many calls a minute for each caller, all of which may come at once. Safe for use by many threads.
final class RateLimit {
    private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

    /// Callers that are remembered; the longest silent one is forgotten first.
    private static final int CALLERS_MAX = 10_000;

    private final int perMinute;
    private final LongSupplier nanoTime;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

    /// A call that is one too many.
    ///
    /// @param pause until the next may come
    /// @param isFirst whether the caller's last call before it was let in
    record Refused(Duration pause, boolean isFirst) {}

    private static final class Bucket {
        private double tokens;
        private long at;
        private boolean isRefused;

        private Bucket(double tokens, long at) {
            this.tokens = tokens;
            this.at = at;
        }
    }

    /// @param nanoTime such as [System#nanoTime]
    RateLimit(int perMinute, LongSupplier nanoTime) {
        this.perMinute = perMinute;
        this.nanoTime = nanoTime;
    }

    /// Counts a call; empty where it may come in.
    synchronized Optional<Refused> take(String caller) {
        long now = nanoTime.getAsLong();
        Bucket bucket = buckets.computeIfAbsent(caller, _ -> new Bucket(perMinute, now));
        double filled = bucket.tokens + (double) (now - bucket.at) / MINUTE_NANOS * perMinute;
        bucket.tokens = Math.min(perMinute, filled);
        bucket.at = now;
        if (buckets.size() > CALLERS_MAX) {
            buckets.remove(buckets.keySet().iterator().next());
        }
        if (bucket.tokens < 1) {
            double missing = (1 - bucket.tokens) / perMinute * MINUTE_NANOS;
            boolean isFirst = !bucket.isRefused;
            bucket.isRefused = true;
            return Optional.of(new Refused(Duration.ofNanos((long) missing), isFirst));
        }
        bucket.tokens -= 1;
        bucket.isRefused = false;
        return Optional.empty();
    }
}
