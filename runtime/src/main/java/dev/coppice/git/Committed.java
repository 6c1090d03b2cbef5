package dev.coppice.git;

import dev.coppice.model.CommitId;
import java.util.List;

/// What became of a [WorkOrder].
public sealed interface Committed {
    /// The branch has the work.
    ///
    /// @param commit its new tip
    record Done(CommitId commit) implements Committed {}

    /// Nothing was committed: a repository lies in the worktree that is no submodule, and would have become an empty
    /// link.
    ///
    /// @param paths from the top, sorted
    record NestedRepositories(List<String> paths) implements Committed {
        public NestedRepositories {
            paths = List.copyOf(paths);
        }
    }
}
