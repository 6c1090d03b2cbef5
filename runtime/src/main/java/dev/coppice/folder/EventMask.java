package dev.coppice.folder;

import dev.coppice.model.AgentName;
import dev.coppice.model.CommandLine;
import dev.coppice.model.Discovery;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.FileChange;
import dev.coppice.model.Handoff;
import dev.coppice.model.Integration;
import dev.coppice.model.Integration.Delivery;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Outcome;
import dev.coppice.model.Plan;
import dev.coppice.model.Settings;
import dev.coppice.model.Settings.AgentSettings;
import dev.coppice.model.Task;
import dev.coppice.model.WholeText;
import dev.coppice.model.WorkResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Masks every text in an event that somebody wrote: a person, an agent, a check, a provider, and leaves no half of a
/// character in it. Names that the engine made (ids, branches, refs) stay.
///
/// @param ofInstructions whether also what agents and programs are told to do is masked
record EventMask(Secrets secrets, boolean ofInstructions) {
    Event mask(Event event) {
        return switch (event) {
            case Event.JobSubmitted e -> new Event.JobSubmitted(request(e.request()));
            case Event.TasksAdded e ->
                    new Event.TasksAdded(e.by(), instruction(e.goal()), tasks(e.tasks()));
            case Event.Checked e ->
                    new Event.Checked(
                            e.task(),
                            e.attempt(),
                            e.round(),
                            text(e.command()),
                            e.exitCode(),
                            e.took(),
                            text(e.output()));
            case Event.Discovered e ->
                    new Event.Discovered(
                            e.task(),
                            e.attempt(),
                            new Discovery(
                                    text(e.discovery().content()), texts(e.discovery().tags())));
            case Event.AttemptEnded e ->
                    new Event.AttemptEnded(
                            e.task(),
                            e.attempt(),
                            outcome(e.outcome()),
                            e.usage(),
                            e.resources(),
                            e.session(),
                            e.rescue());
            case Event.AgentPaused e -> new Event.AgentPaused(e.agent(), e.until(), text(e.why()));
            case Event.CheckoutChanged e -> new Event.CheckoutChanged(texts(e.paths()));
            case Event.Noted e -> new Event.Noted(e.level(), e.task(), text(e.text()));
            case Event.JobEnded e -> new Event.JobEnded(e.status(), text(e.why()));
            case Event.DriverTaken _,
                    Event.AttemptClaimed _,
                    Event.AttemptStarting _,
                    Event.WorkspaceReady _,
                    Event.AttemptStarted _,
                    Event.SessionOpened _,
                    Event.AgentEnded _,
                    Event.RetryScheduled _,
                    Event.TaskEnded _,
                    Event.CancelRequested _,
                    Event.PauseRequested _,
                    Event.RetryRequested _,
                    Event.ResultMerged _ ->
                    event;
        };
    }

    private JobRequest request(JobRequest request) {
        if (!ofInstructions) {
            return request;
        }
        return new JobRequest(
                text(request.request()),
                request.repository(),
                request.base(),
                request.target(),
                request.plan().map(this::plan),
                settings(request.settings()),
                request.depth(),
                request.parent(),
                request.receipt());
    }

    private Settings settings(Settings settings) {
        return new Settings(
                settings.layout(),
                settings.workers(),
                settings.recursion(),
                agents(settings.agents()),
                environment(settings.environment()),
                commands(settings.checks()),
                settings.integrate(),
                settings.budgetUsd());
    }

    private Settings.Agents agents(Settings.Agents agents) {
        Map<AgentName, AgentSettings> configured = new HashMap<>();
        agents.configured().forEach((name, agent) -> configured.put(name, agent(agent)));
        return new Settings.Agents(agents.byDefault(), agents.lead(), configured);
    }

    private AgentSettings agent(AgentSettings agent) {
        return new AgentSettings(
                agent.kind(),
                texts(agent.command()),
                texts(agent.args()),
                agent.model(),
                agent.permission(),
                agent.input(),
                agent.env(),
                agent.home(),
                agent.maxConcurrent());
    }

    private Settings.Environment environment(Settings.Environment environment) {
        return new Settings.Environment(
                commands(environment.setup()),
                environment.copy(),
                environment.link(),
                environment.requirements(),
                environment.packages(),
                environment.ports());
    }

    private List<CommandLine> commands(List<CommandLine> commands) {
        return commands.stream().map(command -> new CommandLine(texts(command.argv()))).toList();
    }

    private Outcome outcome(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done e -> new Outcome.Done(result(e.result()));
            case Outcome.Planned e -> new Outcome.Planned(plan(e.plan()), result(e.result()));
            case Outcome.Integrated e -> new Outcome.Integrated(integration(e.integration()));
            case Outcome.Deferred e -> new Outcome.Deferred(tasks(e.until()), text(e.why()));
            case Outcome.Failed e ->
                    new Outcome.Failed(e.reason(), text(e.message()), result(e.partial()));
            case Outcome.RateLimited e ->
                    new Outcome.RateLimited(e.until(), text(e.message()), result(e.partial()));
            case Outcome.Stopped e -> new Outcome.Stopped(result(e.partial()));
        };
    }

    private Plan plan(Plan plan) {
        return new Plan(instruction(plan.goal()), tasks(plan.tasks()));
    }

    private List<Task> tasks(List<Task> tasks) {
        return tasks.stream().map(this::task).toList();
    }

    private Duty duty(Duty duty) {
        return switch (duty) {
            case Duty.Work(Optional<Handoff> handoff) -> new Duty.Work(handoff.map(this::handoff));
            case Duty.Delegating e -> new Duty.Delegating(e.by(), e.child(), request(e.request()));
            case Duty.Planning _, Duty.Integrating _, Duty.Resolving _, Duty.Mending _ -> duty;
        };
    }

    private Handoff handoff(Handoff handoff) {
        return new Handoff(
                handoff.branch(),
                text(handoff.envelope()),
                text(handoff.brief()),
                texts(handoff.expectedOutputs()));
    }

    private Task task(Task task) {
        if (!ofInstructions) {
            return task;
        }
        return new Task(
                task.id(),
                duty(task.duty()),
                text(task.description()),
                task.priority(),
                task.needs(),
                texts(task.contextFiles()),
                text(task.hints()),
                task.agent(),
                task.model(),
                task.expects(),
                texts(task.expectedFiles()),
                commands(task.checks()),
                task.trusted(),
                task.estimate(),
                task.limits());
    }

    private WorkResult result(WorkResult result) {
        // a mask may be longer than what it stands for
        WorkResult words = WorkResult.of(text(result.output()));
        return new WorkResult(
                words.output(),
                result.outputCut() || words.outputCut(),
                result.branch(),
                result.commit(),
                result.files().stream()
                        .map(file -> new FileChange(text(file.path()), file.kind()))
                        .toList());
    }

    private Integration integration(Integration integration) {
        return new Integration(
                integration.branch(),
                integration.commit(),
                integration.tasks(),
                switch (integration.delivery()) {
                    case Delivery.Refused refused ->
                            new Delivery.Refused(
                                    refused.target(), text(refused.why()), text(refused.command()));
                    case Delivery.NotAsked notAsked -> notAsked;
                    case Delivery.Delivered delivered -> delivered;
                });
    }

    private String instruction(String text) {
        return ofInstructions ? text(text) : text;
    }

    private String text(String text) {
        return secrets.mask(new WholeText(text).value());
    }

    private List<String> texts(List<String> texts) {
        return texts.stream().map(this::text).toList();
    }
}
