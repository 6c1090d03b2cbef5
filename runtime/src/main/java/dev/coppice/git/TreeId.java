package dev.coppice.git;

/// The full id of a tree, which names every file of a commit with its content and mode.
public record TreeId(String hex) {
    /// @throws IllegalArgumentException unless `hex` is a full id in lower case
    public TreeId {
        ObjectIds.check("tree", hex);
    }

    @Override
    public String toString() {
        return hex;
    }
}
