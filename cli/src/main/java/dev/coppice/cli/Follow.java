package dev.coppice.cli;

import dev.coppice.engine.Driver;
import dev.coppice.engine.Engine;
import dev.coppice.model.JobId;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.report.JobView;
import dev.coppice.runtime.Coppice;
import dev.coppice.server.rest.RestServer;
import dev.coppice.server.rest.WorkerDoor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Stays with a job until it is over or laid down.
final class Follow {
    private final Invocation call;
    private final Coppice coppice;
    private final Site site;
    private final Attendance attendance;
    private final Optional<WorkerDoor> door;
    private final Interruption interruption;

    /// Begun before the job is, so that no signal falls between.
    Follow(Invocation call, Coppice coppice) {
        this.call = call;
        this.coppice = coppice;
        this.site = new ThisRepository(coppice);
        this.attendance = new Attendance(call, site);
        this.door = openDoor(call, coppice, LogFile.open(coppice));
        this.interruption = Interruption.of(coppice.engine(), call.out());
        call.out().goOnAlone();
    }

    /// The door at which the job's workers call back. Without one they work all the same.
    static Optional<WorkerDoor> openDoor(Invocation call, Coppice coppice, Path logs) {
        RestServer.Options options =
                new RestServer.Options(
                        "127.0.0.1",
                        0,
                        logs,
                        RestServer.Options.PATIENCE,
                        RestServer.Options.CONNECTIONS,
                        Main.VERSION,
                        call.world().clock());
        try {
            return Optional.of(WorkerDoor.open(coppice, options));
        } catch (IOException e) {
            call.out().say("warning: workers can start no jobs: " + e.getMessage());
            return Optional.empty();
        }
    }

    /// Stays with a job that was to be taken up, whoever drives it now.
    int on(Engine.Resumption resumption, JobId job) throws InterruptedException {
        return switch (resumption) {
            case Engine.Resumption.Resumed _, Engine.Resumption.Over _ -> toTheEnd(job);
            case Engine.Resumption.Driven(ProcessIdentity by) -> {
                call.out().say("process " + by.pid() + " drives it");
                yield elsewhere(job);
            }
            case Engine.Resumption.NoSuchJob _ ->
                    throw CommandFailure.of(ExitCode.UNKNOWN, job.value(), "It is gone.");
        };
    }

    /// Shows how a job goes that this process drives, prints how it ended, and returns the exit code.
    int toTheEnd(JobId job) throws InterruptedException {
        interruption.catchUp();
        attendance.tellName(job);
        Driver.Turn last;
        try {
            last = awaitShown(job);
        } finally {
            door.ifPresent(WorkerDoor::close);
        }
        JobView view = attendance.tellEnd(job);
        return switch (last) {
            case Driver.Turn.Over _ -> ExitCode.of(view).number();
            case Driver.Turn.LaidDown _, Driver.Turn.Superseded _, Driver.Turn.Waiting _ ->
                    laidDown(job);
        };
    }

    /// The same for a job that another process drives, which goes on when this one is interrupted.
    private int elsewhere(JobId job) throws InterruptedException {
        door.ifPresent(WorkerDoor::close);
        interruption.end();
        if (interruption.exitCode().isPresent()) {
            return interruption.exitCode().get();
        }
        return attendance.toTheEnd(job);
    }

    private int laidDown(JobId job) {
        call.out().say("laid down, go on with: coppice resume " + job);
        return interruption.exitCode().orElse(ExitCode.STOPPED.number());
    }

    private Driver.Turn awaitShown(JobId job) throws InterruptedException {
        if (call.isJson()) {
            return coppice.await(job);
        }
        Progress progress = new Progress(call, site, job);
        Thread showing = Thread.ofVirtual().name("progress").start(() -> show(progress));
        try {
            return coppice.await(job);
        } finally {
            progress.enough();
            showing.join();
        }
    }

    private static void show(Progress progress) {
        try {
            progress.show();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
