package dev.coppice.attempt;

import dev.coppice.model.Discovery;
import dev.coppice.model.Event;
import dev.coppice.model.Outcome;
import dev.coppice.model.WorkResult;
import java.util.function.UnaryOperator;

/// Takes secrets out of what attempts report, before it is written anywhere.
final class Masking {
    private final UnaryOperator<String> mask;

    /// @param mask gives a text without its secrets
    Masking(UnaryOperator<String> mask) {
        this.mask = mask;
    }

    Event event(Event event) {
        return switch (event) {
            case Event.AttemptEnded e ->
                    new Event.AttemptEnded(
                            e.task(),
                            e.attempt(),
                            outcome(e.outcome()),
                            e.usage(),
                            e.resources(),
                            e.session(),
                            e.rescue());
            case Event.Checked e ->
                    new Event.Checked(
                            e.task(),
                            e.attempt(),
                            e.round(),
                            mask.apply(e.command()),
                            e.exitCode(),
                            e.took(),
                            mask.apply(e.output()));
            case Event.Discovered e ->
                    new Event.Discovered(
                            e.task(),
                            e.attempt(),
                            new Discovery(
                                    mask.apply(e.discovery().content()), e.discovery().tags()));
            case Event.Noted e -> new Event.Noted(e.level(), e.task(), mask.apply(e.text()));
            case Event.JobSubmitted _,
                    Event.DriverTaken _,
                    Event.TasksAdded _,
                    Event.AttemptStarting _,
                    Event.WorkspaceReady _,
                    Event.AttemptStarted _,
                    Event.SessionOpened _,
                    Event.AgentEnded _,
                    Event.RetryScheduled _,
                    Event.TaskEnded _,
                    Event.AgentPaused _,
                    Event.CheckoutChanged _,
                    Event.CancelRequested _,
                    Event.PauseRequested _,
                    Event.RetryRequested _,
                    Event.JobEnded _ ->
                    event;
        };
    }

    private Outcome outcome(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done(WorkResult result) -> new Outcome.Done(result(result));
            case Outcome.Planned planned ->
                    new Outcome.Planned(planned.plan(), result(planned.result()));
            case Outcome.Failed failed ->
                    new Outcome.Failed(
                            failed.reason(),
                            mask.apply(failed.message()),
                            result(failed.partial()));
            case Outcome.RateLimited limited ->
                    new Outcome.RateLimited(
                            limited.until(),
                            mask.apply(limited.message()),
                            result(limited.partial()));
            case Outcome.Stopped(WorkResult partial) -> new Outcome.Stopped(result(partial));
            case Outcome.Integrated _, Outcome.Deferred _ -> outcome;
        };
    }

    private WorkResult result(WorkResult result) {
        WorkResult masked = WorkResult.of(mask.apply(result.output()));
        return new WorkResult(
                masked.output(),
                result.outputCut() || masked.outputCut(),
                result.branch(),
                result.commit(),
                result.files());
    }
}
