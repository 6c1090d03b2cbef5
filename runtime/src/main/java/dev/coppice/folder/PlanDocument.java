package dev.coppice.folder;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.coppice.model.CommandLine;
import dev.coppice.model.Need;
import dev.coppice.model.Task;
import dev.coppice.report.JobView;
import dev.coppice.report.TaskView;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/// plan.json: the keys of a plan file, so that it can be run again.
record PlanDocument(String goal, List<PlannedTask> tasks) {
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    record PlannedTask(
            String id,
            String description,
            int priority,
            List<String> dependencies,
            List<String> contextFiles,
            String hints,
            String agent,
            Optional<String> model,
            String expects,
            List<String> expectedFiles,
            List<Object> checks,
            Optional<Number> estimate,
            Number timeout,
            int maxRetries,
            Optional<BigDecimal> budgetUsd) {}

    static PlanDocument of(JobView job) {
        return new PlanDocument(
                job.goal(), job.tasks().stream().map(PlanDocument::planned).toList());
    }

    private static PlannedTask planned(TaskView view) {
        Task task = view.task();
        return new PlannedTask(
                task.id().value(),
                task.description(),
                task.priority(),
                task.needs().stream()
                        .filter(need -> need.on() == Need.On.SUCCESS)
                        .map(need -> need.task().value())
                        .toList(),
                task.contextFiles(),
                task.hints(),
                task.agent().value(),
                task.model(),
                JsonValues.lower(task.expects()),
                task.expectedFiles(),
                task.checks().stream().map(PlanDocument::command).toList(),
                task.estimate().map(JsonValues::plainSeconds),
                JsonValues.plainSeconds(task.limits().timeout()),
                task.limits().maxRetries(),
                task.limits().budgetUsd());
    }

    private static Object command(CommandLine command) {
        return command.isShell() ? command.toString() : command.argv();
    }
}
