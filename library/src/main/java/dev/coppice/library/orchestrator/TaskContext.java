package dev.coppice.library.orchestrator;

import java.util.List;
import java.util.Optional;

/// What a worker is told besides (document 003).
///
/// @param files paths from the repository's top folder, or the working directory where there is no repository; they need
///     not be there yet
/// @param parentTask the task whose attempt added this one
public record TaskContext(List<String> files, String hints, Optional<String> parentTask) {
    /// A task that stands alone.
    public static final TaskContext NONE = new TaskContext(List.of(), "", Optional.empty());

    public TaskContext {
        files = List.copyOf(files);
    }
}
