package dev.coppice.git;

/// The full id of a tree, which names every file of a commit with its content and mode.
public record TreeId(String value) {
    /// @throws IllegalArgumentException unless `value` is a full id in lower case
    public TreeId {
        ObjectIds.check("tree", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
