package dev.coppice.testkit.simulation;

import dev.coppice.engine.ChildJobs;
import dev.coppice.engine.Driver;
import dev.coppice.engine.EventLogException;
import dev.coppice.engine.Slots;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Recorded;
import dev.coppice.schedule.JobState;
import dev.coppice.schedule.Room;
import dev.coppice.schedule.Scheduler;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// A process that drives jobs, with its slots and drivers, until it dies. It does what the engine
/// does, without threads: each driver takes its turns as things that happen in virtual time.
final class Orchestrator {
    private static final int TURNS_AT_ONCE_MAX = 1_000;

    private final World world;
    private final String name;
    private final ProcessIdentity identity;
    private final int slotCount;
    private final Slots slots;
    private final TreeMap<JobId, Seat> seats = new TreeMap<>();
    private final ChildJobs dispatch;
    private boolean alive = true;

    Orchestrator(World world, int number, int slotCount) {
        this.world = world;
        this.name = "process " + number;
        this.identity = new ProcessIdentity(number, 0, "boot");
        this.slotCount = slotCount;
        this.slots = new Slots(slotCount);
        this.dispatch =
                new ChildJobs(
                        world.log(),
                        world.machine().dispatchOf(this),
                        world.time(),
                        world::takeUpIfUndriven,
                        (_, work) -> patiently(work));
        slots.onRelease(() -> List.copyOf(seats.values()).forEach(Seat::wake));
    }

    boolean isAlive() {
        return alive;
    }

    int slots() {
        return slotCount;
    }

    boolean drives(JobId job) {
        return alive && seats.containsKey(job);
    }

    /// Takes the job as its next driver.
    void takeUp(JobId job) {
        List<Recorded> history = world.log().history(job);
        int number =
                1
                        + (int)
                                history.stream()
                                        .filter(r -> r.event() instanceof Event.DriverTaken)
                                        .count();
        Event taken = new Event.DriverTaken(number, identity);
        world.log().store(job, history.size() + 1L, world.time().instant(), List.of(taken));
        Seat seat = new Seat(job, number);
        seats.put(job, seat);
        seat.wake();
    }

    /// Another process may have written to the job.
    void lookAgain(JobId job) {
        Seat seat = seats.get(job);
        if (seat != null) {
            seat.driver.lookAgain();
        }
    }

    /// A job that another one waits for may be over.
    void appended(JobId job) {
        if (alive) {
            dispatch.appended(job);
        }
    }

    private void patiently(Runnable work) {
        world.time().in(world.upTo(50), () -> attempt(work));
    }

    private void attempt(Runnable work) {
        if (!alive) {
            return;
        }
        try {
            work.run();
        } catch (Crash crash) {
            die();
        } catch (EventLogException failure) {
            world.time().in(100, () -> attempt(work));
        }
    }

    /// Somebody pressed Ctrl-C.
    void pauseAll() {
        List.copyOf(seats.values()).forEach(s -> s.driver.report(new Event.PauseRequested()));
    }

    private void die() {
        world.story().tell(name, "dies");
        alive = false;
        seats.clear();
        world.machine().orphan(this);
        world.died();
    }

    @Override
    public String toString() {
        return name;
    }

    /// A driver with what takes its turns.
    private final class Seat {
        private final JobId job;
        private final Driver driver;
        private boolean turnIsComing;
        private long lastTurn;
        private int turnsAtOnce;

        private Seat(JobId job, int number) {
            this.job = job;
            this.driver =
                    new Driver(
                            job,
                            number,
                            world.log(),
                            dispatch,
                            slots,
                            world.time(),
                            world.random(),
                            this::wake,
                            this::tellOthers);
        }

        private void tellOthers(Event.AgentPaused pause) {
            for (Seat other : List.copyOf(seats.values())) {
                if (other != this) {
                    other.driver.report(pause);
                }
            }
        }

        private void wake() {
            if (!turnIsComing) {
                turnIsComing = true;
                world.time().in(world.upTo(3), this::turn);
            }
        }

        private void turn() {
            turnIsComing = false;
            if (!alive || seats.get(job) != this) {
                return;
            }
            turnsAtOnce = world.time().now() == lastTurn ? turnsAtOnce + 1 : 0;
            lastTurn = world.time().now();
            BrokenLaw.unless(turnsAtOnce < TURNS_AT_ONCE_MAX, "nobody spins", job);
            try {
                leaveOrWait(driver.turn());
            } catch (Crash crash) {
                die();
            } catch (EventLogException failure) {
                world.time().in(100, this::wake);
            }
        }

        private void leaveOrWait(Driver.Turn turn) {
            switch (turn) {
                case Driver.Turn.Waiting(var until) -> {
                    assertLogAndWorkersAgree();
                    assertReplayTellsTheSame();
                    until.ifPresent(at -> world.time().at(at, this::wake));
                }
                case Driver.Turn.Over over -> leave(over);
                case Driver.Turn.LaidDown laidDown -> {
                    leave(laidDown);
                    world.laidDown(job);
                }
                case Driver.Turn.Superseded superseded -> leave(superseded);
            }
        }

        private void leave(Driver.Turn turn) {
            world.story().tell(name, turn);
            seats.remove(job);
        }

        private void assertLogAndWorkersAgree() {
            JobState state = driver.state();
            if (state.sequence() != world.log().history(job).size()) {
                return;
            }
            Set<Machine.Key> running = new HashSet<>();
            state.running().stream()
                    .filter(t -> !(t.task().duty() instanceof Duty.Delegating))
                    .forEach(t -> running.add(new Machine.Key(job, t.task().id(), t.attempt())));
            Set<Machine.Key> owed = world.machine().owed(Orchestrator.this, job);
            BrokenLaw.unlessEqual(owed, running, "log and workers agree on what runs");
        }

        private void assertReplayTellsTheSame() {
            if (!world.isTimeForAReplay()) {
                return;
            }
            JobState state = driver.state();
            JobState replayed = new JobState(job);
            world.log().history(job).stream().limit(state.sequence()).forEach(replayed::apply);
            Object decision = Scheduler.decide(state, world.time().instant(), Room.UNLIMITED);
            Object again = Scheduler.decide(replayed, world.time().instant(), Room.UNLIMITED);
            BrokenLaw.unlessEqual(again, decision, "a replay of the log decides the same");
            BrokenLaw.unlessEqual(
                    told(replayed), told(state), "a replay of the log tells the same");
        }

        private static List<Object> told(JobState state) {
            return state.tasks().stream()
                    .<Object>map(t ->
                            List.of(
                                    t.task().id(),
                                    t.status(),
                                    t.attempt(),
                                    t.timeout(),
                                    t.reason(),
                                    t.message(),
                                    t.session(),
                                    t.process(),
                                    t.claim()))
                    .toList();
        }
    }
}
