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
import java.util.function.Consumer;

/// Carries the tasks that stand for child jobs: sees to it that the job is there and is driven, and
/// reports how it ended. All other attempts go to the dispatch behind. Safe for use by many threads;
/// what needs the log is done elsewhere, so that no method fails with it.
public final class ChildJobs implements Dispatch {
    private static final int READ_MAX = 1_000;

    /// Of what a child job's tasks said so many characters go on to its parent's agent.
    private static final int OUTPUT_MAX = 16 * 1024;

    private static final int TASK_OUTPUT_MAX = 2 * 1024;

    /// A child job that somebody waits for.
    private record Watch(
            Duty.Delegating child, JobId job, TaskId task, int attempt, Reports reports) {}

    private final EventLog log;
    private final Dispatch behind;
    private final InstantSource clock;
    private final Consumer<JobId> drive;
    private final Consumer<Runnable> patiently;
    private final Map<JobId, Watch> watches = new ConcurrentHashMap<>();

    /// @param drive sees to it that a job is driven, by this process where by no other
    /// @param patiently runs what it is given soon, and again as long as it throws [EventLogException]
    public ChildJobs(
            EventLog log,
            Dispatch behind,
            InstantSource clock,
            Consumer<JobId> drive,
            Consumer<Runnable> patiently) {
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
    public void waits(JobId job, TaskId task, int attempt, boolean waits) {
        behind.waits(job, task, attempt, waits);
    }

    /// Asks for the end of the child job; a job's own agents are asked by that job's driver. What is to end at
    /// once ends with the driver's process or its reign; the child job is not canceled by that.
    @Override
    public void stop(JobId job, TaskId task, int attempt, boolean now) {
        for (Watch watch : watches.values()) {
            if (watch.job().equals(job) && watch.task().equals(task)) {
                if (!now) {
                    patiently.accept(() -> cancel(watch.child()));
                }
                return;
            }
        }
        behind.stop(job, task, attempt, now);
    }

    /// Something was appended to a job, perhaps its end. Returns at once.
    public void appended(JobId job) {
        if (watches.containsKey(job)) {
            patiently.accept(() -> look(job));
        }
    }

    private void see(Duty.Delegating child, AttemptOrder order, Reports reports) {
        watches.put(
                child.child(),
                new Watch(child, order.job(), order.task().id(), order.attempt(), reports));
        patiently.accept(() -> {
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

    private void cancel(Duty.Delegating delegating) {
        JobId child = delegating.child();
        submit(delegating);
        while (watches.containsKey(child)) {
            JobState state = state(child, new Spent());
            Event asked = new Event.CancelRequested(Optional.empty(), Reason.CANCELED);
            if (state.isOver()
                    || log.append(child, state.sequence() + 1, clock.instant(), List.of(asked))) {
                drive.accept(child);
                return;
            }
        }
    }

    private void look(JobId child) {
        boolean isOver =
                log.last(child).filter(r -> r.event() instanceof Event.JobEnded).isPresent();
        Watch watch = watches.get(child);
        if (isOver && watch != null) {
            Spent spent = new Spent();
            JobState state = state(child, spent);
            if (state.isOver() && watches.remove(child, watch)) {
                watch.reports().happened(ended(watch, state, spent.usage));
            }
        }
    }

    private static final class Spent {
        private Usage usage = Usage.NONE;
    }

    private JobState state(JobId job, Spent spent) {
        JobState state = new JobState(job);
        List<Recorded> more;
        do {
            more = log.read(job, state.sequence(), READ_MAX);
            for (Recorded recorded : more) {
                if (recorded.event() instanceof Event.AttemptEnded e) {
                    spent.usage = spent.usage.plus(e.usage());
                }
                state.apply(recorded);
            }
        } while (more.size() == READ_MAX);
        return state;
    }

    private static Event ended(Watch watch, JobState child, Usage usage) {
        JobStatus status = child.ended().orElseThrow();
        WorkResult joined = child.joined().orElse(WorkResult.NONE);
        String output = output(child);
        WorkResult result =
                new WorkResult(output, false, joined.branch(), joined.commit(), joined.files());
        Outcome outcome =
                status == JobStatus.COMPLETED
                        ? new Outcome.Done(result)
                        : new Outcome.Failed(
                                Reason.CHILD_FAILED,
                                "Job " + child.job() + " ended " + status.wire() + ".",
                                result);
        return new Event.AttemptEnded(
                watch.task(),
                watch.attempt(),
                outcome,
                usage,
                Resources.NONE,
                Optional.empty(),
                Optional.empty());
    }

    private static String output(JobState child) {
        StringBuilder text = new StringBuilder();
        for (TaskState task : child.workers()) {
            if (text.length() > OUTPUT_MAX) {
                return text.append("… (cut)\n").toString();
            }
            text.append(task.task().id()).append(": ").append(task.status().wire()).append('\n');
            String said = task.message().isBlank() ? task.result().output() : task.message();
            String end =
                    said.length() > TASK_OUTPUT_MAX
                            ? "… (cut)\n" + said.substring(said.length() - TASK_OUTPUT_MAX)
                            : said;
            if (!end.isBlank()) {
                text.append(end.strip().indent(2));
            }
        }
        return text.toString();
    }
}
