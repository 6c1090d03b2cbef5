package dev.coppice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.Outcome;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.TaskId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A dispatch whose attempts run until the test says how they end.
final class HandDispatch implements Dispatch {
    /// @param process as it was recorded, for one that is recovered
    record Attempt(
            AttemptOrder order, boolean recovered, Optional<ProcessIdentity> process, Reports to) {
        void tells(Event event) {
            to.happened(event);
        }

        void ends(Outcome outcome) {
            to.happened(Jobs.ended(task(), order.attempt(), outcome));
        }

        TaskId task() {
            return order.task().id();
        }

        @Override
        public String toString() {
            return task() + "#" + order.attempt();
        }
    }

    record Stop(TaskId task, int attempt, boolean now) {}

    private static final long PATIENCE_SECONDS = 60;

    private final LinkedBlockingQueue<Attempt> fresh = new LinkedBlockingQueue<>();
    private final List<Attempt> all = new CopyOnWriteArrayList<>();
    private final LinkedBlockingQueue<Stop> stops = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Boolean> waits = new LinkedBlockingQueue<>();
    private final ConcurrentHashMap<TaskId, Runnable> broken = new ConcurrentHashMap<>();
    private volatile Consumer<AttemptOrder> onStart = _ -> {};

    /// Looks on when an attempt starts.
    void onStart(Consumer<AttemptOrder> watcher) {
        onStart = watcher;
    }

    /// Breaks a promise of the port: this task's start throws.
    /// @param thrower throws what the start of the task's attempt is to throw
    void throwFor(TaskId task, Runnable thrower) {
        broken.put(task, thrower);
    }

    @Override
    public void start(AttemptOrder order, Reports reports) {
        if (broken.containsKey(order.task().id())) {
            broken.get(order.task().id()).run();
        }
        onStart.accept(order);
        add(new Attempt(order, false, Optional.empty(), reports));
    }

    @Override
    public void recover(AttemptOrder order, Optional<ProcessIdentity> process, Reports reports) {
        add(new Attempt(order, true, process, reports));
    }

    private void add(Attempt attempt) {
        all.add(attempt);
        fresh.add(attempt);
    }

    @Override
    public void startedJob(JobId job, TaskId task, int attempt) {}

    @Override
    public void waits(JobId job, TaskId task, int attempt, boolean isWaiting) {
        waits.add(isWaiting);
    }

    @Override
    public void stop(JobId job, TaskId task, int attempt, boolean now) {
        stops.add(new Stop(task, attempt, now));
    }

    /// All attempts so far, in the order of their start.
    List<Attempt> attempts() {
        return all;
    }

    /// What attempts were told of their waiting and nobody looked at yet.
    List<Boolean> waits() {
        return List.copyOf(waits);
    }

    /// Waits for the next word to an attempt on whether it waits.
    boolean nextWaits() throws InterruptedException {
        Boolean next = waits.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(next).as("the next word on waiting").isNotNull();
        return next;
    }

    List<Stop> stops() {
        return List.copyOf(stops);
    }

    /// The attempt of a task that was started last.
    Attempt of(String task) {
        return all.reversed().stream()
                .filter(a -> a.task().value().equals(task))
                .findFirst()
                .orElseThrow(() -> new AssertionError(task + " is not among " + all));
    }

    /// Waits for the next attempt that starts or is recovered.
    Attempt next() throws InterruptedException {
        Attempt attempt = fresh.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(attempt).as("the next attempt").isNotNull();
        return attempt;
    }

    /// Waits for the next demand to stop.
    Stop nextStop() throws InterruptedException {
        Stop stop = stops.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(stop).as("the next stop").isNotNull();
        return stop;
    }
}
