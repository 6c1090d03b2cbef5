package dev.coppice.cli;

import dev.coppice.client.Wire;
import dev.coppice.engine.AttemptOrder;
import dev.coppice.engine.WorkQueue.Claim;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.report.Figures;
import dev.coppice.report.JobView;
import dev.coppice.report.Plain;
import dev.coppice.runtime.Coppice;
import dev.coppice.server.jobs.ClaimedTask;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// `claim`: a task of a job, to be done from this terminal.
final class ClaimCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {
        Claimant.describe(spec).optional("TASK", "Its id; without one, the task whose turn it is");
    }

    @Override
    public int run(Invocation call) {
        try (Coppice coppice = call.open()) {
            Claimant claimant = Claimant.of(call, coppice);
            Optional<TaskId> named = call.parameter(0).map(_ -> claimant.task());
            Claim claim =
                    named.isPresent()
                            ? claimant.queue().claim(named.get(), claimant.name())
                            : claimant.queue().claim(claimant.name());
            return switch (claim) {
                case Claim.Granted granted -> granted(call, claimant, granted);
                case Claim.Nothing _ -> nothing(call, claimant);
                case Claim.Refused _ -> {
                    TaskId task = named.orElseThrow();
                    throw Claimant.refused(
                            ExitCode.FAILED, task, "It can't be claimed: " + claimant.state(task));
                }
            };
        }
    }

    private static int granted(Invocation call, Claimant claimant, Claim.Granted granted) {
        AttemptOrder order = granted.order();
        call.out()
                .print(
                        call.isJson()
                                ? Wire.write(ClaimedTask.of(claimant.name(), granted)) + "\n"
                                : text(order)
                                        + "\nYours until "
                                        + Figures.moment(granted.until(), call.zone())
                                        + "; `coppice heartbeat` prolongs that.\n");
        return ExitCode.DONE.number();
    }

    private static int nothing(Invocation call, Claimant claimant) {
        JobView job = claimant.coppice().view(claimant.job().id()).orElseThrow();
        call.out()
                .line(
                        call.isJson()
                                ? Wire.write(ClaimedTask.nothing(job))
                                : "There is nothing to claim now; the job is "
                                        + job.status().wire()
                                        + ".");
        return ExitCode.FAILED.number();
    }

    /// For a person, or an agent that reads.
    private static String text(AttemptOrder order) {
        Task task = order.task();
        StringBuilder text = new StringBuilder();
        text.append("task ").append(task.id()).append('\n');
        section(text, "Goal", order.goal());
        section(text, "Task", task.description());
        section(text, "Hints", task.hints());
        section(text, "Files", String.join("\n", task.contextFiles()));
        for (AttemptOrder.Input input : order.inputs()) {
            section(text, "What task " + input.task().id() + " brought", input.output());
        }
        List<String> found =
                order.discoveries().stream().map(each -> "- " + each.content()).toList();
        section(text, "Discoveries", String.join("\n", found));
        return text.toString();
    }

    private static void section(StringBuilder text, String title, String content) {
        if (!content.isBlank()) {
            text.append('\n').append(title).append(":\n");
            content.strip()
                    .lines()
                    .forEach(line -> text.append("  ").append(Plain.line(line)).append('\n'));
        }
    }
}
