package dev.coppice.library.orchestrator;

import dev.coppice.model.AgentName;
import dev.coppice.model.Excerpt;
import dev.coppice.model.Expectation;
import dev.coppice.model.Settings;
import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.model.TaskId;
import dev.coppice.plan.PlanDraft;
import dev.coppice.plan.TaskDraft;
import dev.coppice.report.TaskView;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Preparation;
import dev.coppice.runtime.RunOrder;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a run came to, in words: by the leader, in a job of its own in which it may only read, else put together from the
/// results.
final class Summary {
    private static final TaskId TASK = new TaskId("summary");

    /// Of a task's output, the last characters that the leader is told.
    private static final int OUTPUT_MAX = 2_000;

    private Summary() {}

    /// @param run what it is the summary of
    /// @param left of the run's time; empty: it has no limit
    static String of(
            Coppice coppice,
            Workers.Run run,
            Settings settings,
            Optional<Duration> left,
            CoordinationState state)
            throws InterruptedException {
        String results = results(state);
        boolean isTooLate = left.filter(time -> !time.isPositive()).isPresent();
        return state.tasks().isEmpty() || isTooLate
                ? results
                : byLeader(coppice, run, reading(settings, left), state, results).orElse(results);
    }

    private static String results(CoordinationState state) {
        Progress progress = state.progress();
        StringBuilder text = new StringBuilder();
        text.append(
                "%d of %d tasks are done."
                        .formatted(progress.count(TaskStatus.DONE), progress.totalTasks()));
        for (Task task : state.tasks()) {
            text.append("\n- ")
                    .append(task.description().strip().lines().findFirst().orElse(""))
                    .append(": ")
                    .append(task.status().value());
            task.result()
                    .flatMap(TaskResult::error)
                    .filter(error -> !error.isBlank())
                    .ifPresent(error -> text.append(", ").append(error.strip()));
        }
        return text.toString();
    }

    private static Optional<String> byLeader(
            Coppice coppice,
            Workers.Run run,
            Settings settings,
            CoordinationState state,
            String results)
            throws InterruptedException {
        TaskDraft.Builder task =
                TaskDraft.unplaced()
                        .id(TASK.value())
                        .description(prompt(state, results))
                        .agent(settings.agents().lead().value())
                        .expects(Expectation.REPORT)
                        .maxRetries(0);
        RunOrder order =
                new RunOrder(
                        "Summarise: " + state.goal(),
                        Optional.of(PlanDraft.of(state.goal(), List.of(task))),
                        Optional.empty());
        return switch (coppice.prepare(order, settings)) {
            case Preparation.Refused _ -> Optional.empty();
            case Preparation.Ready ready ->
                    run.sumUp(ready)
                            .flatMap(coppice::view)
                            .flatMap(view -> view.task(TASK))
                            .filter(told -> !told.isUnsuccessful())
                            .map(TaskView::output)
                            .map(String::strip)
                            .filter(text -> !text.isEmpty());
        };
    }

    private static String prompt(CoordinationState state, String results) {
        StringBuilder text = new StringBuilder();
        text.append(
                """
                Several agents have worked on the goal below. Say in a few sentences, for whoever set the goal, what was
                achieved, what was not and why, and what should be looked at. Change nothing.

                Goal: %s

                %s
                """
                        .formatted(state.goal(), results));
        for (Task task : state.tasks()) {
            task.result()
                    .map(TaskResult::output)
                    .filter(output -> !output.isBlank())
                    .ifPresent(output ->
                            text.append("\nWhat task %s said:\n".formatted(task.id()))
                                    .append(Excerpt.end(output.strip(), OUTPUT_MAX).after("… "))
                                    .append('\n'));
        }
        return text.toString();
    }

    /// The same settings for one who stands in the user's folder, only reads, and has what is left of the run's time.
    private static Settings reading(Settings settings, Optional<Duration> left) {
        Settings.Agents agents = settings.agents();
        Map<AgentName, AgentSettings> configured = new HashMap<>(agents.configured());
        configured.computeIfPresent(
                agents.lead(), (_, lead) -> lead.withPermission(Settings.Permission.PLAN));
        return settings.withLayout(settings.layout().withIsolation(Settings.Isolation.NONE))
                .withWorkers(settings.workers().withJobTimeout(left))
                .withAgents(agents.withConfigured(configured))
                .withEnvironment(Settings.Environment.NONE)
                .withChecks(List.of());
    }
}
