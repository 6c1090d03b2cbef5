package dev.coppice.schedule;

import dev.coppice.model.AgentName;
import dev.coppice.model.TaskStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The tasks that lack nothing but their turn or their time: those that wait for a slot, in a lane for
/// each agent, the child jobs that are to be seen to, and those that wait for the time of a retry.
final class Waiting {
    static final Comparator<TaskState> DISPATCH_ORDER =
            Comparator.<TaskState>comparingInt(t -> t.task().priority())
                    .thenComparing(
                            Comparator.<TaskState>comparingLong(t -> t.remainingPathMillis)
                                    .reversed())
                    .thenComparingInt(TaskState::order);

    private static final Comparator<TaskState> RETRY_ORDER =
            Comparator.<TaskState, Instant>comparing(t -> t.retryAt.orElse(Instant.MIN))
                    .thenComparingInt(TaskState::order);

    private final Map<AgentName, NavigableSet<TaskState>> ready = new TreeMap<>();
    private final NavigableSet<TaskState> readyChildren = new TreeSet<>(DISPATCH_ORDER);
    private final NavigableSet<TaskState> retrying = new TreeSet<>(RETRY_ORDER);

    void ready(TaskState state) {
        state.status = TaskStatus.READY;
        lane(state).add(state);
    }

    void retry(TaskState state, Instant at) {
        state.status = TaskStatus.RETRYING;
        state.retryAt = Optional.of(at);
        retrying.add(state);
    }

    void leave(TaskState state) {
        lane(state).remove(state);
        retrying.remove(state);
        state.retryAt = Optional.empty();
    }

    private NavigableSet<TaskState> lane(TaskState state) {
        if (state.isChild()) {
            return readyChildren;
        }
        return ready.computeIfAbsent(state.task().agent(), _ -> new TreeSet<>(DISPATCH_ORDER));
    }

    /// Changes what the order of dispatch is made of: what is ready must not stand in it meanwhile.
    void reorder(Set<TaskState> these, Runnable change) {
        List<TaskState> taken = these.stream().filter(state -> lane(state).remove(state)).toList();
        change.run();
        taken.forEach(state -> lane(state).add(state));
    }

    /// Takes the tasks out whose time has come.
    List<TaskState> takeRetries(Instant now) {
        List<TaskState> taken = new ArrayList<>();
        while (nextRetry().filter(at -> !at.isAfter(now)).isPresent()) {
            TaskState state = retrying.removeFirst();
            state.retryAt = Optional.empty();
            taken.add(state);
        }
        return taken;
    }

    /// When the first retry's time comes.
    Optional<Instant> nextRetry() {
        return retrying.isEmpty() ? Optional.empty() : retrying.first().retryAt;
    }

    /// What is ready for each agent, the foremost first.
    Map<AgentName, NavigableSet<TaskState>> ready() {
        return ready;
    }

    /// The agents for which something is ready.
    Stream<AgentName> agents() {
        return ready.entrySet().stream()
                .filter(e -> !e.getValue().isEmpty())
                .map(Map.Entry::getKey);
    }

    /// The foremost of what is ready and wanted, whatever its agent.
    Optional<TaskState> first(Predicate<TaskState> isWanted) {
        return ready.values().stream()
                .flatMap(lane -> lane.stream().filter(isWanted).findFirst().stream())
                .min(DISPATCH_ORDER);
    }

    Collection<TaskState> readyChildren() {
        return readyChildren;
    }
}
