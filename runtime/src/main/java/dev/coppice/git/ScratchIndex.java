package dev.coppice.git;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// An index of our own, beside those of checkouts, that is gone when closed.
final class ScratchIndex implements AutoCloseable {
    private final Path folder;

    private ScratchIndex(Path folder) {
        this.folder = folder;
    }

    static ScratchIndex empty(Git git) {
        try {
            Path home = Files.createDirectories(git.commonFolder().resolve("coppice"));
            return new ScratchIndex(Files.createTempDirectory(home, "index-"));
        } catch (IOException e) {
            throw new UncheckedIOException("no room for an index", e);
        }
    }

    /// A copy of a checkout's index, so that only what changed since is read again. The copy is as old as the original:
    /// by that git knows which files may have changed within the second in which the index was written.
    static ScratchIndex copyOf(Git git, Path index) {
        ScratchIndex copy = empty(git);
        try {
            if (Files.exists(index)) {
                Files.copy(index, copy.file(), StandardCopyOption.COPY_ATTRIBUTES);
            }
            return copy;
        } catch (IOException e) {
            copy.close();
            throw new UncheckedIOException(index + " can't be copied", e);
        }
    }

    Path file() {
        return folder.resolve("index");
    }

    @Override
    public void close() {
        Leftovers.delete(folder);
    }
}
