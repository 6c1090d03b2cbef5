package dev.coppice.runtime;

import dev.coppice.engine.EventLog;
import dev.coppice.folder.Secrets;
import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// What the log has of the jobs, as it may be shown: secrets are masked. The log itself keeps what agents are
/// told, since a job is driven from it. Safe for use by many threads.
public final class Histories {
    private final EventLog log;
    private final Secrets secrets;

    /// What `log` has.
    public Histories(EventLog log, Secrets secrets) {
        this.log = log;
        this.secrets = secrets;
    }

    /// As [EventLog#read].
    public List<Recorded> read(JobId job, long after, int max) {
        return log.read(job, after, max).stream().map(secrets::mask).toList();
    }

    /// As [EventLog#readOn].
    public void readOn(JobId job, long after, Consumer<Recorded> taker) {
        log.readOn(job, after, recorded -> taker.accept(secrets.mask(recorded)));
    }

    /// As [EventLog#last].
    public Optional<Recorded> last(JobId job) {
        return log.last(job).map(secrets::mask);
    }

    /// As [EventLog#jobs].
    public List<JobId> jobs() {
        return log.jobs();
    }

    /// The job's events after the one of this sequence, 0 for all, handed on to `taker` as [JobEvents] says.
    public JobEvents events(JobId job, long after, Consumer<Recorded> taker) {
        return new JobEvents(this, job, after, taker);
    }

    /// As [EventLog#subscribe].
    public EventLog.Subscription subscribe(Consumer<JobId> listener) {
        return log.subscribe(listener);
    }
}
