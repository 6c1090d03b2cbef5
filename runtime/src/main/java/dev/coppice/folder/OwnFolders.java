package dev.coppice.folder;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.function.Consumer;

/// Makes the folders that Coppice puts into a user's checkout so that git never sees them.
public final class OwnFolders {
    /// The folder that holds all that is ours, unless configured otherwise.
    public static final String HOME = ".coppice";

    private final Path checkout;
    private final Consumer<Path> excluded;

    /// @param checkout the user's working directory
    /// @param excluded is told of a folder that must be excluded from git, before it is made; writes
    ///     `.git/info/exclude`
    public OwnFolders(Path checkout, Consumer<Path> excluded) {
        this.checkout = checkout.toAbsolutePath().normalize();
        this.excluded = excluded;
    }

    /// Makes `folder` with the folders above it, unless it is there. `.coppice` in the checkout is
    /// made for its owner alone (0700) and hides itself from git by a `.gitignore` of `*`; any other
    /// folder in the checkout is excluded first; one outside of it is just made.
    ///
    /// @param folder absolute, or from the checkout
    /// @return its absolute path
    public Path make(Path folder) {
        Path absolute = checkout.resolve(folder).normalize();
        Path home = checkout.resolve(HOME);
        try {
            if (absolute.startsWith(home)) {
                makeHome(home);
            } else if (absolute.startsWith(checkout) && !absolute.equals(checkout)) {
                excluded.accept(absolute);
            }
            return Files.createDirectories(absolute);
        } catch (IOException cause) {
            throw new FolderException("cannot make the folder " + absolute, cause);
        }
    }

    private static void makeHome(Path home) throws IOException {
        if (!Files.isDirectory(home)) {
            Files.createDirectories(Objects.requireNonNull(home.getParent()));
            try {
                Files.createDirectory(
                        home,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException madeMeanwhile) {
                // Another process was faster; createDirectories below says if it is no folder.
                Files.createDirectories(home);
            }
        }
        Path ignore = home.resolve(".gitignore");
        if (!Files.exists(ignore)) {
            Files.writeString(ignore, "*\n");
        }
    }
}
