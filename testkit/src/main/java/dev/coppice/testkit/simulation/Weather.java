package dev.coppice.testkit.simulation;

import java.util.random.RandomGenerator;

/// How often each kind of trouble comes, from 0 (never) to 1. In a swarm of simulations many kinds
/// are absent in each, so that one kind does not hide another.
///
/// @param appendFails the log throws, before or after it stored
/// @param readFails the log throws when it is read
/// @param intrudes another process writes to the job just before an append
/// @param crashes the process dies in an append or at the start of an attempt, before or after
/// @param outlives an attempt outlives the process that started it
/// @param adopts an attempt that outlived its process is taken up again
/// @param fails an attempt fails
/// @param hangs an attempt hangs until its limit
/// @param limits an attempt meets a rate limit
/// @param defers an attempt lays tasks that it waits for: children, or resolvers of a conflict
/// @param misplans a lead's plan, or what a task lays, does not hold together
/// @param repeats a report comes twice, or something comes after the last one
/// @param meddles somebody cancels, retries or pauses a job, or takes it over while its driver lives
/// @param claims somebody outside claims a task, brings something back or goes silent, or adds tasks
/// @param jumps the clock has jumped when a process starts
/// @param delegates an attempt starts child jobs
record Weather(
        double appendFails,
        double readFails,
        double intrudes,
        double crashes,
        double outlives,
        double adopts,
        double fails,
        double hangs,
        double limits,
        double defers,
        double misplans,
        double repeats,
        double meddles,
        double claims,
        double jumps,
        double delegates) {

    static final Weather CALM = new Weather(0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    static Weather draw(RandomGenerator random) {
        return new Weather(
                upTo(random, 0.1),
                upTo(random, 0.05),
                upTo(random, 0.1),
                upTo(random, 0.05),
                upTo(random, 1),
                upTo(random, 1),
                upTo(random, 0.5),
                upTo(random, 0.2),
                upTo(random, 0.3),
                upTo(random, 0.3),
                upTo(random, 0.5),
                upTo(random, 0.5),
                upTo(random, 1),
                upTo(random, 1),
                upTo(random, 1),
                upTo(random, 0.3));
    }

    private static double upTo(RandomGenerator random, double most) {
        return random.nextBoolean() ? 0 : random.nextDouble() * most;
    }
}
