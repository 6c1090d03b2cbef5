package dev.coppice.engine;

import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// A log that fails once when it is told to: at the next append with an event of a kind.
final class FailingLog implements EventLog {
    private final EventLog plain;
    private volatile Optional<Class<? extends Event>> failBefore = Optional.empty();
    private volatile Optional<Class<? extends Event>> failAfter = Optional.empty();
    private volatile Optional<Runnable> beforeAppend = Optional.empty();
    private final AtomicLong eventsRead = new AtomicLong();
    private volatile Runnable afterAppend = () -> {};
    private volatile Runnable onMissing = () -> {};

    FailingLog(EventLog plain) {
        this.plain = plain;
    }

    /// The log that does not fail, on the same histories.
    EventLog plain() {
        return plain;
    }

    void failBefore(Class<? extends Event> kind) {
        failBefore = Optional.of(kind);
    }

    void failAfter(Class<? extends Event> kind) {
        failAfter = Optional.of(kind);
    }

    /// Runs once, just before the next append.
    void beforeAppend(Runnable intruder) {
        beforeAppend = Optional.of(intruder);
    }

    /// Runs after each append that has been stored.
    void afterAppend(Runnable watcher) {
        afterAppend = watcher;
    }

    /// Runs when a job was looked for and not found, before that is told.
    void onMissing(Runnable watcher) {
        onMissing = watcher;
    }

    /// How many events were read.
    long eventsRead() {
        return eventsRead.get();
    }

    @Override
    public boolean append(JobId job, long expected, Instant at, List<Event> events) {
        Optional<Runnable> intruder = beforeAppend;
        beforeAppend = Optional.empty();
        intruder.ifPresent(Runnable::run);
        if (failBefore.filter(kind -> events.stream().anyMatch(kind::isInstance)).isPresent()) {
            failBefore = Optional.empty();
            throw new EventLogException("failed before it stored");
        }
        boolean stored = plain.append(job, expected, at, events);
        if (failAfter.filter(kind -> events.stream().anyMatch(kind::isInstance)).isPresent()) {
            failAfter = Optional.empty();
            throw new EventLogException("failed after it stored");
        }
        afterAppend.run();
        return stored;
    }

    @Override
    public List<Recorded> read(JobId job, long after, int max) {
        List<Recorded> events = plain.read(job, after, max);
        eventsRead.addAndGet(events.size());
        return events;
    }

    @Override
    public Optional<Recorded> last(JobId job) {
        Optional<Recorded> last = plain.last(job);
        if (last.isEmpty()) {
            onMissing.run();
        }
        return last;
    }

    @Override
    public List<JobId> jobs() {
        return plain.jobs();
    }

    @Override
    public Subscription subscribe(Consumer<JobId> listener) {
        return plain.subscribe(listener);
    }

    @Override
    public void close() {
        plain.close();
    }
}
