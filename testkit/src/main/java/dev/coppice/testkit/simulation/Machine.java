package dev.coppice.testkit.simulation;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.engine.Dispatch;
import dev.coppice.model.Discovery;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.Outcome;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Reason;
import dev.coppice.model.Resources;
import dev.coppice.model.Settings;
import dev.coppice.model.TaskId;
import dev.coppice.model.Usage;
import dev.coppice.model.WorkResult;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The machine on which attempts run. They may outlive the process that started them, as real agents
/// do, and what they came to can then still be found.
final class Machine {
    /// @param number from 1
    record Key(JobId job, TaskId task, int number) {}

    private static final long STOP_GRACE_MILLIS = 2_000;

    private final World world;
    private final Map<Key, Attempt> attempts = new LinkedHashMap<>();
    private final Set<Key> everStarted = new HashSet<>();

    Machine(World world) {
        this.world = world;
    }

    Dispatch dispatchOf(Orchestrator owner) {
        return new DispatchOf(owner);
    }

    /// The owner died: some of what it started dies with it, the rest lives on without it.
    void orphan(Orchestrator owner) {
        for (Attempt attempt : List.copyOf(attempts.values())) {
            if (attempt.owner == owner) {
                attempt.owner = null;
                if (!world.happens(world.weather().outlives())) {
                    attempt.over = true;
                    attempts.remove(attempt.key);
                }
            }
        }
    }

    /// The attempts of a job of which `owner` will still be told how they ended.
    Set<Key> owed(Orchestrator owner, JobId job) {
        Set<Key> owed = new HashSet<>();
        for (Attempt attempt : attempts.values()) {
            if (attempt.owner == owner && attempt.key.job().equals(job)) {
                owed.add(attempt.key);
            }
        }
        return owed;
    }

    List<Key> left() {
        return List.copyOf(attempts.keySet());
    }

    /// The attempts that take a slot of the owner: not those of a job that another has taken over.
    private Stream<Attempt> living(Orchestrator owner) {
        return attempts.values().stream()
                .filter(a -> a.owner == owner && !a.over && !a.waits && owner.drives(a.key.job()));
    }

    private long livingLike(Orchestrator owner, Attempt like) {
        return living(owner)
                .filter(a -> a.order.task().agent().equals(like.order.task().agent()))
                .count();
    }

    private static Key key(AttemptOrder order) {
        return new Key(order.job(), order.task().id(), order.attempt());
    }

    /// One attempt. It stays on the machine until its owner was told how it ended.
    private final class Attempt {
        private final Key key;
        private final AttemptOrder order;
        private @Nullable Orchestrator owner;
        private Dispatch.Reports reports;
        private Optional<Event> end = Optional.empty();
        private boolean over;
        private boolean reaped;
        private boolean stopping;
        private boolean waits;

        private Attempt(AttemptOrder order, Orchestrator owner, Dispatch.Reports reports) {
            this.key = key(order);
            this.order = order;
            this.owner = owner;
            this.reports = reports;
        }

        private void run() {
            Behaviour.Ending ending = world.behaviour().of(order);
            long limit = order.timeout().toMillis();
            world.time().in(1, () -> tell(started()));
            if (hasSession()) {
                world.time().in(2, () -> tell(session()));
            }
            for (int i = 0; i < 3 && mayDelegate(); i++) {
                world.time().in(world.upTo(Math.min(ending.millis(), limit)), this::delegate);
            }
            if (ending.millis() <= limit) {
                world.time().in(ending.millis(), () -> end(ending.outcome(), ending.usd()));
            } else {
                Outcome late = new Outcome.Failed(Reason.WALL_TIMEOUT, "too late", WorkResult.NONE);
                world.time().in(limit, () -> endWhenItDoesNotWait(late, ending.usd()));
            }
        }

        /// Its clock stands still while it waits for jobs that it started.
        private void endWhenItDoesNotWait(Outcome late, Optional<BigDecimal> usd) {
            if (waits && !over) {
                world.time().in(1_000, () -> endWhenItDoesNotWait(late, usd));
            } else {
                end(late, usd);
            }
        }

        /// One of the agents can take up no session.
        private boolean hasSession() {
            return !order.task().agent().value().equals("script");
        }

        private boolean mayDelegate() {
            return order.task().duty() instanceof Duty.Work
                    && order.earlier().flatMap(AttemptOrder.Earlier::done).isEmpty()
                    && world.happens(world.weather().delegates());
        }

        private void delegate() {
            if (!over && owner != null && owner.isAlive()) {
                world.delegate(key.job(), key.task(), key.number());
            }
        }

        private Event started() {
            ProcessIdentity process = new ProcessIdentity(everStarted.size(), 1, "boot");
            return new Event.AttemptStarted(key.task(), key.number(), process);
        }

