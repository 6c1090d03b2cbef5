package dev.coppice.attempt;

import dev.coppice.model.FileChange;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The files of a folder at one moment, from which it is told what changed until another. For tasks that
/// run in the user's folder itself, where no git tells it: what changed while several of them ran may be
/// the work of any.
///
/// @param stamps by path from the folder; links are not followed, git's files and ours are left out
/// @param isWhole whether all files are here, and not only the first [#FILES_MAX]
record FolderFiles(SortedMap<String, Stamp> stamps, boolean isWhole) {
    /// A folder of more files is not looked at to its end.
    static final int FILES_MAX = 100_000;

    private static final Set<String> LEFT_OUT = Set.of(".git", ".coppice");

    /// By what a change of a file shows.
    record Stamp(long bytes, FileTime modified) {}

    /// Looks at a folder. What can't be read is left out.
    static FolderFiles of(Path folder) throws IOException {
        SortedMap<String, Stamp> stamps = new TreeMap<>();
        Visitor visitor = new Visitor(folder, stamps);
        Files.walkFileTree(folder, visitor);
        return new FolderFiles(stamps, !visitor.isFull());
    }

    List<String> names() {
        return List.copyOf(stamps.keySet());
    }

    /// What is different in `now`, by path.
    List<FileChange> changesTo(FolderFiles now) {
        List<FileChange> changes = new ArrayList<>();
        now.stamps.forEach((name, stamp) -> {
            Stamp before = stamps.get(name);
            if (before == null) {
                changes.add(new FileChange(name, FileChange.Kind.CREATED));
            } else if (!before.equals(stamp)) {
                changes.add(new FileChange(name, FileChange.Kind.MODIFIED));
            }
        });
        for (String name : stamps.keySet()) {
            if (!now.stamps.containsKey(name)) {
                changes.add(new FileChange(name, FileChange.Kind.DELETED));
            }
        }
        return List.copyOf(changes);
    }

    private static final class Visitor extends SimpleFileVisitor<Path> {
        private final Path folder;
        private final Map<String, Stamp> stamps;

        Visitor(Path folder, Map<String, Stamp> stamps) {
            this.folder = folder;
            this.stamps = stamps;
        }

        boolean isFull() {
            return stamps.size() > FILES_MAX;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return LEFT_OUT.contains(String.valueOf(directory.getFileName()))
                    ? FileVisitResult.SKIP_SUBTREE
                    : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            stamps.put(
                    folder.relativize(file).toString(),
                    new Stamp(attributes.size(), attributes.lastModifiedTime()));
            return isFull() ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, IOException unreadable) {
            return FileVisitResult.CONTINUE;
        }
    }
}
