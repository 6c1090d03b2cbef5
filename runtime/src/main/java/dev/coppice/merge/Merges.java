package dev.coppice.merge;

import dev.coppice.git.Checkout;
import dev.coppice.git.CommitDraft;
import dev.coppice.git.Committed;
import dev.coppice.git.Git;
import dev.coppice.git.MergeCommands;
import dev.coppice.git.MergedTree;
import dev.coppice.git.TreeChange;
import dev.coppice.git.TreeId;
import dev.coppice.git.WorkOrder;
import dev.coppice.model.CommitId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;

/// The room's door: joins heads of one repository. Safe for use by many threads.
public final class Merges {
    private final Git git;

    /// Joins heads of `git`'s repository.
    public Merges(Git git) {
        this.git = git;
    }

    /// Joins heads in memory, in their order: those that neither another head nor the place they are joined onto
    /// contains, each by one merge commit. One head alone that contains that place is the result itself.
    ///
    /// No ref moves. The cost is three git processes for all heads that keep clear of each other, and three for each
    /// other one.
    public Joining join(JoinOrder order) {
        List<CommitId> heads = order.incoming().stream().map(Incoming::commit).toList();
        if (heads.isEmpty()) {
            return new Joining.Joined(order.onto(), new LinkedHashMap<>());
        }
        Ancestry ancestry = new Ancestry(git.commits().above(heads, order.onto()), order.onto());
        Set<CommitId> contained = ancestry.contained(heads);
        SequencedMap<CommitId, Incoming> toMerge = new LinkedHashMap<>();
        SequencedMap<String, Joining.Fate> fates = new LinkedHashMap<>();
        for (Incoming incoming : order.incoming()) {
            boolean isNew =
                    !contained.contains(incoming.commit())
                            && toMerge.putIfAbsent(incoming.commit(), incoming) == null;
            fates.put(
                    incoming.label(), isNew ? Joining.Fate.MERGED : Joining.Fate.ALREADY_CONTAINED);
        }
        if (toMerge.size() == 1 && ancestry.containsFloor(toMerge.firstEntry().getKey())) {
            return new Joining.Joined(toMerge.firstEntry().getKey(), fates);
        }
        Optional<CommitId> base = ancestry.commonBase(toMerge.keySet());
        Run run = new Run(order);
        Optional<Joining.Conflict> conflict =
                base.isPresent()
                        ? run.mergeFrom(base.get(), List.copyOf(toMerge.values()))
                        : run.mergeEach(List.copyOf(toMerge.values()));
        return conflict.isPresent() ? conflict.get() : new Joining.Joined(run.soFar, fates);
    }

    /// One joining under way.
    private final class Run {
        private final JoinOrder order;
        private final MergeCommands commands = git.mergeCommands();
        private final List<String> merged = new ArrayList<>();
        private CommitId soFar;

        Run(JoinOrder order) {
            this.order = order;
            this.soFar = order.onto();
        }

        Optional<Joining.Conflict> mergeEach(List<Incoming> incoming) {
            for (Incoming one : incoming) {
                Optional<Joining.Conflict> conflict = mergeByGit(one);
                if (conflict.isPresent()) {
                    return conflict;
                }
            }
            return Optional.empty();
        }

        /// Merges heads that all left from `base`: those that keep clear of what is there already in groups, the others
        /// one by one between them, so that the order stays.
        Optional<Joining.Conflict> mergeFrom(CommitId base, List<Incoming> incoming) {
            List<CommitId> sides = new ArrayList<>(List.of(soFar));
            incoming.forEach(one -> sides.add(one.commit()));
            Map<CommitId, List<TreeChange>> changes = commands.changes(base, sides);
            Touched touched = new Touched(changes.getOrDefault(soFar, List.of()));
            List<MergeCommands.KnownMerge> group = new ArrayList<>();
            for (Incoming one : incoming) {
                List<TreeChange> brought = changes.getOrDefault(one.commit(), List.of());
                if (touched.addIfClear(brought)) {
                    group.add(
                            new MergeCommands.KnownMerge(
                                    one.commit(), brought, order.authorship(), one.message()));
                    merged.add(one.label());
                    continue;
                }
                write(group);
                Optional<Joining.Conflict> conflict = mergeByGit(one);
                if (conflict.isPresent()) {
                    return conflict;
                }
                if (touched.isOpen()) {
                    touched =
                            new Touched(
                                    commands.changes(base, List.of(soFar))
                                            .getOrDefault(soFar, List.of()));
                }
            }
            write(group);
            return Optional.empty();
        }

