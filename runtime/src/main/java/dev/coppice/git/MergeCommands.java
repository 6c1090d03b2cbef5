package dev.coppice.git;

import dev.coppice.model.CommitId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.UUID;

/// The git commands that merging without a checkout is made of. No ref and no file of a checkout is touched. Safe for
/// use by many threads.
public final class MergeCommands {
    private final Git git;

    MergeCommands(Git git) {
        this.git = git;
    }

    /// Which side a conflicting part is taken from.
    public enum Side {
        OURS,
        THEIRS
    }

    /// Merges two commits by their common ancestors, with the attributes that hold in `checkout`.
    public MergedTree merge(Checkout checkout, CommitId ours, CommitId theirs) {
        GitCall call =
                checkout.call("merge-tree", "--write-tree", "-z", "--messages").with(ours, theirs);
        GitAnswer answer = call.answer();
        if (answer.exit() != 0 && answer.exit() != 1) {
            throw call.failure(answer);
        }
        return read(answer.fields());
    }

    /// Reads `TREE`, entries `MODE ID STAGE<TAB>PATH`, an empty field, then messages: `COUNT`, that many paths, the
    /// kind, the text.
    private static MergedTree read(List<String> fields) {
        TreeId tree = new TreeId(fields.getFirst());
        SequencedMap<String, Map<Integer, TreeEntry>> stages = new LinkedHashMap<>();
        int at = 1;
        for (; at < fields.size() && !fields.get(at).isEmpty(); at++) {
            String[] entryAndPath = fields.get(at).split("\t", 2);
            String[] entry = entryAndPath[0].split(" ", -1);
            stages.computeIfAbsent(entryAndPath[1], _ -> new HashMap<>())
                    .put(Integer.parseInt(entry[2]), new TreeEntry(entry[0], entry[1]));
        }
        Map<String, List<String>> kinds = kinds(fields, at + 1);
        List<MergedTree.Conflict> conflicts = new ArrayList<>();
        stages.forEach((path, sides) ->
                conflicts.add(
                        new MergedTree.Conflict(
                                path,
                                Optional.ofNullable(sides.get(1)),
                                Optional.ofNullable(sides.get(2)),
                                Optional.ofNullable(sides.get(3)),
                                kinds.getOrDefault(path, List.of()))));
        return new MergedTree(tree, conflicts);
    }

    private static Map<String, List<String>> kinds(List<String> fields, int start) {
        Map<String, List<String>> kinds = new HashMap<>();
        int at = start;
        while (at < fields.size()) {
            int count = Integer.parseInt(fields.get(at));
            String kind = fields.get(at + count + 1);
            for (String path : fields.subList(at + 1, at + 1 + count)) {
                kinds.computeIfAbsent(path, _ -> new ArrayList<>()).add(kind);
            }
            at += count + 3;
        }
        return kinds;
    }

