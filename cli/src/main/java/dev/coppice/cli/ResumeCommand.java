package dev.coppice.cli;

import dev.coppice.engine.Engine;
import dev.coppice.model.JobId;
import dev.coppice.runtime.Coppice;
import picocli.CommandLine.Model.CommandSpec;

/// `resume`: goes on with a job that nobody drives, to its end.
final class ResumeCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec).parameter("JOB", "Its id").usual();
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        try (Coppice coppice = call.open()) {
            JobId job = call.job(coppice).id();
            Follow follow = new Follow(call, coppice);
            return switch (coppice.resume(job)) {
                case Engine.Resumption.Resumed _, Engine.Resumption.Over _ -> follow.toTheEnd(job);
                case Engine.Resumption.Driven driven ->
                        throw CommandFailure.of(
                                ExitCode.INVALID,
                                job.value(),
                                "Process %d drives it. Look on with: coppice watch %s"
                                        .formatted(driven.by().pid(), job));
                case Engine.Resumption.NoSuchJob _ ->
                        throw CommandFailure.of(ExitCode.UNKNOWN, job.value(), "It is gone.");
            };
        }
    }
}
