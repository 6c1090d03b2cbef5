package dev.coppice.merge;

import dev.coppice.model.CommitId;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The commits between some heads and what they are joined onto, as a graph.
///
/// @param parents every commit that a head contains and the floor does not, with its parents
/// @param floor what the heads are joined onto
record Ancestry(Map<CommitId, List<CommitId>> parents, CommitId floor) {
    /// The heads that are in the floor or below another head.
    Set<CommitId> contained(Collection<CommitId> heads) {
        Set<CommitId> below = new HashSet<>();
        Deque<CommitId> open = new ArrayDeque<>();
        heads.forEach(head -> open.addAll(parents.getOrDefault(head, List.of())));
        while (!open.isEmpty()) {
            CommitId commit = open.pop();
            if (below.add(commit)) {
                open.addAll(parents.getOrDefault(commit, List.of()));
            }
        }
        Set<CommitId> contained = new HashSet<>(heads);
        contained.removeIf(head -> parents.containsKey(head) && !below.contains(head));
        return contained;
    }

    /// Whether a head contains the floor.
    boolean containsFloor(CommitId head) {
        return parents.containsKey(head) && outside(head, new HashSet<>()).contains(floor);
    }

    /// The one commit that is the best common ancestor of the floor and of each head, and of every two heads, if there
    /// is such a commit: no head shares a commit above the floor with another, and all leave from one place.
    Optional<CommitId> commonBase(Collection<CommitId> heads) {
        Set<CommitId> seen = new HashSet<>();
        Set<CommitId> bases = new HashSet<>();
        for (CommitId head : heads) {
            Set<CommitId> own = new HashSet<>();
            bases.addAll(outside(head, own));
            for (CommitId commit : own) {
                if (!seen.add(commit)) {
                    return Optional.empty();
                }
            }
        }
        return bases.size() == 1 ? bases.stream().findAny() : Optional.empty();
    }

    /// The parents outside the graph of what `head` contains in it, which is added to `own`.
    private Set<CommitId> outside(CommitId head, Set<CommitId> own) {
        Set<CommitId> outside = new HashSet<>();
        Deque<CommitId> open = new ArrayDeque<>(List.of(head));
        while (!open.isEmpty()) {
            CommitId commit = open.pop();
            List<CommitId> above = parents.get(commit);
            if (above == null) {
                outside.add(commit);
            } else if (own.add(commit)) {
                open.addAll(above);
            }
        }
        return outside;
    }
}
