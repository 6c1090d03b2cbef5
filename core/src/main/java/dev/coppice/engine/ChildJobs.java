package dev.coppice.engine;

import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Outcome;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Reason;
import dev.coppice.model.Recorded;
import dev.coppice.model.Resources;
import dev.coppice.model.TaskId;
import dev.coppice.model.Usage;
import dev.coppice.model.WorkResult;
import dev.coppice.schedule.JobState;
import dev.coppice.schedule.TaskState;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Carries the tasks that stand for child jobs: sees to it that the job is there and is driven, and
/// reports how it ended. All other attempts go to the dispatch behind. Safe for use by many threads;
/// what needs the log is done elsewhere, so that no method fails with it.
public final class ChildJobs implements Dispatch {
    /// So many characters tell a parent's agent how its child job ended and what that job's tasks said. Nothing of it is
    /// cut on the way.
    private static final int OUTPUT_MAX = Orders.INPUT_OUTPUT_MAX - 1024;

    private static final int TASK_OUTPUT_MAX = 2 * 1024;

    private final EventLog log;
    private final Dispatch behind;
    private final InstantSource clock;
    private final Consumer<JobId> drive;
    private final BiConsumer<JobId, Runnable> patiently;
    private final Map<JobId, Watch> watches = new ConcurrentHashMap<>();

    /// @param drive sees to it that a job is driven, by this process where by no other
    /// @param patiently runs what it is given for a child job soon, and again as long as it throws [EventLogException];
    ///     whatever else it throws is told to [#brokeOff]
    public ChildJobs(
            EventLog log,
            Dispatch behind,
            InstantSource clock,
            Consumer<JobId> drive,
            BiConsumer<JobId, Runnable> patiently) {
        this.log = log;
        this.behind = behind;
        this.clock = clock;
        this.drive = drive;
        this.patiently = patiently;
    }

    @Override
    public void start(AttemptOrder order, Reports reports) {
        if (order.task().duty() instanceof Duty.Delegating child) {
            see(child, order, reports);
        } else {
            behind.start(order, reports);
        }
    }

    @Override
    public void recover(AttemptOrder order, Optional<ProcessIdentity> process, Reports reports) {
        if (order.task().duty() instanceof Duty.Delegating child) {
            see(child, order, reports);
        } else {
            behind.recover(order, process, reports);
        }
    }

    @Override
    public void startedJob(JobId job, TaskId task, int attempt) {
        behind.startedJob(job, task, attempt);
    }

    @Override
    public void waits(JobId job, TaskId task, int attempt, boolean waits) {
        behind.waits(job, task, attempt, waits);
    }

    /// Asks for the end of the child job; a job's own agents are asked by that job's driver. What is to end at
    /// once ends with the driver's process or its reign; the child job is not canceled by that.
    @Override
    public void stop(JobId job, TaskId task, int attempt, boolean now) {
        for (Watch watch : watches.values()) {
            if (watch.isOf(job, task)) {
                if (!now) {
                    patiently.accept(watch.child.child(), () -> cancel(watch));
                }
                return;
            }
        }
        behind.stop(job, task, attempt, now);
    }

    /// Something was appended to a job, perhaps its end. Returns at once.
    public void appended(JobId job) {
        if (watches.containsKey(job)) {
            patiently.accept(job, () -> look(job));
        }
    }

    /// A job can't be driven, so that its end never comes: whoever waits for it is told so. Returns at once.
    public void brokeOff(JobId job, Throwable cause) {
        Watch watch = watches.remove(job);
        if (watch != null) {
            watch.reports.happened(watch.brokenOff(cause));
        }
    }

    private void see(Duty.Delegating child, AttemptOrder order, Reports reports) {
        watches.put(child.child(), new Watch(child, order, reports));
        patiently.accept(
                child.child(),
                () -> {
                    submit(child);
                    drive.accept(child.child());
                    look(child.child());
                });
    }

    /// Whoever comes second finds the job there, and is refused.
    private void submit(Duty.Delegating child) {
        if (log.last(child.child()).isEmpty()) {
            log.append(
                    child.child(),
                    1,
                    clock.instant(),
                    List.of(new Event.JobSubmitted(child.request())));
        }
    }

