package dev.coppice.schedule;

import dev.coppice.model.AgentName;
import java.util.HashMap;
import java.util.Map;

/// How many attempts may start now, as far as other jobs leave room.
///
/// @param total in all
/// @param perAgent for each agent that has a limit of its own
/// @param ofFamily slots that the job may hold, as far as the jobs of its family leave any
public record Room(int total, Map<AgentName, Integer> perAgent, int ofFamily) {
    public Room {
        perAgent = Map.copyOf(perAgent);
    }

    /// Room that no family limits.
    public Room(int total, Map<AgentName, Integer> perAgent) {
        this(total, perAgent, Integer.MAX_VALUE);
    }

    /// Room without an end.
    public static final Room UNLIMITED = new Room(Integer.MAX_VALUE, Map.of());

    /// A count that starts at this room and shrinks as attempts are started.
    Count count() {
        return new Count(total, new HashMap<>(perAgent));
    }

    /// What is left while a decision is being made.
    static final class Count {
        private int total;
        private final Map<AgentName, Integer> perAgent;

        private Count(int total, Map<AgentName, Integer> perAgent) {
            this.total = total;
            this.perAgent = perAgent;
        }

        /// Takes room for one attempt of `agent`; false where there is none.
        boolean take(AgentName agent) {
            if (total <= 0 || perAgent.getOrDefault(agent, Integer.MAX_VALUE) <= 0) {
                return false;
            }
            total--;
            perAgent.computeIfPresent(agent, (_, left) -> left - 1);
            return true;
        }
    }
}
