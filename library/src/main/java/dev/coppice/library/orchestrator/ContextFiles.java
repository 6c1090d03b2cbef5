package dev.coppice.library.orchestrator;

import dev.coppice.plan.RepositoryPath;
import java.nio.file.Path;
import java.util.List;

/// The context files of a state file's tasks. Python takes any path; a job takes those from its root.
final class ContextFiles {
    private final List<Path> roots;

    /// @param roots folders, absolute, from which paths are made relative
    ContextFiles(Path... roots) {
        this.roots = List.of(roots);
    }

    /// Those of a task, from the root where they are below it. What a task that has ended can't have any more is left out.
    List<String> of(Task task) {
        List<String> files = task.context().files().stream().map(this::fromRoot).toList();
        return StateReplay.hasEnded(task)
                ? files.stream().filter(ContextFiles::isFit).toList()
                : files;
    }

    private String fromRoot(String path) {
        boolean isPath = path.indexOf('\0') < 0;
        return isFit(path) || !isPath
                ? path
                : roots.stream()
                        .filter(root -> root.resolve(path).normalize().startsWith(root))
                        .map(root -> root.relativize(root.resolve(path).normalize()).toString())
                        .findFirst()
                        .orElse(path);
    }

    private static boolean isFit(String path) {
        return RepositoryPath.complaint(path).isEmpty();
    }
}
