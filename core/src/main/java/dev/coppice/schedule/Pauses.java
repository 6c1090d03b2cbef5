package dev.coppice.schedule;

import dev.coppice.model.AgentName;
import dev.coppice.model.Event;
import dev.coppice.model.Outcome;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// The pauses that the agents' providers want, as one job knows of them. A pause is first due, then
/// recorded, then in force until its end.
final class Pauses {
    private final SequencedMap<AgentName, Step> due = new LinkedHashMap<>();
    private final Map<AgentName, Instant> until = new HashMap<>();
    private final Map<AgentName, Integer> inARow = new HashMap<>();

    /// A provider wants a pause. An end that it does not name, or that has passed, is to be drawn;
    /// attempts that were under way when a pause began meet the same limit and draw no other.
    void wanted(AgentName agent, Outcome.RateLimited limited, Instant at) {
        Optional<Instant> end = limited.until().filter(named -> named.isAfter(at));
        if (end.isPresent()) {
            Event pause = new Event.AgentPaused(agent, end.get(), limited.message());
            due.put(agent, new Step.Write(pause));
        } else if (!isPaused(agent, at)) {
            int times = inARow.merge(agent, 1, Integer::sum) - 1;
            due.put(agent, new Step.Pause(agent, times, limited.message()));
        }
    }

    /// A provider let an attempt come to its end.
    void answered(AgentName agent) {
        inARow.remove(agent);
    }

    void recorded(Event.AgentPaused pause) {
        due.remove(pause.agent());
        until.merge(pause.agent(), pause.until(), (a, b) -> a.isAfter(b) ? a : b);
    }

    Collection<Step> due() {
        return due.values();
    }

    boolean isPaused(AgentName agent, Instant now) {
        return due.containsKey(agent) || end(agent).filter(now::isBefore).isPresent();
    }

    /// The end of the agent's last pause.
    Optional<Instant> end(AgentName agent) {
        return Optional.ofNullable(until.get(agent));
    }
}
