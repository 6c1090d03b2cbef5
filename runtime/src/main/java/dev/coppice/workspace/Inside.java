package dev.coppice.workspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// Paths that people or agents wrote, kept below a folder.
final class Inside {
    private Inside() {}

    /// Whether it has characters and none of them is for control.
    static boolean isName(String name) {
        return !name.isBlank() && name.chars().noneMatch(c -> c < ' ' || c == 0x7f);
    }

    /// The path that `name` means below `folder`.
    ///
    /// @throws WorkspaceException if it is none, or leads out of the folder by its words
    static Path of(Path folder, String name) {
        if (!isName(name)) {
            throw new WorkspaceException(
                    "not a path below "
                            + folder
                            + ": '"
                            + name.replaceAll("\\p{Cntrl}", "?")
                            + "'");
        }
        Path path = folder.resolve(name).normalize();
        if (path.equals(folder.normalize()) || !path.startsWith(folder.normalize())) {
            throw new WorkspaceException("leads out of " + folder + ": '" + name + "'");
        }
        return path;
    }

    /// Whether a file written at `path` would lie in `folder`: false where a link among the folders above it
    /// leads elsewhere.
    static boolean isReal(Path folder, Path path) {
        try {
            Path above = path.getParent();
            while (above != null && !Files.exists(above, LinkOption.NOFOLLOW_LINKS)) {
                above = above.getParent();
            }
            return above != null
                    && Files.isDirectory(above)
                    && above.toRealPath().startsWith(folder.toRealPath());
        } catch (IOException e) {
            throw new UncheckedIOException(path + " can't be looked at", e);
        }
    }
}
