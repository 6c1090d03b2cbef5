package dev.coppice.bench;

import java.util.Locale;

/// Which ratio of our time to the other's is wanted.
sealed interface Goal {
    /// Our time is at most this part of the other's.
    record Share(double most) implements Goal {}

    /// We are at least so many times as fast.
    record Times(double least) implements Goal {}

    default boolean isMetBy(double share) {
        return switch (this) {
            case Share(double most) -> share <= most;
            case Times(double least) -> 1 / share >= least;
        };
    }

    /// A ratio in the form in which this goal is stated.
    default String show(double share) {
        return switch (this) {
            case Share _ -> number(share);
            case Times _ -> number(1 / share) + "×";
        };
    }

    /// The goal itself.
    default String text() {
        return switch (this) {
            case Share(double most) -> "≤ " + number(most);
            case Times(double least) -> "≥ " + number(least) + "×";
        };
    }

    private static String number(double value) {
        String form = value >= 10 ? "%.0f" : value >= 1 ? "%.1f" : value >= 0.1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, form, value);
    }
}
