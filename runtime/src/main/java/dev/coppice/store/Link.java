package dev.coppice.store;

import dev.coppice.model.JobId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

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
        MessageDigest sha256 = sha256();
        sha256.update(utf8("{\"job\":\"" + job + "\",\"sequence\":" + following));
        sha256.update(utf8(",\"at\":\"" + at + "\",\"previous\":\"" + hash + "\",\"event\":"));
        sha256.update(utf8(json));
        sha256.update(utf8("}"));
        return new Link(following, HexFormat.of().formatHex(sha256.digest()));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
