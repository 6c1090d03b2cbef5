package dev.coppice.workspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/// The files of a repository that all worktrees obey: its configuration, hooks, and rules. An agent in one worktree can
/// change them for the user and for all other agents, and git knows no way to keep it from that. Since the user may
/// change them as well, a change is told and not undone. Safe for use by many threads.
final class SharedSettings {
    private final Path commonFolder;
    private Map<String, Integer> seen;

    SharedSettings(Path commonFolder) {
        this.commonFolder = commonFolder;
        this.seen = look();
    }

    /// The files that changed since the last question, for a person.
    synchronized List<String> changes() {
        Map<String, Integer> now = look();
        TreeSet<String> names = new TreeSet<>(now.keySet());
        names.addAll(seen.keySet());
        List<String> changes = new ArrayList<>();
        for (String name : names) {
            if (!Objects.equals(now.get(name), seen.get(name))) {
                changes.add(
                        commonFolder.resolve(name)
                                + " changed while the job ran: it holds for all worktrees, and for"
                                + " you; was that you?");
            }
        }
        seen = now;
        return changes;
    }

    private Map<String, Integer> look() {
        Map<String, Integer> hashes = new HashMap<>();
        for (String name : List.of("config", "info/exclude", "info/attributes")) {
            add(name, hashes);
        }
        Path hooks = commonFolder.resolve("hooks");
        if (Files.isDirectory(hooks)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(hooks)) {
                files.forEach(file -> add("hooks/" + file.getFileName(), hashes));
            } catch (IOException e) {
                throw new UncheckedIOException(hooks + " can't be read", e);
            }
        }
        return hashes;
    }

    private void add(String name, Map<String, Integer> hashes) {
        Path file = commonFolder.resolve(name);
        // git runs no hook of this name
        if (Files.isRegularFile(file) && !name.endsWith(".sample")) {
            try {
                hashes.put(name, Arrays.hashCode(Files.readAllBytes(file)));
            } catch (IOException e) {
                throw new UncheckedIOException(file + " can't be read", e);
            }
        }
    }
}
