package dev.coppice.engine;

import dev.coppice.model.AgentName;
import dev.coppice.model.Settings;
import dev.coppice.schedule.JobState;
import dev.coppice.schedule.Room;
import dev.coppice.schedule.Scheduler;
import dev.coppice.schedule.Step;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// The slots that the jobs of one process share: so many in all, and so many for each agent as the
/// deciding job's settings allow. Jobs are served as they come; none can hold a slot that it does not
/// use. Safe for use by many threads.
public final class Slots {
    private final int total;
    private final Map<AgentName, Integer> used = new HashMap<>();
    private final List<Runnable> waiters = new CopyOnWriteArrayList<>();
    private int usedInAll;

    /// Room for so many running attempts in all.
    ///
    /// @param total at least 1
    public Slots(int total) {
        if (total < 1) {
            throw new IllegalArgumentException("there must be at least one slot, not " + total);
        }
        this.total = total;
    }

    /// Decides with the room there is, and takes a slot for each start decided on.
    synchronized List<Step> decide(JobState state, Instant now) {
        Map<AgentName, Integer> perAgent = new HashMap<>();
        for (Map.Entry<AgentName, Settings.AgentSettings> agent :
                state.settings().agents().configured().entrySet()) {
            perAgent.put(
                    agent.getKey(),
                    agent.getValue().maxConcurrent() - used.getOrDefault(agent.getKey(), 0));
        }
        List<Step> steps = Scheduler.decide(state, now, new Room(total - usedInAll, perAgent));
        for (Step step : steps) {
            if (step instanceof Step.Start start) {
                take(start.agent());
            }
        }
        return steps;
    }

    /// Takes a slot for an attempt that already runs, even where there is none left.
    synchronized void take(AgentName agent) {
        usedInAll++;
        used.merge(agent, 1, Integer::sum);
    }

    void release(AgentName agent) {
        synchronized (this) {
            usedInAll--;
            used.merge(agent, -1, Integer::sum);
        }
        waiters.forEach(Runnable::run);
    }

    /// Runs `waiter`, which returns at once, whenever a slot becomes free.
    public void onRelease(Runnable waiter) {
        waiters.add(waiter);
    }
}
