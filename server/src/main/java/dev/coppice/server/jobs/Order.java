package dev.coppice.server.jobs;

import dev.coppice.model.AgentName;
import dev.coppice.model.CommandLine;
import dev.coppice.model.JobRequest.Receipt;
import dev.coppice.model.Settings;
import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.plan.PlanDraft;
import dev.coppice.runtime.RunOrder;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A job that a client asks for.
///
/// @param request empty where the plan's goal is to stand for it
/// @param receipt by which the order is known when it comes again; not kept of a worker's, whose token does not outlive
///     this process
public record Order(
        String request, Optional<PlanDraft> plan, Wishes wishes, Optional<Receipt> receipt) {
    /// What of the configuration the client wants otherwise, in the words of document 004.
    ///
    /// @param currentDepth how deep the client believes to be; never trusted, only held against the limit
    public record Wishes(
            Optional<Integer> maxWorkers,
            Optional<Duration> defaultTimeout,
            Optional<Integer> maxRetries,
            Optional<Boolean> enableRecursion,
            Optional<Integer> maxRecursionDepth,
            Optional<Integer> currentDepth,
            Optional<AgentName> agent,
            Optional<String> model,
            Optional<String> base,
            Optional<String> target,
            Optional<Settings.Result> integrate,
            Optional<BigDecimal> budgetUsd,
            Optional<List<CommandLine>> checks) {}

    /// Another try.
    ///
    /// @param tasks empty: all that did not succeed
    public record Again(List<String> tasks, Optional<Duration> timeout) {
        public Again {
            tasks = List.copyOf(tasks);
        }
    }

    /// The same order, known by `by` when it comes again.
    public Order known(Receipt by) {
        return new Order(request, plan, wishes, Optional.of(by));
    }

    /// What the runtime is asked for.
    public RunOrder run() {
        return new RunOrder(request, plan, wishes.base());
    }

    /// The configuration's settings with the client's wishes over them.
    public Settings over(Settings settings) {
        return settings.withWorkers(workers(settings.workers()))
                .withRecursion(recursion(settings.recursion()))
                .withAgents(agents(settings.agents()))
                .withChecks(wishes.checks().orElse(settings.checks()))
                .withIntegrate(
                        new Settings.Integrate(
                                wishes.integrate().orElse(settings.integrate().result()),
                                settings.integrate().conflicts(),
                                wishes.target().or(settings.integrate()::target)))
                .withBudgetUsd(wishes.budgetUsd().or(settings::budgetUsd));
    }

    private Settings.Workers workers(Settings.Workers workers) {
        return workers.withMaxWorkers(wishes.maxWorkers().orElse(workers.maxWorkers()))
                .withDefaultTimeout(wishes.defaultTimeout().orElse(workers.defaultTimeout()))
                .withMaxRetries(wishes.maxRetries().orElse(workers.maxRetries()));
    }

    private Settings.Recursion recursion(Settings.Recursion recursion) {
        return new Settings.Recursion(
                wishes.enableRecursion().orElse(recursion.enabled()),
                wishes.maxRecursionDepth().orElse(recursion.maxDepth()),
                recursion.workersByDepth());
    }

    private Settings.Agents agents(Settings.Agents agents) {
        AgentName byDefault = wishes.agent().orElse(agents.byDefault());
        Map<AgentName, AgentSettings> configured = new HashMap<>(agents.configured());
        wishes.model()
                .ifPresent(model ->
                        configured.computeIfPresent(
                                byDefault, (_, agent) -> agent.withModel(model)));
        return new Settings.Agents(byDefault, agents.lead(), configured);
    }
}
