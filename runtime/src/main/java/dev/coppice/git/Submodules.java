package dev.coppice.git;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The repositories within a repository. Safe for use by many threads, one at a time for a worktree.
public final class Submodules {
    private final Git git;

    Submodules(Git git) {
        this.git = git;
    }

    private record Submodule(String name, String path) {}

    /// Fills the submodules of a new worktree of ours from what the user's checkout has of them, and theirs in turn. No
    /// network is used and the repository's own configuration is not written.
    ///
    /// @return for each that could not be filled, why: it is left empty
    public List<String> fill(Checkout worktree) {
        List<String> warnings = new ArrayList<>();
        fill(worktree.folder(), git.commonFolder(), warnings);
        return warnings;
    }

    private void fill(Path folder, Path source, List<String> warnings) {
        if (!Files.isRegularFile(folder.resolve(".gitmodules"))) {
            return;
        }
        for (Submodule submodule : in(folder)) {
            Path objects = source.resolve("modules").resolve(submodule.name());
            if (!Files.isDirectory(objects)) {
                warnings.add(
                        "submodule "
                                + submodule.path()
                                + " is empty, since it is not initialised in "
                                + git.topLevel());
                continue;
            }
            GitAnswer answer = fill(folder, submodule, objects);
            if (answer.exit() != 0) {
                warnings.add(
                        "submodule " + submodule.path() + " is empty: " + answer.errors().strip());
                continue;
            }
            Path filled = folder.resolve(submodule.path());
            restoreOrigin(filled, objects);
            fill(filled, objects, warnings);
        }
    }

    private List<Submodule> in(Path folder) {
        return git
                .discovering(folder, "config", "--file", ".gitmodules", "-z")
                .with("--get-regexp", "^submodule\\..*\\.path$")
                .answer()
                .fields()
                .stream()
                .map(field -> {
                    String[] keyAndPath = field.split("\n", 2);
                    String key = keyAndPath[0];
                    return new Submodule(
                            key.substring("submodule.".length(), key.length() - ".path".length()),
                            keyAndPath[1]);
                })
                .filter(submodule -> isSafe(submodule.name()))
                .toList();
    }

    /// Whether the name is a folder below `modules`, as git demands too.
    private static boolean isSafe(String name) {
        Path path = Path.of(name);
        return !name.isEmpty()
                && !path.isAbsolute()
                && path.equals(path.normalize())
                && !path.startsWith("..");
    }

    private GitAnswer fill(Path folder, Submodule submodule, Path objects) {
        String key = "submodule." + submodule.name();
        return git.discovering(folder, "submodule", "--quiet", "update", "--checkout", "--")
                .with(submodule.path())
                .setting(key + ".active=true")
                .setting(key + ".url=" + objects)
                .variable("GIT_ALLOW_PROTOCOL", "file")
                .answer();
    }

    /// The submodule's origin is the user's, not the folder it was filled from.
    private void restoreOrigin(Path filled, Path objects) {
        GitAnswer url = git.discovering(objects, "config", "--get", "remote.origin.url").answer();
        if (url.exit() == 0) {
            git.discovering(filled, "config", "remote.origin.url").with(url.text()).done();
        }
    }
}
