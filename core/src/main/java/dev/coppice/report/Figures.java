package dev.coppice.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/// Numbers and moments as people read them, the same whatever the machine's language is.
public final class Figures {
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xxx", Locale.ROOT);
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    private static final BigDecimal TEN_CENTS = new BigDecimal("0.1");
    private static final String[] SIZES = {"KiB", "MiB", "GiB", "TiB"};

    private Figures() {}

    /// `0.4 s`, `12 s`, `3 min 05 s`, `2 h 07 min`.
    public static String duration(Duration duration) {
        long seconds = duration.toSeconds();
        if (duration.compareTo(Duration.ofSeconds(10)) < 0) {
            return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
        }
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600
                ? String.format(Locale.ROOT, "%d min %02d s", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d h %02d min", seconds / 3600, seconds / 60 % 60);
    }

    /// `2026-11-21 10:05:07 +01:00`.
    public static String moment(Instant at, ZoneId zone) {
        return MOMENT.format(at.atZone(zone));
    }

    /// `10:05`.
    public static String clock(Instant at, ZoneId zone) {
        return CLOCK.format(at.atZone(zone));
    }

    /// `$1.20`, up to four digits below ten cents, `unknown` where it is not known: that is not nothing.
    public static String usd(Optional<BigDecimal> amount) {
        return amount.map(Figures::usd).orElse("unknown");
    }

    private static String usd(BigDecimal amount) {
        int digits = amount.abs().compareTo(TEN_CENTS) < 0 ? 4 : 2;
        BigDecimal shown = amount.setScale(digits, RoundingMode.HALF_UP).stripTrailingZeros();
        return "$" + shown.setScale(Math.max(2, shown.scale())).toPlainString();
    }

    /// `950`, `12.3 k`, `4.5 M`.
    public static String count(long count) {
        if (count < 10_000) {
            return Long.toString(count);
        }
        return count < 1_000_000
                ? String.format(Locale.ROOT, "%.1f k", count / 1e3)
                : String.format(Locale.ROOT, "%.1f M", count / 1e6);
    }

    /// `512 B`, `3.4 MiB`.
    public static String size(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double size = bytes / 1024.0;
        int unit = 0;
        while (size >= 1024 && unit < SIZES.length - 1) {
            size /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", size, SIZES[unit]);
    }

    /// The same of what a process tree held in memory; empty for 0, which means that nothing was measured:
    /// it ended before somebody looked.
    public static String memory(long bytes) {
        return bytes == 0 ? "" : size(bytes);
    }

    /// A share of one as `87 %`.
    public static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    /// `1 task`, `3 tasks`.
    public static String number(long count, String thing) {
        return number(count, thing, thing + "s");
    }

    /// `1 process`, `3 processes`.
    public static String number(long count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }
}
