package dev.coppice.git;

import java.util.List;
import java.util.stream.Stream;

/// The files in which two commits differ, by their paths from the top, each list in git's order. A renamed file
/// is a deleted and a created one.
public record Changes(List<String> created, List<String> modified, List<String> deleted) {
    public Changes {
        created = List.copyOf(created);
        modified = List.copyOf(modified);
        deleted = List.copyOf(deleted);
    }

    public boolean isEmpty() {
        return created.isEmpty() && modified.isEmpty() && deleted.isEmpty();
    }

    /// All of them, in no particular order.
    public List<String> all() {
        return Stream.of(created, modified, deleted).flatMap(List::stream).toList();
    }
}
