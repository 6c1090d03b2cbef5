package dev.coppice.workspace;

import dev.coppice.git.Git;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// The folder that holds the files of jobs, made so that neither the user's git nor other users of the machine see it.
final class WorkspaceRoot {
    private static final String OURS = ".coppice";

    private WorkspaceRoot() {}

    /// Makes the folder unless it is there. `.coppice` in the checkout is closed to others and ignores itself; another
    /// folder in the checkout is named in the repository's `info/exclude` before it is made.
    static Path make(Git git, Path root) {
        Path top = git.topLevel();
        Path path = root.normalize();
        try {
            if (path.startsWith(top.resolve(OURS))) {
                makeOurs(top.resolve(OURS));
            } else if (path.startsWith(top) && !path.equals(top)) {
                exclude(git, "/" + top.relativize(path));
            }
            return Files.createDirectories(path).toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException("the folder " + path + " can't be made", e);
        }
    }

    private static void makeOurs(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(
                    folder,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
        Path ignore = folder.resolve(".gitignore");
        if (!Files.exists(ignore)) {
            Files.writeString(ignore, "*\n");
        }
    }

    private static void exclude(Git git, String pattern) throws IOException {
        Path file = git.commonFolder().resolve("info").resolve("exclude");
        List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
        if (!lines.contains(pattern)) {
            Files.createDirectories(file.getParent());
            boolean isWhole = lines.isEmpty() || Files.readString(file).endsWith("\n");
            Files.writeString(
                    file,
                    (isWhole ? "" : "\n") + pattern + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
    }
}
