package dev.coppice.git;

import java.util.List;
import java.util.Optional;

/// What a merge in memory came to.
///
/// @param tree the merged files, those in conflict with markers in them
/// @param conflicts the files in conflict, in git's order
public record MergedTree(TreeId tree, List<Conflict> conflicts) {
    public MergedTree {
        conflicts = List.copyOf(conflicts);
    }

    /// A path in conflict: what the three sides have there, as far as they have something.
    ///
    /// @param kinds git's names of the conflicts that concern it, such as `CONFLICT (contents)`
    public record Conflict(
            String path,
            Optional<TreeEntry> base,
            Optional<TreeEntry> ours,
            Optional<TreeEntry> theirs,
            List<String> kinds) {
        public Conflict {
            kinds = List.copyOf(kinds);
        }

        /// Whether the path is the file's true name, and not one with bytes that are no UTF-8.
        public boolean hasTruePath() {
            return GitAnswer.wasUtf8(path);
        }
    }

    public boolean isClean() {
        return conflicts.isEmpty();
    }

    public List<String> conflictedPaths() {
        return conflicts.stream().map(Conflict::path).toList();
    }
}