        private Event session() {
            return new Event.SessionOpened(key.task(), key.number(), "session " + key.task());
        }

        private void tell(Event event) {
            Orchestrator present = owner;
            if (!over && present != null && present.isAlive()) {
                reports.happened(event);
            }
        }

        private void end(Outcome outcome, Optional<BigDecimal> usd) {
            if (over) {
                return;
            }
            over = true;
            end = Optional.of(ended(outcome, usd));
            tellEnd();
        }

        private Event ended(Outcome outcome, Optional<BigDecimal> usd) {
            return new Event.AttemptEnded(
                    key.task(),
                    key.number(),
                    outcome,
                    new Usage(0, 0, 0, 0, usd),
                    Resources.NONE,
                    hasSession() ? Optional.of("session " + key.task()) : Optional.empty(),
                    Optional.empty());
        }

        private void tellEnd() {
            Orchestrator present = owner;
            if (present == null || !present.isAlive() || end.isEmpty()) {
                return;
            }
            Event last = end.get();
            attempts.remove(key, this);
            reports.happened(last);
            if (world.happens(world.weather().repeats())) {
                world.time().in(world.upTo(5_000), () -> reports.happened(last));
                Discovery late = new Discovery("too late", List.of());
                Event discovered = new Event.Discovered(key.task(), key.number(), late);
                world.time().in(world.upTo(5_000), () -> reports.happened(discovered));
            }
        }

        /// What is left of it is ended, and it counts as lost.
        private void reap() {
            over = true;
            reaped = true;
            Outcome lost = new Outcome.Failed(Reason.LOST, "not found", WorkResult.NONE);
            end = Optional.of(ended(lost, Optional.empty()));
            world.time().in(world.upTo(100), this::tellEnd);
        }
    }

    private final class DispatchOf implements Dispatch {
        private final Orchestrator owner;

        private DispatchOf(Orchestrator owner) {
            this.owner = owner;
        }

        @Override
        public void start(AttemptOrder order, Reports reports) {
            Faults.Fault fault = world.faults().onStart();
            if (fault == Faults.Fault.CRASHES_BEFORE) {
                throw new Crash();
            }
            Key key = key(order);
            BrokenLaw.unless(everStarted.add(key), "an attempt is started once", key);
            for (Attempt other : attempts.values()) {
                boolean same =
                        other.key.job().equals(key.job()) && other.key.task().equals(key.task());
                BrokenLaw.unless(!same || other.over, "a task runs once at a time", key);
            }
            Attempt attempt = new Attempt(order, owner, reports);
            attempts.put(key, attempt);
            Settings.AgentSettings agent =
                    order.request().settings().agents().configured().get(order.task().agent());
            BrokenLaw.unless(
                    living(owner).count() <= owner.slots(), "there are so many slots", key);
            BrokenLaw.unless(
                    agent == null || livingLike(owner, attempt) <= agent.maxConcurrent(),
                    "an agent has so many slots",
                    key);
            attempt.run();
            if (fault == Faults.Fault.CRASHES_AFTER) {
                throw new Crash();
            }
        }

        @Override
        public void stop(JobId job, TaskId task, int number, boolean now) {
            Attempt attempt = attempts.get(new Key(job, task, number));
            if (attempt == null || attempt.owner != owner || attempt.stopping) {
                return;
            }
            attempt.stopping = true;
            long grace = now ? 1 : world.upTo(STOP_GRACE_MILLIS);
            Outcome stopped = new Outcome.Stopped(WorkResult.NONE);
            world.time().in(grace, () -> attempt.end(stopped, Optional.empty()));
        }

        @Override
        public void startedJob(JobId job, TaskId task, int number) {}

        @Override
        public void waits(JobId job, TaskId task, int number, boolean waits) {
            Attempt attempt = attempts.get(new Key(job, task, number));
            if (attempt != null && attempt.owner == owner) {
                attempt.waits = waits;
            }
        }

        @Override
        public void recover(
                AttemptOrder order, Optional<ProcessIdentity> process, Reports reports) {
            Key key = key(order);
            Attempt attempt = attempts.get(key);
            BrokenLaw.unless(
                    attempt == null || attempt.owner != owner,
                    "nobody recovers what it runs itself",
                    key);
            if (attempt == null || attempt.reaped || !world.happens(world.weather().adopts())) {
                everStarted.add(key);
                Attempt lost = new Attempt(order, owner, reports);
                Attempt before = attempts.put(key, lost);
                if (before != null) {
                    before.over = true;
                }
                lost.reap();
                return;
            }
            attempt.owner = owner;
            attempt.reports = reports;
            attempt.stopping = false;
            if (attempt.over) {
                world.time().in(world.upTo(100), attempt::tellEnd);
            }
        }
    }
}
