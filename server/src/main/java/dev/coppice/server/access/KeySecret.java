package dev.coppice.server.access;

import dev.coppice.model.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/// Secrets of our own making, and their hashes. A secret has 256 bits of chance, so that a plain SHA-256 of
/// it tells nothing and needs no salt. Its beginning lets it be found, and masked, wherever it should not be.
final class KeySecret {
    static final String PREFIX = "cpk_";
    private static final int BYTES = 32;

    private KeySecret() {}

    static String make() {
        byte[] chance = new byte[BYTES];
        new SecureRandom().nextBytes(chance);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(chance);
    }

    static String hash(String secret) {
        return Sha256.of(secret.getBytes(StandardCharsets.UTF_8)).hex();
    }

    /// Whether both are the same, in a time that does not depend on where they differ.
    static boolean isSame(String hash, String other) {
        return MessageDigest.isEqual(
                hash.getBytes(StandardCharsets.US_ASCII),
                other.getBytes(StandardCharsets.US_ASCII));
    }
}
