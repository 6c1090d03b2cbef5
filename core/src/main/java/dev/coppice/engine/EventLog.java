package dev.coppice.engine;

import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The histories of all jobs. What an append acknowledged survives the death of the process and of
/// the machine; the events of one job are chained, so that a later change of one is seen.
///
/// Safe for use by many threads. All methods throw [EventLogException] where the store fails; an
/// append that throws may or may not have been stored, and its caller reads on to find out.
public interface EventLog extends AutoCloseable {
    /// Events that are held at a time where all are read: some MB, as long as they are.
    int READ_MAX = 1_000;

    /// Appends `events`, all or none, so that the first of them gets the sequence `expected`.
    ///
    /// @param expected 1 for a new job, else one more than the last sequence known to the caller
    /// @return whether they were stored; refused where another came first
    boolean append(JobId job, long expected, Instant at, List<Event> events);

    /// The events of `job` with a sequence greater than `after`, in order, at most `max`.
    List<Recorded> read(JobId job, long after, int max);

    /// Hands all events of `job` with a sequence greater than `after` to `taker`, in order, as far as there are any now. Not
    /// all of them are held at a time.
    default void readOn(JobId job, long after, Consumer<Recorded> taker) {
        long sequence = after;
        List<Recorded> more;
        do {
            more = read(job, sequence, READ_MAX);
            more.forEach(taker);
            sequence += more.size();
        } while (more.size() == READ_MAX);
    }

    /// The job's last event; empty where there is no such job.
    Optional<Recorded> last(JobId job);

    /// All jobs, the newest first.
    List<JobId> jobs();

    /// Calls `listener` with a job after events were appended to it, by this process or another one.
    /// Calls come from threads of the log, may be late, may come without cause and may stand for
    /// several appends; a listener returns at once.
    ///
    /// @return ends the calls when closed
    Subscription subscribe(Consumer<JobId> listener);

    @Override
    void close();

    /// Ends with [#close].
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
