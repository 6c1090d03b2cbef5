package dev.coppice.attempt;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.model.Outcome;
import dev.coppice.model.Reason;
import dev.coppice.model.Settings;
import dev.coppice.model.WorkResult;
import dev.coppice.process.Limits;
import java.time.Duration;

/// The time of an attempt, from its start on: agent, fix rounds and checks have it together. It runs on when the
/// machine's clock is set, and stands still while the attempt waits for jobs that it started.
final class Deadline {
    /// What an agent gets at least, however long its workspace took.
    private static final Duration LEAST = Duration.ofSeconds(1);

    private final AttemptOrder order;
    private final Running running;
    private final long begin = System.nanoTime();

    Deadline(AttemptOrder order, Running running) {
        this.order = order;
        this.running = running;
    }

    boolean isPassed() {
        return !left().isPositive();
    }

    /// What begins now may take what is left of the time, and keeps the job's other limits.
    Limits limits() {
        Duration left = left().compareTo(LEAST) < 0 ? LEAST : left();
        Settings.Workers workers = order.request().settings().workers();
        return new Limits(
                left, workers.idleTimeout(), workers.stopGrace(), workers.maxOutputBytes());
    }

    private Duration left() {
        return order.timeout().plus(running.waited()).minusNanos(System.nanoTime() - begin);
    }

    /// The outcome of an attempt whose checks were not done in time.
    Outcome passedInChecks(WorkResult partial) {
        return new Outcome.Failed(
                Reason.WALL_TIMEOUT,
                "Its time of " + order.timeout().toSeconds() + " s was up while its checks ran.",
                partial);
    }
}
