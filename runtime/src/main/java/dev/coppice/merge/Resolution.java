package dev.coppice.merge;

import dev.coppice.model.CommitId;
import java.util.List;

/// What became of a conflict that was given to a resolver.
public sealed interface Resolution {
    /// The conflict is resolved.
    ///
    /// @param commit the merge, on the worktree's branch
    record Resolved(CommitId commit) implements Resolution {}

    /// Nothing was committed: conflict markers are left in these files.
    record MarkersLeft(List<String> files) implements Resolution {
        public MarkersLeft {
            files = List.copyOf(files);
        }
    }

    /// Nothing was committed: repositories that are no submodules lie in the worktree.
    record NestedRepositories(List<String> paths) implements Resolution {
        public NestedRepositories {
            paths = List.copyOf(paths);
        }
    }
}
