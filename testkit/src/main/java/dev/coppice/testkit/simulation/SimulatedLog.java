package dev.coppice.testkit.simulation;

import dev.coppice.engine.EventLog;
import dev.coppice.engine.EventLogException;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import dev.coppice.testkit.simulation.Faults.Fault;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// A log in memory that fails its drivers as [Faults] say. Whatever is stored is shown to the oracle.
final class SimulatedLog implements EventLog {
    /// No simulated job needs more; a job that writes for ever is found out.
    private static final int EVENTS_MAX = 20_000;

    private final TreeMap<JobId, List<Recorded>> histories = new TreeMap<>();
    private final Story story;
    private final Oracle oracle;
    private final List<Consumer<JobId>> listeners = new ArrayList<>();
    private Faults faults = Faults.NONE;
    private Consumer<JobId> intruder = _ -> {};

    SimulatedLog(Story story, Oracle oracle) {
        this.story = story;
        this.oracle = oracle;
    }

    void failAs(Faults faultsToCome) {
        faults = faultsToCome;
    }

    /// Runs before each append of a driver.
    void letIntrude(Consumer<JobId> somebody) {
        intruder = somebody;
    }

    @Override
    public boolean append(JobId job, long expected, Instant at, List<Event> events) {
        intruder.accept(job);
        Fault fault = faults.onAppend();
        if (fault != Fault.NONE) {
            story.tell("log", fault);
        }
        switch (fault) {
            case CRASHES_BEFORE -> throw new Crash();
            case FAILS_BEFORE -> throw new EventLogException("failed before it stored");
            case NONE, FAILS_AFTER, CRASHES_AFTER -> {}
        }
        boolean stored = store(job, expected, at, events);
        switch (fault) {
            case CRASHES_AFTER -> throw new Crash();
            case FAILS_AFTER -> throw new EventLogException("failed after it stored");
            case NONE, FAILS_BEFORE, CRASHES_BEFORE -> {}
        }
        return stored;
    }

    /// An append that does not fail.
    boolean store(JobId job, long expected, Instant at, List<Event> events) {
        List<Recorded> history = histories.computeIfAbsent(job, _ -> new ArrayList<>());
        if (history.size() + 1 != expected) {
            story.tell("log", "refuses " + events.size() + " events");
            return false;
        }
        for (Event event : events) {
            Recorded recorded = new Recorded(job, history.size() + 1L, at, event);
            story.tell("log", recorded);
            oracle.saw(recorded);
            history.add(recorded);
        }
        BrokenLaw.unless(history.size() < EVENTS_MAX, "a job writes for ever", job);
        listeners.forEach(listener -> listener.accept(job));
        return true;
    }

    List<Recorded> history(JobId job) {
        return histories.getOrDefault(job, List.of());
    }

    @Override
    public List<Recorded> read(JobId job, long after, int max) {
        if (faults.onRead()) {
            story.tell("log", "cannot be read");
            throw new EventLogException("cannot be read");
        }
        List<Recorded> history = history(job);
        int from = Math.toIntExact(after);
        return List.copyOf(history.subList(from, Math.min(history.size(), from + max)));
    }

    @Override
    public Optional<Recorded> last(JobId job) {
        List<Recorded> history = history(job);
        return history.isEmpty() ? Optional.empty() : Optional.of(history.getLast());
    }

    @Override
    public List<JobId> jobs() {
        return List.copyOf(histories.descendingKeySet());
    }

    @Override
    public Subscription subscribe(Consumer<JobId> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public void close() {
        listeners.clear();
    }
}
