package dev.coppice.attempt;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.engine.Dispatch;
import dev.coppice.folder.JobFolder.TaskFolder;
import dev.coppice.folder.MaskedJson;
import dev.coppice.folder.MaskedLogs;
import dev.coppice.git.GitException;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.Outcome;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Reason;
import dev.coppice.model.TaskId;
import dev.coppice.model.WorkResult;
import dev.coppice.model.Worker;
import dev.coppice.process.CannotStartException;
import dev.coppice.process.Identity;
import dev.coppice.workspace.TimeUpException;
import dev.coppice.workspace.WorkspaceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/// Runs attempts on this machine, each in a virtual thread. Safe for use by many threads.
public final class LocalDispatch implements Dispatch, AutoCloseable {
    /// Between two tries to end what is left of an attempt.
    private static final Duration REAP_AGAIN = Duration.ofSeconds(1);

    private record Key(JobId job, TaskId task, int attempt) {
        static Key of(AttemptOrder order) {
            return new Key(order.job(), order.task().id(), order.attempt());
        }
    }

    private final Equipment equipment;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<Key, Running> running = new ConcurrentHashMap<>();
    private final Optional<UsersCheckout> checkout;

    public LocalDispatch(Equipment equipment) {
        this.equipment = equipment;
        this.checkout = equipment.repository().map(r -> new UsersCheckout(r.git().checkout()));
    }

    @Override
    public void start(AttemptOrder order, Reports reports) {
        Running run =
                new Running(
                        equipment.passes().issue(order), Papers.of(order, Naming.folder(order)));
        running.put(Key.of(order), run);
        threads.execute(() -> carry(order, masked(reports), run));
    }

    private Reports masked(Reports reports) {
        return event -> reports.happened(equipment.secrets().maskReport(event));
    }

    @Override
    public void stop(JobId job, TaskId task, int attempt, boolean now) {
        Running run = running.get(new Key(job, task, attempt));
        if (run != null) {
            run.stop(now);
        }
    }

    @Override
    public void startedJob(JobId job, TaskId task, int attempt) {
        Running run = running.get(new Key(job, task, attempt));
        if (run != null) {
            run.startedJob();
        }
    }

    @Override
    public void waits(JobId job, TaskId task, int attempt, boolean waits) {
        Running run = running.get(new Key(job, task, attempt));
        if (run != null) {
            run.waits(waits);
        }
    }

