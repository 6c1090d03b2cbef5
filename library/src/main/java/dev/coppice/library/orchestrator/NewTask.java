package dev.coppice.library.orchestrator;

import java.util.List;
import java.util.Optional;

/// A task to be added: the parameters of document 003's `add_task`. What is wrong with it is told when it is added.
///
/// @param id unset: `task-` and eight hexadecimal digits
/// @param priority 1 (first) to 10
/// @param dependencies ids of tasks that must be done first; `task-2` means the second of the batch, else the second that
///     was added, where no task has that id
/// @param contextFiles paths from the repository's top folder, or the working directory where there is no repository; they
///     need not be there yet
/// @param parentTask the claimed or running task whose attempt adds this one
public record NewTask(
        Optional<String> id,
        String description,
        int priority,
        List<String> dependencies,
        List<String> contextFiles,
        String hints,
        Optional<String> parentTask) {
    /// The priority of a task that is given none.
    public static final int DEFAULT_PRIORITY = 5;

    public NewTask {
        dependencies = List.copyOf(dependencies);
        contextFiles = List.copyOf(contextFiles);
    }

    /// A task of priority 5 that depends on nothing.
    public static NewTask of(String description) {
        return new NewTask(
                Optional.empty(),
                description,
                DEFAULT_PRIORITY,
                List.of(),
                List.of(),
                "",
                Optional.empty());
    }

    /// The same with an id of its own, by which others of its batch can depend on it.
    public NewTask withId(String value) {
        return new NewTask(
                Optional.of(value),
                description,
                priority,
                dependencies,
                contextFiles,
                hints,
                parentTask);
    }

    /// The same with a priority from 1, the most urgent, to 10.
    public NewTask withPriority(int value) {
        return new NewTask(id, description, value, dependencies, contextFiles, hints, parentTask);
    }

    /// The same, to begin when these tasks are done.
    public NewTask withDependencies(List<String> ids) {
        return new NewTask(id, description, priority, ids, contextFiles, hints, parentTask);
    }

    /// The same, with ids one after the other.
    public NewTask withDependencies(String... ids) {
        return withDependencies(List.of(ids));
    }

    /// The same with files that its agent is to look at.
    public NewTask withContextFiles(List<String> paths) {
        return new NewTask(id, description, priority, dependencies, paths, hints, parentTask);
    }

    /// The same, with paths one after the other.
    public NewTask withContextFiles(String... paths) {
        return withContextFiles(List.of(paths));
    }

    /// The same with hints for its agent.
    public NewTask withHints(String text) {
        return new NewTask(id, description, priority, dependencies, contextFiles, text, parentTask);
    }

    /// The same as a part of another task.
    public NewTask withParentTask(String task) {
        return new NewTask(
                id, description, priority, dependencies, contextFiles, hints, Optional.of(task));
    }
}
