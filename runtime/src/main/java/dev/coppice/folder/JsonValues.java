package dev.coppice.folder;

import dev.coppice.model.TaskStatus;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// How durations, shares, constants and the states of tasks are written in the JSON of a job's folder.
final class JsonValues {
    private JsonValues() {}

    static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    /// As a person writes them: without a fraction where there is none.
    static Number plainSeconds(Duration duration) {
        return duration.toMillis() % 1000 == 0
                ? (Number) duration.toSeconds()
                : (Number) seconds(duration);
    }

    static double rounded(double share) {
        return Math.round(share * 10_000) / 10_000.0;
    }

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /// Memory of which nothing was seen was not measured.
    static Optional<Long> measured(long bytes) {
        return bytes == 0 ? Optional.empty() : Optional.of(bytes);
    }

    static String status(TaskStatus status) {
        return switch (status) {
            case COMPLETED -> "success";
            case PENDING, READY, RUNNING, RETRYING, FAILED, TIMEOUT, BLOCKED, CANCELED ->
                    status.wire();
        };
    }
}
