package dev.coppice.library.orchestrator;

import java.util.List;
import java.util.Optional;

/// What came of a task (document 003).
///
/// @param output what the worker said; of a long one its last 65,536 characters
/// @param filesModified paths from the repository's top folder, or the working directory where there is no repository, as in
///     the other two lists
/// @param error why it failed; empty for one that is done
/// @param discoveries what it found, which is shared with the workers of tasks that start later
/// @param subtasksCreated ids of the tasks that it added
public record TaskResult(
        String output,
        List<String> filesModified,
        List<String> filesCreated,
        List<String> filesDeleted,
        Optional<String> error,
        List<String> discoveries,
        List<String> subtasksCreated) {
    public TaskResult {
        filesModified = List.copyOf(filesModified);
        filesCreated = List.copyOf(filesCreated);
        filesDeleted = List.copyOf(filesDeleted);
        discoveries = List.copyOf(discoveries);
        subtasksCreated = List.copyOf(subtasksCreated);
    }

    /// A result of words alone; the `with` methods give it more.
    public static TaskResult of(String output) {
        return new TaskResult(
                output, List.of(), List.of(), List.of(), Optional.empty(), List.of(), List.of());
    }

    static TaskResult failed(String error) {
        return new TaskResult(
                "", List.of(), List.of(), List.of(), Optional.of(error), List.of(), List.of());
    }

    /// The same with the files that were changed.
    public TaskResult withFilesModified(List<String> paths) {
        return new TaskResult(
                output, paths, filesCreated, filesDeleted, error, discoveries, subtasksCreated);
    }

    /// The same with the files that were made.
    public TaskResult withFilesCreated(List<String> paths) {
        return new TaskResult(
                output, filesModified, paths, filesDeleted, error, discoveries, subtasksCreated);
    }

    /// The same with the files that were deleted.
    public TaskResult withFilesDeleted(List<String> paths) {
        return new TaskResult(
                output, filesModified, filesCreated, paths, error, discoveries, subtasksCreated);
    }

    /// The same with what was found out.
    public TaskResult withDiscoveries(List<String> found) {
        return new TaskResult(
                output, filesModified, filesCreated, filesDeleted, error, found, subtasksCreated);
    }
}
