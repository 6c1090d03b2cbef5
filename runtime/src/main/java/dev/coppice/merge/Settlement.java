package dev.coppice.merge;

import dev.coppice.git.MergeCommands;
import dev.coppice.git.MergedTree;
import dev.coppice.git.TreeEntry;
import dev.coppice.git.TreeId;
import dev.coppice.model.CommitId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/// Settles the conflicts of one merge in favour of one side: in texts only the conflicting parts, else (a deleted or
/// binary file, a link, a submodule, a file where the other side has a folder) the whole file.
final class Settlement {
    private final MergeCommands commands;
    private final MergeCommands.Side side;

    /// Where git could not leave both sides at one path it adds `~` and the side's name, here its commit.
    private final Pattern aside;

    Settlement(MergeCommands commands, MergeCommands.Side side, CommitId ours, CommitId theirs) {
        this.commands = commands;
        this.side = side;
        this.aside = Pattern.compile("~(" + ours + "|" + theirs + ")(_\\d+)?$");
    }

    /// The merged tree without conflicts; empty if a path can't be given back to git.
    Optional<TreeId> settle(MergedTree merged) {
        SequencedMap<String, List<MergedTree.Conflict>> byPath = new LinkedHashMap<>();
        for (MergedTree.Conflict conflict : merged.conflicts()) {
            if (!conflict.hasTruePath()) {
                return Optional.empty();
            }
            if (!isOnlyPlaceInDoubt(conflict)) {
                String path = aside.matcher(conflict.path()).replaceFirst("");
                byPath.computeIfAbsent(path, _ -> new ArrayList<>()).add(conflict);
            }
        }
        List<String> removed = new ArrayList<>();
        Map<String, TreeEntry> placed = new HashMap<>();
        byPath.forEach((path, conflicts) -> {
            conflicts.forEach(conflict -> removed.add(conflict.path()));
            settled(conflicts).ifPresent(entry -> placed.put(path, entry));
        });
        return Optional.of(
                removed.isEmpty()
                        ? merged.tree()
                        : commands.edited(merged.tree(), removed, placed));
    }

    /// A file that one side made in a folder that the other side renamed: git has put it into the new folder and asks
    /// whether that is right. Nobody's work is in conflict.
    private static boolean isOnlyPlaceInDoubt(MergedTree.Conflict conflict) {
        return conflict.kinds().stream()
                .anyMatch(kind -> kind.contains("directory rename suggested"));
    }

    private Optional<TreeEntry> settled(List<MergedTree.Conflict> conflicts) {
        Optional<TreeEntry> base =
                first(conflicts.stream().map(MergedTree.Conflict::base).toList());
        Optional<TreeEntry> ours =
                first(conflicts.stream().map(MergedTree.Conflict::ours).toList());
        Optional<TreeEntry> theirs =
                first(conflicts.stream().map(MergedTree.Conflict::theirs).toList());
        Optional<TreeEntry> chosen =
                switch (side) {
                    case OURS -> ours;
                    case THEIRS -> theirs;
                };
        boolean areTexts =
                ours.filter(TreeEntry::isFile).isPresent()
                        && theirs.filter(TreeEntry::isFile).isPresent()
                        && conflicts.stream().noneMatch(Settlement::isBinary);
        if (!areTexts) {
            return chosen;
        }
        Optional<TreeEntry> baseFile = base.filter(TreeEntry::isFile);
        String mode = mode(ours.orElseThrow(), baseFile, theirs.orElseThrow());
        return commands.mergeFile(ours.orElseThrow(), baseFile, theirs.orElseThrow(), side)
                .map(content -> commands.writeFile(mode, content))
                .or(() -> chosen);
    }

    private static Optional<TreeEntry> first(List<Optional<TreeEntry>> entries) {
        return entries.stream().flatMap(Optional::stream).findFirst();
    }

    private static boolean isBinary(MergedTree.Conflict conflict) {
        return conflict.kinds().stream().anyMatch(kind -> kind.contains("binary"));
    }

    /// The mode that one side changed; where both did, the chosen side's.
    private String mode(TreeEntry ours, Optional<TreeEntry> base, TreeEntry theirs) {
        String before = base.map(TreeEntry::mode).orElse("");
        if (ours.mode().equals(before)) {
            return theirs.mode();
        }
        if (theirs.mode().equals(before)) {
            return ours.mode();
        }
        return switch (side) {
            case OURS -> ours.mode();
            case THEIRS -> theirs.mode();
        };
    }
}
