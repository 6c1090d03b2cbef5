package dev.coppice.git;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/// Brings an index up to date with a checkout's files: what `git add --all` does, but by the list that `git status`
/// gave, so that the files are looked through once, and excluded ones cost nothing.
final class Staging {
    private final Checkout checkout;
    private final Path index;

    Staging(Checkout checkout, Path index) {
        this.checkout = checkout;
        this.index = index;
    }

    private GitCall call(String... arguments) {
        return checkout.call(arguments).variable("GIT_INDEX_FILE", index);
    }

    TreeId writeTree() {
        return new TreeId(call("write-tree").done().text());
    }

    /// Adds, changes and removes what the status names. Excluded paths become what the commit has.
    void stage(Status status, Exclusions exclusions) {
        Work work = new Work();
        for (Status.Entry entry : status.entries()) {
            if (exclusions.covers(entry.path())) {
                work.exclude(entry);
            } else {
                work.include(entry);
            }
        }
        if (!work.entries.isEmpty()) {
            call("update-index", "-z", "--index-info").input(work.entries.toString()).done();
        }
        add(work.files.stream().filter(GitAnswer::wasUtf8).toList());
        if (!status.entries().stream().allMatch(entry -> GitAnswer.wasUtf8(entry.path()))) {
            // a name that is no UTF-8 can't be given back to git: git itself has to go and look
            call("add", "--all", "--").with(Exclusions.of(work.skipped).complement()).done();
        }
    }

    /// What is to be done to the index.
    private static final class Work {
        /// Lines for `update-index --index-info`.
        private final StringBuilder entries = new StringBuilder();

        /// Paths whose files are to be read.
        private final List<String> files = new ArrayList<>();

        /// Paths that are not to be looked at.
        private final List<String> skipped = new ArrayList<>();

        void exclude(Status.Entry entry) {
            skipped.add(entry.path());
            switch (entry) {
                case Status.Tracked file when file.isStaged() ->
                        entries.append(file.inCommit().indexInfo(file.path()));
                case Status.Unmerged file -> entries.append(file.ours().indexInfo(file.path()));
                case Status.Tracked _, Status.Untracked _ -> {}
            }
        }

        void include(Status.Entry entry) {
            switch (entry) {
                case Status.Tracked file when Status.isAbsent(file.worktreeMode()) ->
                        remove(file.path(), file.inIndex());
                case Status.Tracked file when file.isEdited() -> files.add(file.path());
                case Status.Tracked _ -> {}
                case Status.Unmerged file when Status.isAbsent(file.worktreeMode()) ->
                        remove(file.path(), file.ours());
                case Status.Unmerged file -> files.add(file.path());
                case Status.Untracked file when file.isRepository() -> skipped.add(file.path());
                case Status.Untracked file -> files.add(file.path());
            }
        }

        private void remove(String path, TreeEntry entry) {
            entries.append(TreeEntry.absent(entry.object()).indexInfo(path));
        }
    }

    /// Adds the files of nested repositories, without their `.git`: those that they track or do not ignore.
    void addNested(List<String> repositories, Exclusions exclusions) {
        List<String> files = new ArrayList<>();
        for (String repository : repositories) {
            if (isFolder(repository)) {
                collectNested(repository + "/", exclusions, files);
            }
        }
        add(files);
    }

    private void collectNested(String repository, Exclusions exclusions, List<String> files) {
        for (String name : checkout.filesOfNested(repository)) {
            String path = repository + name;
            if (exclusions.covers(path)) {
                continue;
            }
            if (isFolder(path)) {
                // a link to another repository, of which nothing is kept unless its files are here
                collectNested(path.replaceFirst("/*$", "/"), exclusions, files);
            } else if (isFile(path)) {
                files.add(path);
            }
        }
    }

    private boolean isFolder(String path) {
        return Files.isDirectory(checkout.folder().resolve(path), LinkOption.NOFOLLOW_LINKS);
    }

    /// Whether it is there and no folder above it is a link, which git would not go through.
    private boolean isFile(String path) {
        Path file = checkout.folder().resolve(path);
        try {
            Path folder = file.resolveSibling("");
            return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                    && folder.toRealPath().equals(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " can't be looked at", e);
        }
    }

    private void add(List<String> files) {
        if (files.isEmpty()) {
            return;
        }
        files.forEach(this::makeReadable);
        call("update-index", "-z", "--add", "--replace", "--stdin")
                .input(String.join("\0", files) + "\0")
                .done();
    }

    /// One file that an agent closed to reading must not keep all others from being saved.
    private void makeReadable(String path) {
        Path file = checkout.folder().resolve(path);
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && !Files.isReadable(file)) {
            try {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            } catch (IOException e) {
                throw new UncheckedIOException(file + " can't be opened for reading", e);
            }
        }
    }
}
