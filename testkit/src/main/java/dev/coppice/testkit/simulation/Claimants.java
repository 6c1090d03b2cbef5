package dev.coppice.testkit.simulation;

import dev.coppice.engine.EventLogException;
import dev.coppice.engine.WorkQueue;
import dev.coppice.model.AgentName;
import dev.coppice.model.Discovery;
import dev.coppice.model.JobId;
import dev.coppice.model.TaskId;
import dev.coppice.model.WorkResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/// Agents in terminals of their own, each of which may die at any write: they claim tasks, and bring
/// something back, or go silent. Now and then one of them adds tasks.
final class Claimants {
    private static final long PATIENCE_MILLIS = 60_000;
    private static final int TERMINALS = 3;

    /// @param terminal each is a process of its own, with its own picture of the job
    /// @param skew that of the machine's clock, which jumps only while no process lives
    private record Place(JobId job, int terminal, long skew) {}

    private final World world;
    private final Requests requests;
    private final RandomGenerator random;
    private final Map<Place, WorkQueue> queues = new HashMap<>();
    private int added;
    private boolean gone;

    Claimants(World world, Requests requests) {
        this.world = world;
        this.requests = requests;
        this.random = world.random();
    }

    void come() {
        world.time().in(1 + world.upTo(PATIENCE_MILLIS), this::act);
    }

    void go() {
        gone = true;
    }

    private void act() {
        if (gone) {
            return;
        }
        List<JobId> jobs = world.log().jobs();
        if (world.happens(world.weather().claims()) && !jobs.isEmpty()) {
            JobId job = jobs.get(random.nextInt(jobs.size()));
            at(
                    place(job, random.nextInt(TERMINALS)),
                    random.nextInt(8) == 0 ? this::add : this::claim);
        }
        come();
    }

    private Place place(JobId job, int terminal) {
        return new Place(job, terminal, world.time().instant().toEpochMilli() - world.time().now());
    }

    private interface Doing {
        void at(Place place, WorkQueue queue);
    }

    private void at(Place place, Doing doing) {
        try {
            doing.at(
                    place,
                    queues.computeIfAbsent(
                            place,
                            p ->
                                    new WorkQueue(
                                            p.job(),
                                            world.log(),
                                            world.time(),
                                            random,
                                            UnaryOperator.identity())));
        } catch (EventLogException e) {
            world.story().tell(place.toString(), String.valueOf(e.getMessage()));
        } catch (Crash e) {
            world.story().tell(place.toString(), "dies");
            queues.remove(place);
        }
    }

    private void add(Place place, WorkQueue queue) {
        String prefix = "x" + added++ + "-";
        queue.addTasks(Optional.empty(), _ -> WorkQueue.Batch.of(requests.plan(prefix).tasks()));
        world.time().in(world.upTo(1_000), () -> world.takeUpIfUndriven(place.job()));
    }

    private void claim(Place place, WorkQueue queue) {
        AgentName agent = new AgentName("terminal-" + place.terminal());
        if (queue.claim(agent) instanceof WorkQueue.Claim.Granted granted) {
            work(place, granted.order().task().id(), agent, granted.order().timeout().toMillis());
        }
    }

    /// Sometimes later than the claim holds.
    private void work(Place place, TaskId task, AgentName agent, long limit) {
        world.time()
                .in(
                        world.upTo(limit + limit / 4),
                        () ->
                                at(
                                        place(place.job(), place.terminal()),
                                        (_, queue) -> {
                                            switch (random.nextInt(8)) {
                                                case 0 -> {}
                                                case 1 ->
                                                        queue.fail(
                                                                task, agent, "it cannot be done");
                                                case 2, 3 -> {
                                                    if (queue.heartbeat(task, agent)
                                                            == WorkQueue.Answer.ACCEPTED) {
                                                        work(place, task, agent, limit);
                                                    }
                                                }
                                                case 4 -> {
                                                    queue.discover(
                                                            task,
                                                            new Discovery(
                                                                    "something", List.of("tag")));
                                                    work(place, task, agent, limit);
                                                }
                                                default ->
                                                        queue.complete(
                                                                task,
                                                                agent,
                                                                WorkResult.of("done"),
                                                                List.of());
                                            }
                                        }));
    }
}
