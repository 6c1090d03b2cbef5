package dev.coppice.engine;

import dev.coppice.model.AgentName;
import dev.coppice.model.JobId;
import dev.coppice.model.Settings;
import dev.coppice.schedule.JobState;
import dev.coppice.schedule.Room;
import dev.coppice.schedule.Scheduler;
import dev.coppice.schedule.Step;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/// The slots that the jobs of one process share: so many in all, and so many for each agent as the
/// deciding job's settings allow. Jobs are served as they come, but a free slot is left to a job that
/// waits for one and holds fewer. A job that cannot use a slot does not wait for one, so that none is
/// kept empty. Safe for use by many threads.
public final class Slots {
    private final int total;
    private final Share inAll = new Share();
    private final Map<AgentName, Share> byAgent = new HashMap<>();
    private final List<Runnable> wakers = new CopyOnWriteArrayList<>();

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
    List<Step> decide(JobState state, Instant now) {
        List<Step> steps;
        boolean waitsLess = false;
        synchronized (this) {
            Room room = room(state);
            steps = Scheduler.decide(state, now, room);
            if (!hasFacts(steps)) {
                List<Step> wanted = Scheduler.decide(state, now, Room.UNLIMITED);
                waitsLess = waits(state.job(), room, starts(steps), starts(wanted));
            }
            starts(steps).forEach((agent, count) -> take(state.job(), agent, count));
        }
        if (waitsLess) {
            wakeAll();
        }
        return steps;
    }

    private Room room(JobState state) {
        Map<AgentName, Integer> perAgent = new HashMap<>();
        for (Map.Entry<AgentName, Settings.AgentSettings> agent :
                state.settings().agents().configured().entrySet()) {
            int most = agent.getValue().maxConcurrent();
            perAgent.put(agent.getKey(), most - share(agent.getKey()).notFor(state.job()));
        }
        return new Room(Math.max(0, total - inAll.notFor(state.job())), perAgent);
    }

    private Share share(AgentName agent) {
        return byAgent.computeIfAbsent(agent, _ -> new Share());
    }

    /// Notes for what the job waits: what it wanted more of, where there was no more. Returns whether
    /// it waits for something no more, which others may then have.
    private boolean waits(
            JobId job, Room room, Map<AgentName, Integer> got, Map<AgentName, Integer> wanted) {
        boolean waitsLess = inAll.waits(job, room.total(), sum(got), sum(wanted));
        for (Map.Entry<AgentName, Integer> agent : room.perAgent().entrySet()) {
            int has = got.getOrDefault(agent.getKey(), 0);
            int wants = wanted.getOrDefault(agent.getKey(), 0);
            waitsLess |= share(agent.getKey()).waits(job, agent.getValue(), has, wants);
        }
        return waitsLess;
    }

    private static int sum(Map<AgentName, Integer> counts) {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static Map<AgentName, Integer> starts(List<Step> steps) {
        Map<AgentName, Integer> starts = new HashMap<>();
        for (Step step : steps) {
            if (step instanceof Step.Start start) {
                starts.merge(start.agent(), 1, Integer::sum);
            }
        }
        return starts;
    }

    /// Whether something must be written before it is known what can start.
    private static boolean hasFacts(List<Step> steps) {
        return steps.stream()
                .anyMatch(step ->
                        switch (step) {
                            case Step.Write _, Step.Retry _, Step.Pause _ -> true;
                            case Step.Start _, Step.Stop _ -> false;
                        });
    }

    /// Takes a slot for an attempt that already runs, even where there is none left.
    synchronized void take(JobId job, AgentName agent) {
        take(job, agent, 1);
    }

    private void take(JobId job, AgentName agent, int count) {
        inAll.add(job, count);
        share(agent).add(job, count);
    }

    void release(JobId job, AgentName agent) {
        synchronized (this) {
            inAll.add(job, -1);
            share(agent).add(job, -1);
        }
        wakeAll();
    }

    /// The job waits for no slot any more.
    void leave(JobId job) {
        boolean waited;
        synchronized (this) {
            waited = inAll.waiting.remove(job);
            for (Share share : byAgent.values()) {
                waited |= share.waiting.remove(job);
            }
        }
        if (waited) {
            wakeAll();
        }
    }

    private void wakeAll() {
        wakers.forEach(Runnable::run);
    }

    /// Runs `waker`, which returns at once, whenever a slot may have become free.
    public void onRelease(Runnable waker) {
        wakers.add(waker);
    }

    /// The slots of one kind: who holds how many, and who waits for more.
    private static final class Share {
        private final Map<JobId, Integer> held = new HashMap<>();
        private final Set<JobId> waiting = new HashSet<>();
        private int used;

        private void add(JobId job, int count) {
            used += count;
            held.merge(job, count, Integer::sum);
            held.remove(job, 0);
        }

        /// How many slots `job` cannot have: those in use, and one for each job that waits and holds
        /// fewer.
        private int notFor(JobId job) {
            int mine = held.getOrDefault(job, 0);
            int others = 0;
            for (JobId other : waiting) {
                if (held.getOrDefault(other, 0) < mine) {
                    others++;
                }
            }
            return used + others;
        }

        /// Notes whether the job waits; returns whether it did and does no more.
        private boolean waits(JobId job, int room, int got, int wanted) {
            if (wanted > got && got >= room) {
                waiting.add(job);
                return false;
            }
            return waiting.remove(job);
        }
    }
}
