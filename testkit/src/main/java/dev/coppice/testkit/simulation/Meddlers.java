package dev.coppice.testkit.simulation;

import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.Reason;
import dev.coppice.model.Recorded;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// People and other processes: they cancel, retry, pause, and take over what is not theirs.
final class Meddlers {
    private static final long PATIENCE_MILLIS = 120_000;

    private final World world;
    private final RandomGenerator random;
    private boolean gone;

    Meddlers(World world) {
        this.world = world;
        this.random = world.random();
    }

    void come() {
        world.log().letIntrude(this::intrude);
        comeAgain();
    }

    void go() {
        gone = true;
        world.log().letIntrude(_ -> {});
    }

    private void comeAgain() {
        world.time().in(1 + world.upTo(PATIENCE_MILLIS), this::meddle);
    }

    /// Writes just before a driver does, so that its append is refused.
    private void intrude(JobId job) {
        boolean isThere = !world.log().history(job).isEmpty();
        if (isThere && world.happens(world.weather().intrudes())) {
            if (random.nextInt(8) == 0 && !world.isOver(job)) {
                cancel(job);
            } else {
                write(job, new Event.Noted(Event.Level.INFO, Optional.empty(), "hello"));
            }
        }
    }

    private void meddle() {
        if (gone) {
            return;
        }
        if (world.happens(world.weather().meddles()) && !world.log().jobs().isEmpty()) {
            List<JobId> jobs = world.log().jobs();
            JobId job = jobs.get(random.nextInt(jobs.size()));
            switch (random.nextInt(6)) {
                case 0 -> cancel(job);
                case 1 -> cancelTask(job);
                case 2, 3 -> retry(job);
                case 4 -> world.process().pauseAll();
                default -> usurp(job);
            }
        }
        comeAgain();
    }

    private void cancel(JobId job) {
        if (!world.isOver(job)) {
            write(job, new Event.CancelRequested(Optional.empty(), Reason.CANCELED));
        }
    }

    private void cancelTask(JobId job) {
        List<TaskId> tasks = tasks(job);
        if (!world.isOver(job) && !tasks.isEmpty()) {
            TaskId task = tasks.get(random.nextInt(tasks.size()));
            write(job, new Event.CancelRequested(Optional.of(task), Reason.CANCELED));
        }
    }

    private void retry(JobId job) {
        List<TaskId> tasks = tasks(job);
        boolean all = tasks.isEmpty() || random.nextBoolean();
        Optional<Duration> timeout =
                random.nextInt(4) == 0 ? Optional.of(Duration.ofMinutes(20)) : Optional.empty();
        write(
                job,
                new Event.RetryRequested(
                        all ? List.of() : List.of(tasks.get(random.nextInt(tasks.size()))),
                        timeout));
        world.time().in(world.upTo(1_000), () -> world.takeUpIfUndriven(job));
    }

    /// Another process takes the job for one that nobody drives.
    private void usurp(JobId job) {
        if (!world.isOver(job)) {
            world.startProcess().takeUp(job);
        }
    }

    private void write(JobId job, Event event) {
        long next = world.log().history(job).size() + 1L;
        world.log().store(job, next, world.time().instant(), List.of(event));
    }

    private List<TaskId> tasks(JobId job) {
        return world.log().history(job).stream()
                .map(Recorded::event)
                .filter(Event.TasksAdded.class::isInstance)
                .flatMap(e -> ((Event.TasksAdded) e).tasks().stream())
                .map(Task::id)
                .toList();
    }
}