    private void cancel(Watch watch) {
        JobId child = watch.child.child();
        submit(watch.child);
        while (watches.get(child) == watch) {
            if (watch.cancel()) {
                drive.accept(child);
                return;
            }
        }
    }

    private void look(JobId child) {
        Watch watch = watches.get(child);
        if (watch != null) {
            Optional<Event> end = watch.end();
            if (end.isPresent() && watches.remove(child, watch)) {
                watch.reports.happened(end.get());
            }
        }
    }

    /// A child job that somebody waits for, as far as its history was read.
    private final class Watch {
        private final Duty.Delegating child;
        private final AttemptOrder order;
        private final Reports reports;
        private final JobState state;
        private Usage usage = Usage.NONE;
        private String lastWord = "";

        private Watch(Duty.Delegating child, AttemptOrder order, Reports reports) {
            this.child = child;
            this.order = order;
            this.reports = reports;
            this.state = new JobState(child.child());
        }

        private boolean isOf(JobId job, TaskId task) {
            return order.job().equals(job) && order.task().id().equals(task);
        }

        private void readOn() {
            log.readOn(state.job(), state.sequence(), this::apply);
        }

        private void apply(Recorded recorded) {
            state.apply(recorded);
            if (recorded.event() instanceof Event.AttemptEnded attempt) {
                usage = usage.plus(attempt.usage());
            } else if (recorded.event() instanceof Event.JobEnded end) {
                lastWord =
                        "Job %s ended %s: %s"
                                .formatted(
                                        state.job(),
                                        end.status().wire(),
                                        Orders.end(end.why(), TASK_OUTPUT_MAX));
            }
        }

        /// False where somebody else wrote first.
        private synchronized boolean cancel() {
            readOn();
            Event asked = new Event.CancelRequested(Optional.empty(), Reason.CANCELED);
            return state.isOver()
                    || log.append(
                            state.job(), state.sequence() + 1, clock.instant(), List.of(asked));
        }

        /// How it ended; empty while it has not. Much may come after the end of a job, so its last event does not tell.
        private synchronized Optional<Event> end() {
            readOn();
            return state.ended().map(this::end);
        }

        private synchronized Event brokenOff(Throwable cause) {
            String why = "Job " + state.job() + " can't be driven: " + cause;
            return ended(new Outcome.Failed(Reason.CHILD_FAILED, why, WorkResult.of(why)));
        }

        private Event end(JobStatus status) {
            WorkResult joined = state.joined().orElse(WorkResult.NONE);
            WorkResult result =
                    new WorkResult(
                            output(), false, joined.branch(), joined.commit(), joined.files());
            Outcome outcome =
                    status == JobStatus.COMPLETED
                            ? new Outcome.Done(result)
                            : new Outcome.Failed(Reason.CHILD_FAILED, lastWord, result);
            return ended(outcome);
        }

        private Event ended(Outcome outcome) {
            return new Event.AttemptEnded(
                    order.task().id(),
                    order.attempt(),
                    outcome,
                    usage,
                    Resources.NONE,
                    Optional.empty(),
                    Optional.empty());
        }

        /// The job's end, which may tell what no task does, and then its tasks.
        private String output() {
            StringBuilder text = new StringBuilder(lastWord).append('\n');
            int each = Math.min(TASK_OUTPUT_MAX, OUTPUT_MAX / Math.max(1, state.workers().size()));
            for (TaskState task : state.workers()) {
                String said = said(task, each);
                if (text.length() + said.length() > OUTPUT_MAX) {
                    return text.append("… (cut)\n").toString();
                }
                text.append(said);
            }
            return text.toString();
        }

        private static String said(TaskState task, int most) {
            String said = task.message().isBlank() ? task.result().output() : task.message();
            String head = task.task().id() + ": " + task.status().wire() + "\n";
            return said.isBlank() ? head : head + Orders.end(said, most).strip().indent(2);
        }
    }
}
