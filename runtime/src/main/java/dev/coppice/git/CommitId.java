package dev.coppice.git;

/// The full id of a commit: 40 hexadecimal digits, or 64 in a repository that uses SHA-256.
public record CommitId(String hex) {
    private static final int SHORT_LENGTH = 10;

    /// @throws IllegalArgumentException unless `hex` is a full id in lower case
    public CommitId {
        ObjectIds.check("commit", hex);
    }

    /// The first ten digits, for people.
    public String abbreviated() {
        return hex.substring(0, SHORT_LENGTH);
    }

    @Override
    public String toString() {
        return hex;
    }
}
