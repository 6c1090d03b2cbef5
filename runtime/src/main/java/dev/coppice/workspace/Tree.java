package dev.coppice.workspace;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;

/// Whole folders, copied. Links are copied as links, never followed.
final class Tree {
    private Tree() {}

    /// Copies a file, a link, or a folder with all that is in it; `to` must not be there. Where the file system
    /// can, the copies share their blocks until one is written to (the JDK asks Linux for `copy_file_range`).
    static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(
                from,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path folder, BasicFileAttributes attributes) throws IOException {
                        Files.createDirectory(to.resolve(from.relativize(folder)));
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Path copy = file.equals(from) ? to : to.resolve(from.relativize(file));
                        if (attributes.isRegularFile() || attributes.isSymbolicLink()) {
                            Files.copy(
                                    file,
                                    copy,
                                    StandardCopyOption.COPY_ATTRIBUTES,
                                    LinkOption.NOFOLLOW_LINKS);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
