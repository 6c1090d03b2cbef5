package dev.coppice.git;

import java.util.ArrayList;
import java.util.List;

/// One file in which two trees differ.
///
/// @param path from the top, with `/` between folders
/// @param before what it was; [TreeEntry#isAbsent()] if it was not there
/// @param after what it is; [TreeEntry#isAbsent()] if it is gone
public record TreeChange(String path, TreeEntry before, TreeEntry after) {
    /// What happened to a file.
    public enum Kind {
        CREATED,
        MODIFIED,
        DELETED
    }

    public Kind kind() {
        if (before.isAbsent()) {
            return Kind.CREATED;
        }
        return after.isAbsent() ? Kind.DELETED : Kind.MODIFIED;
    }

    /// Whether the path is the file's true name, and not one with bytes that are no UTF-8.
    public boolean hasTruePath() {
        return GitAnswer.wasUtf8(path);
    }

    /// The changes from one tree (or commit) to another, by one process.
    static List<TreeChange> between(Git git, String from, String to) {
        return read(
                git.call("diff-tree", "-r", "-z", "--raw", "--no-renames")
                        .with(from, to)
                        .done()
                        .fields());
    }

    /// Reads the fields of `diff --raw -z`: `:MODE MODE ID ID STATUS`, then the path.
    static List<TreeChange> read(List<String> fields) {
        List<TreeChange> changes = new ArrayList<>();
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            changes.add(read(fields.get(i), fields.get(i + 1)));
        }
        return changes;
    }

    static TreeChange read(String description, String path) {
        String[] parts = description.substring(1).split(" ", -1);
        return new TreeChange(
                path, new TreeEntry(parts[0], parts[2]), new TreeEntry(parts[1], parts[3]));
    }
}
