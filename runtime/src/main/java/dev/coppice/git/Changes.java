package dev.coppice.git;

import java.util.List;

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
}
