package dev.coppice.cli;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.engine.WorkQueue.Claim;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.report.Figures;
import dev.coppice.report.Plain;
import dev.coppice.runtime.Coppice;
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
                                ? json(claimant, granted) + "\n"
                                : text(order)
                                        + "\nYours until "
                                        + Figures.moment(granted.until(), call.zone())
                                        + "; `coppice heartbeat` prolongs that.\n");
        return ExitCode.DONE.number();
    }

    private static int nothing(Invocation call, Claimant claimant) {
        String status = claimant.coppice().view(claimant.job().id()).orElseThrow().status().wire();
        call.out()
                .line(
                        call.isJson()
                                ? Json.write(
                                        Json.object(
                                                "job_id",
                                                claimant.job().id(),
                                                "task",
                                                Optional.empty(),
                                                "job_status",
                                                status))
                                : "There is nothing to claim now; the job is " + status + ".");
        return ExitCode.FAILED.number();
    }

    private static String json(Claimant claimant, Claim.Granted granted) {
        AttemptOrder order = granted.order();
        Task task = order.task();
        return Json.write(
                Json.object(
                        "job_id",
                        claimant.job().id(),
                        "goal",
                        order.goal(),
                        "task",
                        Json.object(
                                "id", task.id(),
                                "description", task.description(),
                                "priority", task.priority(),
                                "dependencies",
                                        task.needs().stream().map(need -> need.task()).toList(),
                                "context_files", task.contextFiles(),
                                "hints", task.hints(),
                                "expected_files", task.expectedFiles()),
                        "attempt",
                        order.attempt(),
                        "claimed_by",
                        claimant.name(),
                        "claimed_until",
                        granted.until(),
                        "results",
                        order.inputs().stream()
                                .map(input ->
                                        Json.object(
                                                "task",
                                                input.task().id(),
                                                "output",
                                                input.output()))
                                .toList(),
                        "discoveries",
                        order.discoveries().stream()
                                .map(found ->
                                        Json.object(
                                                "content", found.content(), "tags", found.tags()))
                                .toList()));
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
