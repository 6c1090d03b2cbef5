package dev.coppice.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How an attempt ended.
public sealed interface Outcome {
    /// The work is there, with its evidence.
    record Done(WorkResult result) implements Outcome {}

    /// The lead's plan: its tasks join the job.
    record Planned(Plan plan, WorkResult result) implements Outcome {}

    /// The finished branches are joined.
    record Integrated(Integration integration) implements Outcome {}

    /// Other tasks must end first; then this one is attempted again, which costs it no retry.
    ///
    /// @param until the tasks laid for it
    record Deferred(List<Task> until, String why) implements Outcome {
        public Deferred {
            until = List.copyOf(until);
        }
    }

    /// It did not succeed, for a reason that a person can read in `message`.
    record Failed(Reason reason, String message, WorkResult partial) implements Outcome {}

    /// The provider wants a pause. Not a failure: the attempt is taken up again afterwards.
    record RateLimited(Optional<Instant> until, String message, WorkResult partial)
            implements Outcome {}

    /// It was stopped because the orchestrator asked for it; its work and session are kept.
    record Stopped(WorkResult partial) implements Outcome {}
}