    /// The content of a merged file in which conflicting parts are taken from one side; empty if the contents are not
    /// text.
    ///
    /// @param base empty if the file came into being on both sides
    public Optional<byte[]> mergeFile(
            TreeEntry ours, Optional<TreeEntry> base, TreeEntry theirs, Side side) {
        try {
            Path home = Files.createDirectories(git.commonFolder().resolve("coppice"));
            Path folder = Files.createTempDirectory(home, "merge-");
            try {
                byte[] nothing = {};
                GitCall call =
                        git.discovering(folder, "merge-file", "-p", "--quiet")
                                .with(side == Side.OURS ? "--ours" : "--theirs")
                                .with(
                                        Files.write(folder.resolve("ours"), blob(ours)),
                                        Files.write(
                                                folder.resolve("base"),
                                                base.map(this::blob).orElse(nothing)),
                                        Files.write(folder.resolve("theirs"), blob(theirs)));
                GitAnswer answer = call.answer();
                if (answer.exit() == 0) {
                    return Optional.of(answer.output());
                }
                if (answer.errors().contains("Cannot merge binary files")) {
                    return Optional.empty();
                }
                throw call.failure(answer);
            } finally {
                Leftovers.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no room to merge a file", e);
        }
    }

    private byte[] blob(TreeEntry entry) {
        return git.call("cat-file", "blob", entry.object()).done().output();
    }

    /// Stores a file's content and gives the entry for it.
    public TreeEntry writeFile(String mode, byte[] content) {
        return new TreeEntry(
                mode, git.call("hash-object", "-w", "--stdin").input(content).done().text());
    }

    /// A tree with some paths taken away and others put in; what lies in the way of these goes.
    public TreeId edited(TreeId tree, Collection<String> removed, Map<String, TreeEntry> placed) {
        StringBuilder lines = new StringBuilder();
        removed.forEach(path -> lines.append(TreeEntry.absent(tree.value()).indexInfo(path)));
        placed.forEach((path, entry) -> lines.append(entry.indexInfo(path)));
        try (ScratchIndex index = ScratchIndex.empty(git)) {
            git.call("read-tree").with(tree).variable("GIT_INDEX_FILE", index.file()).done();
            git.call("update-index", "--replace", "-z", "--index-info")
                    .variable("GIT_INDEX_FILE", index.file())
                    .input(lines.toString())
                    .done();
            return new TreeId(
                    git.call("write-tree").variable("GIT_INDEX_FILE", index.file()).done().text());
        }
    }

    /// For each commit the files in which it differs from `base`, by one process.
    public Map<CommitId, List<TreeChange>> changes(CommitId base, Collection<CommitId> commits) {
        StringBuilder pairs = new StringBuilder();
        commits.forEach(commit -> pairs.append(commit).append(' ').append(base).append('\n'));
        List<String> fields =
                git.call("diff-tree", "--stdin", "-r", "-z", "--raw", "--no-renames")
                        .input(pairs.toString())
                        .done()
                        .fields();
        Map<CommitId, List<TreeChange>> changes = new HashMap<>();
        commits.forEach(commit -> changes.put(commit, new ArrayList<>()));
        List<TreeChange> current = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).startsWith(":")) {
                current.add(TreeChange.read(fields.get(i), fields.get(i + 1)));
                i++;
            } else {
                current =
                        changes.computeIfAbsent(
                                new CommitId(fields.get(i)), _ -> new ArrayList<>());
            }
        }
        return changes;
    }

    /// A merge whose outcome is known beforehand.
    ///
    /// @param incoming the commit that is merged
    /// @param changes what it brings, applied to what is there as it is
    public record KnownMerge(
            CommitId incoming,
            List<TreeChange> changes,
            Authorship authorship,
            CommitMessage message) {
        public KnownMerge {
            changes = List.copyOf(changes);
        }
    }

    /// Writes a chain of merge commits onto a commit, by one process, and gives the last.
    ///
    /// The form is that of `git fast-import`. Its commits need a ref, which is taken away in the same breath and never
    /// stored.
    public CommitId writeMerges(CommitId onto, List<KnownMerge> merges) {
        String ref = "refs/coppice/attempts/joining/" + UUID.randomUUID();
        StringBuilder stream = new StringBuilder("feature done\n");
        String parent = onto.value();
        for (int i = 0; i < merges.size(); i++) {
            KnownMerge merge = merges.get(i);
            String message = merge.message().toString();
            stream.append("commit ").append(ref).append("\nmark :").append(i + 1).append('\n');
            stream.append(merge.authorship().authorLine()).append('\n');
            stream.append(merge.authorship().committerLine()).append('\n');
            stream.append("data ")
                    .append(message.getBytes(StandardCharsets.UTF_8).length)
                    .append('\n')
                    .append(message)
                    .append('\n');
            stream.append("from ").append(parent).append('\n');
            stream.append("merge ").append(merge.incoming()).append('\n');
            merge.changes().forEach(change -> stream.append(fileCommand(change)));
            parent = ":" + (i + 1);
        }
        stream.append("get-mark ").append(parent).append('\n');
        stream.append("reset ").append(ref).append("\nfrom ");
        stream.append(ObjectIds.noneLike(onto.value())).append("\n\ndone\n");
        return new CommitId(
                git.call("fast-import", "--quiet").input(stream.toString()).done().text());
    }

    private static String fileCommand(TreeChange change) {
        String path =
                '"'
                        + change.path()
                                .replace("\\", "\\\\")
                                .replace("\"", "\\\"")
                                .replace("\n", "\\n")
                        + '"';
        TreeEntry after = change.after();
        return after.isAbsent()
                ? "D " + path + "\n"
                : "M " + after.mode() + " " + after.object() + " " + path + "\n";
    }
}
