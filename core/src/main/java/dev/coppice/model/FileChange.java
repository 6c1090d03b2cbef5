package dev.coppice.model;

/// A file that an attempt created, modified or deleted; the path is from the repository's root.
public record FileChange(String path, Kind kind) {
    public enum Kind {
        CREATED,
        MODIFIED,
        DELETED
    }
}
