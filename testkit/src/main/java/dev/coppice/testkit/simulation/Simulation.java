package dev.coppice.testkit.simulation;

import dev.coppice.model.JobId;
import java.util.List;
import java.util.SplittableRandom;

/// Simulates a few jobs through whatever weather a seed brings, first through faults of all kinds, then
/// in calm, in which they must come to their end. Everything follows from the seed: slots, weather,
/// plans, latencies, faults.
///
/// What must hold is checked all the time: by the [Oracle] at each event, by the machine at each start
/// of an attempt, by the processes after each turn.
public final class Simulation {
    private static final long STORM_MILLIS = 1_800_000;
    private static final int LINES_SHOWN = 80;

    private Simulation() {}

    /// Runs the simulation of `seed`.
    ///
    /// @return what happened, line by line
    /// @throws AssertionError naming the seed, where a law does not hold
    public static List<?> run(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        World world = new World(random, 1 + random.nextInt(4), _ -> never());
        try {
            play(world, random);
        } catch (RuntimeException broken) {
            throw new AssertionError(
                    "simulation "
                            + seed
                            + " (run it again with -Dsim.seed="
                            + seed
                            + "): "
                            + broken.getMessage()
                            + "\n"
                            + world.story().ending(LINES_SHOWN),
                    broken);
        }
        return world.story().lines();
    }

    private static Behaviour.Ending never() {
        throw new IllegalStateException("nobody works before there is weather");
    }

    private static void play(World world, SplittableRandom random) {
        Requests requests = new Requests(random);
        world.behavesAs(new Agents(world, requests));
        Weather weather = Weather.draw(random);
        world.turnsTo(weather, Faults.of(weather, random));
        Meddlers meddlers = new Meddlers(world);
        meddlers.come();
        Claimants claimants = new Claimants(world, requests);
        claimants.come();
        int jobs = 1 + random.nextInt(3);
        for (int i = 0; i < jobs; i++) {
            JobId job = JobId.of(world.time().instant(), i);
            world.time().in(world.upTo(60_000), () -> world.submit(job, requests.draw()));
        }
        world.run(60_001 + world.upTo(STORM_MILLIS));
        meddlers.go();
        claimants.go();
        world.turnsTo(Weather.CALM, Faults.NONE);
        world.time().in(0, world::takeUpUndriven);
        world.runToTheEnd();
    }
}
