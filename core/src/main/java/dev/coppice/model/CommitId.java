package dev.coppice.model;

import java.util.regex.Pattern;

/// The full name of a git commit: 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits.
public record CommitId(String value) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

    public CommitId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not a commit id: " + value);
        }
    }

    /// The first 8 digits, for people.
    public String abbreviated() {
        return value.substring(0, 8);
    }

    @Override
    public String toString() {
        return value;
    }
}
