package dev.coppice.server.jobs;

import dev.coppice.model.JobId;
import dev.coppice.model.Worker;
import dev.coppice.report.JobView;
import dev.coppice.server.access.Caller;
import dev.coppice.server.access.Scope;

/// Who may do what, once it is known who calls.
public final class Rights {
    private Rights() {}

    /// Refuses a key of too narrow a scope.
    ///
    /// @throws Fault where the key's scope is not enough
    public static void require(Scope needed, Caller.KeyHolder caller) {
        if (!caller.scope().allows(needed)) {
            throw Fault.of(
                    Fault.Kind.FORBIDDEN,
                    "This needs a key of the scope %s; this one has %s."
                            .formatted(needed.wire(), caller.scope().wire()));
        }
    }

    /// Workers change their own job only.
    ///
    /// @throws Fault where the job is another one
    public static void requireOwn(JobId job, Caller caller) {
        if (caller instanceof Caller.AtWork(Worker worker) && !job.equals(worker.job())) {
            throw Fault.of(Fault.Kind.FORBIDDEN, "A worker may do this in its own job only.");
        }
    }

    /// Workers look at their own job and at those that came of it.
    ///
    /// @throws Fault where the job is none of these
    public static void requireTheirs(JobView job, Caller caller) {
        if (caller instanceof Caller.AtWork(Worker worker)
                && !job.id().equals(worker.job())
                && job.request()
                        .parent()
                        .filter(p -> p.family().ancestors().contains(worker.job()))
                        .isEmpty()) {
            throw Fault.of(
                    Fault.Kind.FORBIDDEN, "This job is neither yours nor one that came of yours.");
        }
    }
}
