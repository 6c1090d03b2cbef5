package dev.coppice.git;

import java.util.regex.Pattern;

/// What all object ids have in common.
final class ObjectIds {
    private static final Pattern FULL = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

    private ObjectIds() {}

    static void check(String kind, String hex) {
        if (!FULL.matcher(hex).matches()) {
            throw new IllegalArgumentException("not the full id of a " + kind + ": '" + hex + "'");
        }
    }

    static boolean isFull(String text) {
        return FULL.matcher(text).matches();
    }

    /// The id that stands for "no object" where ids are as long as this one.
    static String noneLike(String hex) {
        return "0".repeat(hex.length());
    }
}
