package dev.coppice.store;

import dev.coppice.model.JobId;
import dev.coppice.model.Sha256;
import java.nio.charset.StandardCharsets;

/// The end of a job's chain: its last event's sequence and hash. [Chain] says what is hashed.
record Link(long sequence, String hash) {
    /// The end of a chain without events.
    static final Link START = new Link(0, "0".repeat(64));

    /// The end of the chain once the event is added.
    ///
    /// @param at as it is stored
    /// @param json as it is stored
    Link next(JobId job, String at, String json) {
        long following = sequence + 1;
        String hashed =
                """
                {"job":"%s","sequence":%s,"at":"%s","previous":"%s","event":%s}\
                """
                        .formatted(job, following, at, hash, json);
        return new Link(following, Sha256.of(hashed.getBytes(StandardCharsets.UTF_8)).hex());
    }
}
