package dev.coppice.git;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/// Lists and deletes what an agent, or anybody, left in a folder of ours. Links are deleted, never followed; folders that were closed to
/// writing are opened first.
public final class Leftovers {
    private Leftovers() {}

    /// Deletes a file, a link, or a folder with all that is in it, if it is there.
    ///
    /// @throws UncheckedIOException if the system refuses
    public static void delete(Path path) {
        delete(path, "", Exclusions.none());
    }

    /// Deletes what lies at `path` below `top`, but for what `kept` names.
    static void delete(Path top, String path, Exclusions kept) {
        try {
            deleteUnlessKept(top.resolve(path), path, kept);
        } catch (IOException e) {
            throw new UncheckedIOException(top.resolve(path) + " can't be deleted", e);
        }
    }

    private static void deleteUnlessKept(Path file, String path, Exclusions kept)
            throws IOException {
        if (kept.covers(path)) {
            return;
        }
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            if (!Files.isReadable(file) || !Files.isWritable(file) || !Files.isExecutable(file)) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
            }
            String folder = path.isEmpty() ? "" : path.replaceFirst("/*$", "/");
            try (DirectoryStream<Path> children = Files.newDirectoryStream(file)) {
                for (Path child : children) {
                    deleteUnlessKept(child, folder + child.getFileName(), kept);
                }
            }
            if (kept.liesWithin(path)) {
                return;
            }
        }
        Files.deleteIfExists(file);
    }

    /// All files in a folder but those of its git, by their paths in it. Links are files.
    static List<String> filesIn(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
                    .map(folder::relativize)
                    .filter(path -> !path.startsWith(".git"))
                    .map(Path::toString)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " can't be read", e);
        }
    }
}
