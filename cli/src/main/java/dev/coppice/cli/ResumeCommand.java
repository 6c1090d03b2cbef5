package dev.coppice.cli;

import dev.coppice.model.JobId;
import dev.coppice.runtime.Coppice;
import picocli.CommandLine.Model.CommandSpec;

/// `resume`: goes on with a job that nobody drives, and follows any to its end.
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
            return follow.on(coppice.resume(job), job);
        }
    }
}
