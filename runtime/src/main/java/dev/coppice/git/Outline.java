package dev.coppice.git;

import java.util.List;

/// The tracked files of a commit.
///
/// @param files paths from the top in git's order, the first of them if there are very many
/// @param count how many there are in all
public record Outline(List<String> files, int count) {
    public Outline {
        files = List.copyOf(files);
    }

    /// Whether some files are missing from the list.
    public boolean isCut() {
        return files.size() < count;
    }
}
