package dev.coppice.cli;

import dev.coppice.model.TaskId;
import dev.coppice.runtime.Coppice;
import picocli.CommandLine.Model.CommandSpec;

/// `fail`: a claimed task can't be done.
final class FailCommand implements Action {
    private static final String ERROR = "--error";

    @Override
    public void describe(CommandSpec spec) {
        Claimant.describe(spec).parameter("TASK", "Its id").value(ERROR, "TEXT", "Why");
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        try (Coppice coppice = call.open()) {
            Claimant claimant = Claimant.of(call, coppice);
            TaskId task = claimant.task();
            String error = call.value(ERROR).orElse(claimant.name() + " said no more.");
            return claimant.told(
                    task, claimant.queue().fail(task, claimant.name(), error), "has failed");
        }
    }
}
