package dev.coppice.client;

import java.time.Duration;

/// How often, and after which waits, a call is made again that the server could not answer.
///
/// @param most further tries, 0 or more
/// @param base the wait before the first, doubled before each further one
/// @param longest no wait is longer, also where the server asks for one
public record Retries(int most, Duration base, Duration longest) {
    /// Three further tries, after about half a second, one and two.
    public static final Retries DEFAULT =
            new Retries(3, Duration.ofMillis(500), Duration.ofSeconds(30));

    public Retries {
        if (most < 0 || base.isNegative() || longest.isNegative()) {
            throw new IllegalArgumentException("retries and waits can't be negative");
        }
    }

    /// The wait before a further try, from 0; `chance`, 0 to 1, spreads it by a tenth to both sides.
    Duration delay(int retry, double chance) {
        double doubled = base.toMillis() * Math.pow(2, Math.min(retry, 30));
        double spread = doubled * (0.9 + 0.2 * chance);
        return Duration.ofMillis(Math.round(Math.min(spread, (double) longest.toMillis())));
    }
}
