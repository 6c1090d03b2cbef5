package dev.coppice.library.envelope;

import dev.coppice.model.Settings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How often and after which waits a failed agent is run again: `retry_config` of documents 000 and 001. What is not
/// given has the default of [Orchestration]; where nothing is given, nothing is tried again. So a config that says
/// only how to wait, as `NONE.withBaseDelay(…)` does, asks for [Orchestration#DEFAULT_RETRIES] retries. The wait before retry `n`
/// (0 for the first) is `base_delay`·`backoff_factor`^n, give or take its jitter, never more than `max_delay`.
///
/// Keys: `max_retries` (0–100), `backoff_factor` (more than 0, default 2), `base_delay` and `max_delay` (seconds),
/// `jitter_range` (0–1).
///
/// @param given as it stands in the envelope
public record RetryConfig(Map<String, ?> given) {
    /// Nothing is tried again.
    public static final RetryConfig NONE = new RetryConfig(Map.of());

    /// The most retries that can be asked for.
    public static final int RETRIES_MAX = 100;

    private static final String MAX_RETRIES = "max_retries";
    private static final String FACTOR = "backoff_factor";
    private static final String BASE_DELAY = "base_delay";
    private static final String MAX_DELAY = "max_delay";
    private static final String JITTER = "jitter_range";
    private static final List<String> KEYS =
            List.of(MAX_RETRIES, FACTOR, BASE_DELAY, MAX_DELAY, JITTER);

    /// @throws IllegalArgumentException for an unknown key, a wrong type, or a value out of its range
    public RetryConfig {
        given = PythonJson.object(given, "retry_config");
        for (String key : given.keySet()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException(
                        "retry_config has no " + key + "; it has " + String.join(", ", KEYS));
            }
        }
        if (given.containsKey(MAX_RETRIES)
                && !(given.get(MAX_RETRIES) instanceof Long retries
                        && retries >= 0
                        && retries <= RETRIES_MAX)) {
            throw wrong(given, MAX_RETRIES, "a whole number from 0 to " + RETRIES_MAX);
        }
        double factor = number(given, FACTOR).orElse(Settings.Backoff.DOUBLING);
        if (!(factor > 0 && factor <= 1000)) {
            throw wrong(given, FACTOR, "more than 0 and at most 1000");
        }
        for (String key : List.of(BASE_DELAY, MAX_DELAY)) {
            double seconds = number(given, key).orElse(0.0);
            if (!(seconds >= 0 && seconds <= 1e9)) {
                throw wrong(given, key, "seconds, from 0");
            }
        }
        double jitter = number(given, JITTER).orElse(0.0);
        if (!(jitter >= 0 && jitter <= 1)) {
            throw wrong(given, JITTER, "from 0 to 1");
        }
    }

    /// So many retries, with the default waits.
    public static RetryConfig retries(int maxRetries) {
        return new RetryConfig(Map.of(MAX_RETRIES, maxRetries));
    }

    /// The same with waits that grow by this factor.
    public RetryConfig withBackoffFactor(double factor) {
        return with(FACTOR, factor);
    }

    /// The same with this first wait.
    public RetryConfig withBaseDelay(Duration delay) {
        return with(BASE_DELAY, Seconds.of(delay));
    }

    /// The same with this longest wait.
    public RetryConfig withMaxDelay(Duration delay) {
        return with(MAX_DELAY, Seconds.of(delay));
    }

    /// The same with waits that vary by this share of themselves.
    public RetryConfig withJitterRange(double share) {
        return with(JITTER, share);
    }

    private RetryConfig with(String key, Object value) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(given);
        changed.put(key, value);
        return new RetryConfig(changed);
    }

    /// Further tries after a failed first one; 0 where nothing is given.
    public int maxRetries() {
        if (given.isEmpty()) {
            return 0;
        }
        return given.get(MAX_RETRIES) instanceof Long retries
                ? Math.toIntExact(retries)
                : Orchestration.DEFAULT_RETRIES;
    }

    /// By how much the wait grows from retry to retry; 2 where it is not given.
    public double backoffFactor() {
        return number(given, FACTOR).orElse(Settings.Backoff.DOUBLING);
    }

    /// The wait before the first retry; 1 s where it is not given.
    public Duration baseDelay() {
        return number(given, BASE_DELAY)
                .map(Seconds::duration)
                .orElse(Orchestration.DEFAULT_BASE_DELAY);
    }

    /// The longest wait; 60 s where it is not given.
    public Duration maxDelay() {
        return number(given, MAX_DELAY)
                .map(Seconds::duration)
                .orElse(Orchestration.DEFAULT_MAX_DELAY);
    }

    /// The share of a wait by which it varies, 0–1; 0.1 where it is not given.
    public double jitterRange() {
        return number(given, JITTER).orElse(Orchestration.DEFAULT_JITTER_RANGE);
    }

    /// The engine's own form of these waits. A limit does not grow: an envelope's holds for each try.
    Settings.Backoff backoff() {
        return new Settings.Backoff(baseDelay(), maxDelay(), jitterRange(), 1, backoffFactor());
    }

    private static Optional<Double> number(Map<String, ?> given, String key) {
        if (!given.containsKey(key)) {
            return Optional.empty();
        }
        return switch (given.get(key)) {
            case Long whole -> Optional.of(whole.doubleValue());
            case Double number -> Optional.of(number);
            case null, default -> throw wrong(given, key, "a number");
        };
    }

    private static IllegalArgumentException wrong(Map<String, ?> given, String key, String wanted) {
        return new IllegalArgumentException(
                "retry_config." + key + " is " + given.get(key) + "; it must be " + wanted);
    }
}
