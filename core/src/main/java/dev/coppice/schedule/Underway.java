package dev.coppice.schedule;

import dev.coppice.model.AgentName;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;

/// The tasks whose attempts run: those that a driver started, with the slots that they hold or lend, and
/// those that somebody outside has claimed.
final class Underway {
    private static final Comparator<TaskState> CLAIM_ORDER =
            Comparator.<TaskState, Instant>comparing(
                            t -> t.claim.map(TaskState.Claim::until).orElse(Instant.MAX))
                    .thenComparingInt(TaskState::order);

    private final SequencedSet<TaskState> running = new LinkedHashSet<>();
    private final NavigableSet<TaskState> claimed = new TreeSet<>(CLAIM_ORDER);
    private final Set<AgentName> claimants = new HashSet<>();

    /// Running attempts that hold a slot, and those that are child jobs.
    private int holding;

    private int delegated;

    void start(TaskState state) {
        running.add(state);
        holding += holdsSlot(state) ? 1 : 0;
        delegated += state.isChild() ? 1 : 0;
    }

    /// The task is claimed, or its claimant has been heard of again.
    void claim(TaskState state, TaskState.Claim claim) {
        claimed.remove(state);
        state.claim = Optional.of(claim);
        claimed.add(state);
        claimants.add(claim.agent());
    }

    void end(TaskState state) {
        holding -= holdsSlot(state) ? 1 : 0;
        delegated -= state.isChild() ? 1 : 0;
        running.remove(state);
        claimed.remove(state);
        state.claim = Optional.empty();
    }

    /// The task's attempt started a child job: while one is open, its slot is lent.
    void childBegins(TaskState by) {
        holding -= holdsSlot(by) ? 1 : 0;
        by.openChildren++;
    }

    /// An attempt that still runs when the last of its child jobs is over takes its slot back.
    void childEnds(TaskState by) {
        by.openChildren--;
        holding += holdsSlot(by) ? 1 : 0;
    }

    /// Whether this attempt of the task runs, be it in a slot of ours or not.
    boolean has(TaskState state, int attempt) {
        return (running.contains(state) || state.claim.isPresent()) && state.attempt == attempt;
    }

    /// Whether a driver started an attempt of the task that runs.
    boolean isRunning(TaskState state) {
        return running.contains(state);
    }

    boolean holdsSlot(TaskState state) {
        return running.contains(state) && !state.isChild() && state.openChildren == 0;
    }

    /// How many attempts hold a slot.
    int holding() {
        return holding;
    }

    /// Whether nothing of a driver's runs but child jobs.
    boolean isQuiet() {
        return running.size() == delegated;
    }

    Collection<TaskState> running() {
        return Collections.unmodifiableCollection(running);
    }

    /// The one first whose claim is stale first.
    Collection<TaskState> claimed() {
        return Collections.unmodifiableCollection(claimed);
    }

    /// When the first claim is stale.
    Optional<Instant> nextStale() {
        return claimed.isEmpty()
                ? Optional.empty()
                : claimed.first().claim.map(TaskState.Claim::until);
    }

    boolean hasClaimed(AgentName agent) {
        return claimants.contains(agent);
    }
}