    /// Lays the result of a running attempt where its agent may leave it, in place of an earlier one. False where the
    /// attempt does not run here.
    ///
    /// @param json in the form of the result file
    public boolean layResult(Worker of, String json) {
        Optional<Running> run = running(of);
        try {
            if (run.isPresent()) {
                run.get().papers().layResult(MaskedJson.of(json, equipment.secrets()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return run.isPresent();
    }

    /// The agent of a running attempt is at work, though it may print nothing. False where the attempt does not run here.
    public boolean signOfLife(Worker of) {
        Optional<Running> run = running(of);
        run.ifPresent(Running::signOfLife);
        return run.isPresent();
    }

    private Optional<Running> running(Worker of) {
        return Optional.ofNullable(running.get(new Key(of.job(), of.task(), of.attempt())));
    }

    /// Ends what is left of the attempt and says that it was lost; its work stays in its workspace, from
    /// which the next attempt takes it up or rescues it.
    @Override
    public void recover(AttemptOrder order, Optional<ProcessIdentity> process, Reports reports) {
        Reports masked = masked(reports);
        threads.execute(() -> {
            if (endOwn(order) && end(order, process, masked)) {
                maskLogs(order, masked);
                masked.happened(
                        failed(
                                order,
                                Reason.LOST,
                                "The orchestrator ended while this attempt ran; it is tried again.",
                                new Tally()));
            }
        });
    }

    /// Ends the attempt where this very dispatch carries it out, for a driver that was superseded or broke off. False
    /// where this dispatch was closed before.
    private boolean endOwn(AttemptOrder order) {
        Running own = running.get(Key.of(order));
        if (own == null) {
            return true;
        }
        own.stop(true);
        try {
            own.awaitEnd();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Ends what is left of an attempt, as often as that takes: it is not lost while a process of it may
    /// write into its workspace. False where this dispatch was closed before.
    private boolean end(AttemptOrder order, Optional<ProcessIdentity> process, Reports reports) {
        Optional<Identity> first =
                process.map(p -> new Identity(p.pid(), p.startTicks(), p.bootId()));
        Duration grace = order.request().settings().workers().stopGrace();
        Optional<String> told = Optional.empty();
        while (!Thread.currentThread().isInterrupted()) {
            String left;
            try {
                int survivors =
                        equipment.processes().reap(first, AttemptMark.of(order), grace).survivors()
                                + gitLeft(grace);
                if (survivors == 0) {
                    return true;
                }
                left = survivors + " of its processes can't be ended";
            } catch (RuntimeException e) {
                // The edge of a thread: what can't be seen may live.
                left = "its processes can't be looked for (" + e + ")";
            }
            if (!told.equals(Optional.of(left))) {
                told = Optional.of(left);
                warn(order, reports, "Its next attempt waits, since " + left + ".");
            }
            LockSupport.parkNanos(REAP_AGAIN.toNanos());
        }
        return false;
    }

    /// What git was doing for an orchestrator that died goes on by itself.
    private int gitLeft(Duration grace) {
        return equipment.repository().map(r -> r.git().endOrphans(grace)).orElse(0);
    }

    private void carry(AttemptOrder order, Reports reports, Running run) {
        Tally tally = new Tally();
        try {
            tellEnd(carryOut(order, reports, run, tally), reports, run);
        } catch (CannotStartException e) {
            tellEnd(failed(order, Reason.NOT_INSTALLED, said(e), tally), reports, run);
        } catch (WorkspaceException | GitException | IOException | UncheckedIOException e) {
            tellEnd(
                    run.isStopped()
                            ? ended(order, new Outcome.Stopped(WorkResult.NONE), tally)
                            : failed(order, reason(e), said(e), tally),
                    reports,
                    run);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            // The edge of a thread: whatever went wrong, the engine must hear of the end.
            tellEnd(
                    failed(
                            order,
                            Reason.WORKSPACE,
                            "Something went wrong in Coppice itself: " + e,
                            tally),
                    reports,
                    run);
            throw e;
        } finally {
            running.remove(Key.of(order), run);
            endPass(run);
            run.ended();
        }
    }

    /// Whoever hears of the end finds the attempt's pass good for nothing.
    private void tellEnd(Event.AttemptEnded end, Reports reports, Running run) {
        endPass(run);
        reports.happened(end);
    }

    private void endPass(Running run) {
        run.pass().ifPresent(equipment.passes()::end);
    }

    private Event.AttemptEnded carryOut(
            AttemptOrder order, Reports reports, Running run, Tally tally)
            throws InterruptedException, IOException {
        try {
            return switch (order.request().settings().layout().isolation()) {
                case WORKTREE -> besideCheckout(order, reports, run, tally);
                case NONE -> attempt(order, reports, run, tally);
            };
        } finally {
            maskLogs(order, reports);
        }
    }

    /// What programs wrote themselves, into their logs and as their result, which has been read.
    private void maskLogs(AttemptOrder order, Reports reports) {
        MaskedLogs masked = new MaskedLogs(equipment.secrets());
        TaskFolder folder = Naming.folder(order);
        try {
            masked.maskBelow(folder.attempt(order.attempt()).root());
            masked.mask(folder.setupLog());
            masked.mask(folder.result());
        } catch (IOException | UncheckedIOException e) {
            warn(
                    order,
                    reports,
                    "Secrets may be left in the logs in " + folder.root() + ": " + said(e));
        }
    }

    /// Tells of a change to the user's checkout, from which this attempt is to keep away.
    private Event.AttemptEnded besideCheckout(
            AttemptOrder order, Reports reports, Running run, Tally tally)
            throws InterruptedException, IOException {
        try (UsersCheckout.Watching watching = checkout.orElseThrow().watch(order.job())) {
            look(order, reports, watching::begin);
            Event.AttemptEnded end = attempt(order, reports, run, tally);
            look(
                    order,
                    reports,
                    () -> {
                        List<String> changed = watching.changes(tally.lastEnd());
                        if (!changed.isEmpty()) {
                            reports.happened(new Event.CheckoutChanged(changed));
                        }
                    });
            return end;
        }
    }

    /// A look that fails harms no attempt.
    private static void look(AttemptOrder order, Reports reports, Runnable look) {
        try {
            look.run();
        } catch (GitException | UncheckedIOException e) {
            warn(order, reports, "It can't be seen whether your checkout changed: " + said(e));
        }
    }

    private static void warn(AttemptOrder order, Reports reports, String text) {
        reports.happened(
                new Event.Noted(Event.Level.WARNING, Optional.of(order.task().id()), text));
    }

    private Event.AttemptEnded attempt(
            AttemptOrder order, Reports reports, Running run, Tally tally)
            throws InterruptedException, IOException {
        return switch (order.task().duty()) {
            case Duty.Work _, Duty.Resolving _, Duty.Mending _ ->
                    new WorkAttempt(equipment, order, reports, run, tally).carry();
            case Duty.Planning _ ->
                    new PlanningAttempt(equipment, order, reports, run, tally).carry();
            case Duty.Integrating _ ->
                    new IntegrationAttempt(equipment, order, reports, run, tally).carry();
            case Duty.Delegating _ ->
                    throw new IllegalArgumentException(
                            order.task().id() + " is a job of its own, not an attempt");
        };
    }

    private static Reason reason(Exception e) {
        return e instanceof TimeUpException time
                ? switch (time.limit()) {
                    case WALL -> Reason.WALL_TIMEOUT;
                    case IDLE -> Reason.IDLE_TIMEOUT;
                }
                : Reason.WORKSPACE;
    }

    private static String said(Exception e) {
        return Optional.ofNullable(e.getMessage()).orElseGet(e::toString);
    }

    private static Event.AttemptEnded failed(
            AttemptOrder order, Reason reason, String message, Tally tally) {
        return ended(order, new Outcome.Failed(reason, message, WorkResult.NONE), tally);
    }

    /// The session is not known here; the one that was reported holds.
    private static Event.AttemptEnded ended(AttemptOrder order, Outcome outcome, Tally tally) {
        return new Event.AttemptEnded(
                order.task().id(),
                order.attempt(),
                outcome,
                tally.usage(),
                tally.resources(),
                Optional.empty(),
                Optional.empty());
    }

    /// Ends running attempts at once, whose reports are heard no more. When this returns, nothing is done for any of them.
    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
