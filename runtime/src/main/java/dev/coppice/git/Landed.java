package dev.coppice.git;

import dev.coppice.model.CommitId;
import java.util.List;

/// What became of a [LandingOrder]. Where it was not merged, nothing at all was changed, and `command` is what a person
/// types to do it by hand.
public sealed interface Landed {
    /// The target has the result.
    ///
    /// @param commit the target's new tip
    record Merged(CommitId commit) implements Landed {}

    /// The target had the result before.
    record AlreadyThere() implements Landed {}

    /// Files that the user is working on, in the checkout of the target, stand in the way.
    ///
    /// @param paths from the top, sorted
    record WouldTouch(List<String> paths, String command) implements Landed {
        public WouldTouch {
            paths = List.copyOf(paths);
        }
    }

    /// Both sides changed the same lines.
    ///
    /// @param paths the files in conflict, from the top
    record Conflicts(List<String> paths, String command) implements Landed {
        public Conflicts {
            paths = List.copyOf(paths);
        }
    }

    /// The target can't move now.
    ///
    /// @param reason what has to come to its end first
    record Busy(String reason, String command) implements Landed {}
}
