package dev.coppice.library.envelope;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Times as the documents' JSON has them: lengths in seconds, moments in UTC to the microsecond.
final class Seconds {
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private Seconds() {}

    /// A whole number where it is one, else a fraction.
    static Object of(Duration duration) {
        return duration.getNano() == 0
                ? (Object) duration.getSeconds()
                : (Object) fraction(duration);
    }

    static double fraction(Duration duration) {
        return BigDecimal.valueOf(duration.toNanos(), 9).doubleValue();
    }

    static Duration duration(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    /// `300 s`, `0.5 s`.
    static String text(Duration duration) {
        return of(duration) + " s";
    }

    static String moment(Instant instant) {
        return MOMENT.format(instant);
    }
}