        private void write(List<MergeCommands.KnownMerge> group) {
            if (!group.isEmpty()) {
                soFar = commands.writeMerges(soFar, group);
                group.clear();
            }
        }

        private Optional<Joining.Conflict> mergeByGit(Incoming incoming) {
            MergedTree tree = commands.merge(order.checkout(), soFar, incoming.commit());
            Optional<TreeId> settled =
                    tree.isClean() ? Optional.of(tree.tree()) : settle(incoming, tree);
            if (settled.isEmpty()) {
                return Optional.of(
                        new Joining.Conflict(soFar, incoming, tree.conflictedPaths(), merged));
            }
            soFar =
                    git.commits()
                            .write(
                                    new CommitDraft(
                                            settled.get(),
                                            List.of(soFar, incoming.commit()),
                                            order.authorship(),
                                            incoming.message()));
            merged.add(incoming.label());
            return Optional.empty();
        }

        private Optional<TreeId> settle(Incoming incoming, MergedTree tree) {
            return switch (order.policy()) {
                case STOP -> Optional.empty();
                case OURS -> settlement(incoming, MergeCommands.Side.OURS).settle(tree);
                case THEIRS -> settlement(incoming, MergeCommands.Side.THEIRS).settle(tree);
            };
        }

        private Settlement settlement(Incoming incoming, MergeCommands.Side side) {
            return new Settlement(commands, side, soFar, incoming.commit());
        }
    }

    /// Lays a conflict out in a worktree of ours that stands on [Joining.Conflict#soFar], as `git merge` would leave it.
    ///
    /// @return the files in conflict, with markers where they are texts
    public List<String> prepare(Checkout worktree, Joining.Conflict conflict) {
        return worktree.beginMerge(conflict.incoming().commit(), conflict.incoming().label());
    }

    /// Commits what a resolver made of a prepared conflict as a merge with two parents, unless a marker is left.
    ///
    /// @param order how to commit; what it says about merged commits is replaced by the conflict's head
    public Resolution conclude(Checkout worktree, Joining.Conflict conflict, WorkOrder order) {
        Pattern marker =
                Pattern.compile(
                        "(<{7,} HEAD|>{7,} (%s|%s))\r?"
                                .formatted(
                                        Pattern.quote(
                                                oneCharacterAByte(
                                                        conflict.incoming()
                                                                .label()
                                                                .getBytes(StandardCharsets.UTF_8))),
                                        conflict.incoming().commit()));
        List<String> unresolved =
                conflict.files().stream()
                        .filter(file -> hasLine(worktree.folder().resolve(file), marker))
                        .toList();
        if (!unresolved.isEmpty()) {
            return new Resolution.MarkersLeft(unresolved);
        }
        WorkOrder merge =
                new WorkOrder(
                        order.branch(),
                        order.base(),
                        order.exclusions(),
                        List.of(conflict.incoming().commit()),
                        order.authorship(),
                        order.message());
        return switch (worktree.commit(merge)) {
            case Committed.Done(CommitId commit) -> new Resolution.Resolved(commit);
            case Committed.NestedRepositories(List<String> paths) ->
                    new Resolution.NestedRepositories(paths);
        };
    }

    private static boolean hasLine(Path file, Pattern whole) {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try {
            return oneCharacterAByte(Files.readAllBytes(file))
                    .lines()
                    .anyMatch(line -> whole.matcher(line).matches());
        } catch (IOException e) {
            throw new UncheckedIOException(file + " can't be read", e);
        }
    }

    /// A form in which any content can be compared, whatever its encoding.
    private static String oneCharacterAByte(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
