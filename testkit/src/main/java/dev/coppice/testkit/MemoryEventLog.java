package dev.coppice.testkit;

import dev.coppice.engine.EventLog;
import dev.coppice.engine.EventLogException;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/// An [EventLog] that keeps its histories in memory: they outlive its closing, as a file would, but
/// not the process. Safe for use by many threads; listeners are called one after the other from a
/// thread of the log.
public final class MemoryEventLog implements EventLog {
    private final Histories histories;
    private final List<Listening> listeners = new CopyOnWriteArrayList<>();
    private final ExecutorService caller =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("listeners").factory());

    private MemoryEventLog(Histories histories) {
        this.histories = histories;
        histories.open(this);
    }

    /// A log without any job.
    public MemoryEventLog() {
        this(new Histories());
    }

    /// Another log on the same histories, as another process would open it; also after [#close].
    public MemoryEventLog another() {
        return new MemoryEventLog(histories);
    }

    @Override
    public boolean append(JobId job, long expected, Instant at, List<Event> events) {
        return histories.append(this, job, expected, at, events);
    }

    @Override
    public List<Recorded> read(JobId job, long after, int max) {
        List<Recorded> history = histories.of(this, job);
        return history.stream().skip(Math.max(0, after)).limit(max).toList();
    }

    @Override
    public Optional<Recorded> last(JobId job) {
        List<Recorded> history = histories.of(this, job);
        return history.isEmpty() ? Optional.empty() : Optional.of(history.getLast());
    }

    @Override
    public List<JobId> jobs() {
        return histories.jobs(this);
    }

    @Override
    public Subscription subscribe(Consumer<JobId> listener) {
        histories.requireOpen(this);
        Listening listening = new Listening(listener);
        listeners.add(listening);
        return listening;
    }

    @Override
    public void close() {
        histories.close(this);
        caller.shutdown();
    }

    private void appended(JobId job) {
        // One call each, so that a listener that throws ends its own call only.
        listeners.forEach(listening -> caller.execute(() -> listening.listener.accept(job)));
    }

    /// One subscription; not a record, since the same listener may be subscribed twice.
    private final class Listening implements Subscription {
        private final Consumer<JobId> listener;

        private Listening(Consumer<JobId> listener) {
            this.listener = listener;
        }

        @Override
        public void close() {
            listeners.remove(this);
        }
    }

    /// What the logs on the same histories share; its lock orders everything.
    private static final class Histories {
        private final TreeMap<JobId, List<Recorded>> byJob = new TreeMap<>();
        private final List<MemoryEventLog> logs = new ArrayList<>();

        synchronized void open(MemoryEventLog log) {
            logs.add(log);
        }

        synchronized void close(MemoryEventLog log) {
            logs.remove(log);
        }

        synchronized void requireOpen(MemoryEventLog log) {
            if (!logs.contains(log)) {
                throw new EventLogException("the log in memory is closed");
            }
        }

        synchronized boolean append(
                MemoryEventLog log, JobId job, long expected, Instant at, List<Event> events) {
            requireOpen(log);
            List<Recorded> history = byJob.getOrDefault(job, List.of());
            if (history.size() + 1 != expected) {
                return false;
            }
            if (!events.isEmpty()) {
                List<Recorded> longer = new ArrayList<>(history);
                for (Event event : events) {
                    longer.add(new Recorded(job, longer.size() + 1L, at, event));
                }
                byJob.put(job, longer);
                logs.forEach(each -> each.appended(job));
            }
            return true;
        }

        synchronized List<Recorded> of(MemoryEventLog log, JobId job) {
            requireOpen(log);
            return byJob.getOrDefault(job, List.of());
        }

        synchronized List<JobId> jobs(MemoryEventLog log) {
            requireOpen(log);
            return List.copyOf(byJob.descendingKeySet());
        }
    }
}
