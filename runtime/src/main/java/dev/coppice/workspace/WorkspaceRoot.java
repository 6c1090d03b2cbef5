package dev.coppice.workspace;

import static java.nio.file.attribute.PosixFilePermissions.asFileAttribute;

import dev.coppice.git.Git;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/// The folder that holds the files of jobs, made so that neither the user's git nor other users of the machine see it.
final class WorkspaceRoot {
    private static final Set<PosixFilePermission> OWNER_ALONE =
            PosixFilePermissions.fromString("rwx------");
    private static final Path OURS = Path.of(".coppice");

    private WorkspaceRoot() {}

    /// Makes the folder unless it is there; what is made is closed to others. A `.coppice` on the way is closed to them in
    /// any case, and ignores itself; another folder in the checkout is named in the repository's `info/exclude` before it
    /// is made. Folders of the user's own stay as open as they are.
    ///
    /// @param git empty where there is no repository
    static Path make(Optional<Git> git, Path root) {
        Path path = root.normalize();
        try {
            Optional<Path> ours = ours(path);
            if (ours.isPresent()) {
                makeOurs(ours.get());
            } else if (git.isPresent()) {
                git.get().ignoredFiles().add(path);
            }
            return Files.createDirectories(path, asFileAttribute(OWNER_ALONE)).toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException("the folder " + path + " can't be made", e);
        }
    }

    /// The `.coppice` that the path leads into.
    private static Optional<Path> ours(Path path) {
        for (Path at = path; at != null; at = at.getParent()) {
            if (OURS.equals(at.getFileName())) {
                return Optional.of(at);
            }
        }
        return Optional.empty();
    }

    private static void makeOurs(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(folder, asFileAttribute(OWNER_ALONE));
        } else if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && !Files.getPosixFilePermissions(folder).equals(OWNER_ALONE)) {
            Files.setPosixFilePermissions(folder, OWNER_ALONE);
        }
        Path ignore = folder.resolve(".gitignore");
        if (!Files.exists(ignore)) {
            Files.write(ignore, "*\n".getBytes(StandardCharsets.UTF_8));
        }
    }
}
