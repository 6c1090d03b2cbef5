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
/// kept empty. A root job and all that came of it together hold no more than the root job alone may,
/// and at each depth no more than `workers_by_depth` says. Safe for use by many threads.
public final class Slots {
    private final int total;
    private final Share inAll = new Share();
    private final Map<AgentName, Share> byAgent = new HashMap<>();
    private final Map<JobId, Family> families = new HashMap<>();
    private int lent;
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
                Room unlimited = new Room(Integer.MAX_VALUE, Map.of(), room.ofFamily());
                List<Step> wanted = Scheduler.decide(state, now, unlimited);
                waitsLess = waits(state.job(), room, starts(steps), starts(wanted));
            }
            starts(steps).forEach((agent, count) -> take(state, agent, count));
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
        return new Room(
                Math.max(0, total - inAll.notFor(state.job())), perAgent, roomOfFamily(state));
    }

    /// So many slots as the job holds, and those that its family leaves: of all, and at its depth.
    private int roomOfFamily(JobState state) {
        Family family = families.getOrDefault(root(state), new Family());
        int inFamily = state.request().parent().map(p -> p.family().slots()).orElse(state.slots());
        int mine = inAll.held.getOrDefault(state.job(), 0);
        int atDepth = state.settings().recursion().slots(depth(state), Integer.MAX_VALUE);
        return mine
                + Math.max(
                        0,
                        Math.min(
                                inFamily - family.used,
                                atDepth - family.usedAtDepth.getOrDefault(depth(state), 0)));
    }

    private static JobId root(JobState state) {
        return state.request().root(state.job());
    }

    private static int depth(JobState state) {
        return state.request().depth();
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
                            case Step.Start _, Step.Stop _, Step.Delegate _ -> false;
                        });
    }

    /// Takes a slot for an attempt that already runs, even where there is none left.
    synchronized void take(JobState state, AgentName agent) {
        take(state, agent, 1);
    }

    private void take(JobState state, AgentName agent, int count) {
        inAll.add(state.job(), count);
        share(agent).add(state.job(), count);
        Family family = families.computeIfAbsent(root(state), _ -> new Family());
        family.add(depth(state), count);
        if (family.used == 0) {
            families.remove(root(state));
        }
    }

    void release(JobState state, AgentName agent) {
        synchronized (this) {
            take(state, agent, -1);
        }
        wakeAll();
    }

    /// An attempt waits for jobs that it started, which may have its slot meanwhile.
    void lend(JobState state, AgentName agent) {
        synchronized (this) {
            lent++;
        }
        release(state, agent);
    }

    /// Such an attempt waits no more. It runs already, so it takes a slot even where there is none left.
    synchronized void takeBack(JobState state, AgentName agent) {
        lent--;
        take(state, agent, 1);
    }

    /// Whether one more attempt may wait for jobs that it starts. Its process lives on beside those in
    /// slots, so there are at most so many of them as there are slots.
    synchronized boolean mayLend() {
        return lent < total;
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

    /// The slots that a root job and all that came of it hold, by their depth.
    private static final class Family {
        private final Map<Integer, Integer> usedAtDepth = new HashMap<>();
        private int used;

        private void add(int depth, int count) {
            used += count;
            usedAtDepth.merge(depth, count, Integer::sum);
        }
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
