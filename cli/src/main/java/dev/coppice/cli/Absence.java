package dev.coppice.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// How long somebody who follows a job bears that its server is away, or that nobody drives the job there: as long as a
/// restart may take. Each time it is said once that this is waited for. Owned by one thread.
final class Absence {
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final String what;
    private final Output out;
    private final InstantSource clock;
    private Optional<Instant> since = Optional.empty();

    /// @param what is so, in a sentence
    Absence(String what, Output out, InstantSource clock) {
        this.what = what;
        this.out = out;
        this.clock = clock;
    }

    /// Whether it is worth to look again, now that it is still so.
    boolean isBearable() {
        Instant now = clock.instant();
        if (since.isEmpty()) {
            since = Optional.of(now);
            out.say(what + " Waiting for it, two minutes at most.");
        }
        return now.isBefore(since.get().plus(LONGEST));
    }

    /// It is so no more.
    void end() {
        since = Optional.empty();
    }
}
