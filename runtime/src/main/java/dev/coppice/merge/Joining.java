package dev.coppice.merge;

import dev.coppice.model.CommitId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// What became of a [JoinOrder].
public sealed interface Joining {
    /// How a head came to be in the result.
    enum Fate {
        /// By a merge commit of its own, or as the result itself where there was nothing to merge it with.
        MERGED,
        /// Another head, or what it was joined onto, had it already.
        ALREADY_CONTAINED
    }

    /// All heads are in the result.
    ///
    /// @param commit the result; no ref names it yet
    /// @param fates by label, in the order given
    record Joined(CommitId commit, SequencedMap<String, Fate> fates) implements Joining {
        public Joined {
            fates = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(fates));
        }
    }

    /// A head does not go in without a decision. Resolve it (see [Merges#prepare] and [Merges#conclude]), then order the
    /// same heads onto the resolution: what is in it already is not merged again.
    ///
    /// @param soFar the result without this head and those after it
    /// @param incoming the head in conflict
    /// @param files the files in conflict, from the top
    /// @param merged the labels of the heads that `soFar` has
    record Conflict(CommitId soFar, Incoming incoming, List<String> files, List<String> merged)
            implements Joining {
        public Conflict {
            files = List.copyOf(files);
            merged = List.copyOf(merged);
        }
    }
}
