package dev.coppice.cli;

import dev.coppice.model.TaskId;
import dev.coppice.runtime.Coppice;
import picocli.CommandLine.Model.CommandSpec;

/// `heartbeat`: whoever claimed a task still works on it.
final class HeartbeatCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {
        Claimant.describe(spec).parameter("TASK", "Its id");
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        try (Coppice coppice = call.open()) {
            Claimant claimant = Claimant.of(call, coppice);
            TaskId task = claimant.task();
            return claimant.told(
                    task, claimant.queue().heartbeat(task, claimant.name()), "stays yours");
        }
    }
}
