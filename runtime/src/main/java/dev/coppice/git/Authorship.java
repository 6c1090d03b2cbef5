package dev.coppice.git;

import java.time.Instant;

/// Who made a commit and when, to the second; times are written in UTC.
public record Authorship(Identity author, Identity committer, Instant when) {
    String authorLine() {
        return "author " + author + stamp();
    }

    String committerLine() {
        return "committer " + committer + stamp();
    }

    private String stamp() {
        return " " + when.getEpochSecond() + " +0000";
    }
}
