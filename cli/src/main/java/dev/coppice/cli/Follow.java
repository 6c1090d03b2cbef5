package dev.coppice.cli;

import dev.coppice.engine.Driver;
import dev.coppice.model.JobId;
import dev.coppice.report.JobView;
import dev.coppice.runtime.Coppice;

/// Stays with a job that this process drives until it is over or laid down.
final class Follow {
    private final Invocation call;
    private final Coppice coppice;
    private final Interruption interruption;

    /// Begun before the job is, so that no signal falls between.
    Follow(Invocation call, Coppice coppice) {
        this.call = call;
        this.coppice = coppice;
        LogFile.open(coppice);
        this.interruption = Interruption.of(coppice.engine(), call.out());
        call.out().goOnAlone();
    }

    /// Shows how it goes, prints how it ended, and returns the exit code.
    int toTheEnd(JobId job) throws InterruptedException {
        if (!call.isJson()) {
            call.out().line("job " + job);
        }
        Driver.Turn last = awaitShown(job);
        JobView view = coppice.view(job).orElseThrow();
        if (call.isJson()) {
            call.out().line(Jobs.results(call, coppice, view));
        } else {
            call.out().print(Jobs.text(call, coppice, view, call.screen()));
            call.out().line("\nreport: " + coppice.folder(view).finalResult());
        }
        return switch (last) {
            case Driver.Turn.Over _ -> ExitCode.of(view).number();
            case Driver.Turn.LaidDown _, Driver.Turn.Superseded _, Driver.Turn.Waiting _ -> {
                call.out().say("laid down, go on with: coppice resume " + job);
                yield interruption.exitCode().orElse(ExitCode.STOPPED.number());
            }
        };
    }

    private Driver.Turn awaitShown(JobId job) throws InterruptedException {
        if (call.isJson()) {
            return coppice.await(job);
        }
        Progress progress = new Progress(call, coppice, job);
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
