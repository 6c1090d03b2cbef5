package dev.coppice.git;

import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a checkout was like at one time: equal fingerprints, same checkout.
///
/// @param head where it stood
/// @param states for each file that differed from the commit or was untracked, how, and its size and time of change
public record Fingerprint(Head head, SortedMap<String, String> states) {
    public Fingerprint {
        states = Collections.unmodifiableSortedMap(new TreeMap<>(states));
    }

    /// The files whose state is not the same in the other fingerprint. Empty also where only [#head()]
    /// differs, as after a commit of all that was there.
    public SortedSet<String> changedPaths(Fingerprint other) {
        Set<String> all = new HashSet<>(states.keySet());
        all.addAll(other.states.keySet());
        SortedSet<String> changed = new TreeSet<>();
        for (String path : all) {
            if (!states.getOrDefault(path, "").equals(other.states.getOrDefault(path, ""))) {
                changed.add(path);
            }
        }
        return changed;
    }
}
