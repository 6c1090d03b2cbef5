package dev.coppice.git;

import dev.coppice.model.CommitId;
import java.util.Optional;

/// One change to a ref, with what the ref must be before it.
///
/// @param from the commit expected there; empty: the ref must not exist
/// @param to the commit it will name; empty: it is deleted
public record RefUpdate(RefName ref, Optional<CommitId> from, Optional<CommitId> to) {
    /// @throws IllegalArgumentException if both are empty
    public RefUpdate {
        if (from.isEmpty() && to.isEmpty()) {
            throw new IllegalArgumentException("nothing is to happen to " + ref);
        }
    }

    /// A new ref.
    public static RefUpdate create(RefName ref, CommitId to) {
        return new RefUpdate(ref, Optional.empty(), Optional.of(to));
    }

    /// A ref goes from one commit to another.
    public static RefUpdate move(RefName ref, CommitId from, CommitId to) {
        return new RefUpdate(ref, Optional.of(from), Optional.of(to));
    }

    /// A ref goes away.
    public static RefUpdate delete(RefName ref, CommitId from) {
        return new RefUpdate(ref, Optional.of(from), Optional.empty());
    }

    /// The line for `update-ref --stdin -z`.
    String line() {
        String old = from.map(CommitId::value).orElse("");
        return to.map(commit ->
                        from.isEmpty()
                                ? "create " + ref + "\0" + commit + "\0"
                                : "update " + ref + "\0" + commit + "\0" + old + "\0")
                .orElseGet(() -> "delete " + ref + "\0" + old + "\0");
    }
}
