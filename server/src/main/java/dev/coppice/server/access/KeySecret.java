package dev.coppice.server.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

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
        return HexFormat.of().formatHex(digest(secret));
    }

    /// Whether both are the same, in a time that does not depend on where they differ.
    static boolean isSame(String hash, String other) {
        return MessageDigest.isEqual(
                hash.getBytes(StandardCharsets.US_ASCII),
                other.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] digest(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
