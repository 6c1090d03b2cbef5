package dev.coppice.report;

import dev.coppice.model.Event;
import dev.coppice.model.Integration;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Outcome;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Tells one event in one line of plain text, for logs and for people who watch.
public final class EventText {
    private EventText() {}

    /// One line, without the event's own time and without the name of its task.
    ///
    /// @param zone in which other times are shown
    public static String describe(Event event, ZoneId zone) {
        return Plain.line(words(event, zone));
    }

    /// The task that the event is about; empty for those about the job.
    public static Optional<TaskId> task(Event event) {
        return switch (event) {
            case Event.AttemptClaimed e -> Optional.of(e.task());
            case Event.AttemptStarting e -> Optional.of(e.task());
            case Event.WorkspaceReady e -> Optional.of(e.task());
            case Event.AttemptStarted e -> Optional.of(e.task());
            case Event.SessionOpened e -> Optional.of(e.task());
            case Event.AgentEnded e -> Optional.of(e.task());
            case Event.Checked e -> Optional.of(e.task());
            case Event.Discovered e -> Optional.of(e.task());
            case Event.AttemptEnded e -> Optional.of(e.task());
            case Event.RetryScheduled e -> Optional.of(e.task());
            case Event.TaskEnded e -> Optional.of(e.task());
            case Event.CancelRequested e -> e.task();
            case Event.Noted e -> e.task();
            case Event.TasksAdded e -> e.by();
            case Event.JobSubmitted _,
                    Event.DriverTaken _,
                    Event.AgentPaused _,
                    Event.CheckoutChanged _,
                    Event.PauseRequested _,
                    Event.RetryRequested _,
                    Event.ResultMerged _,
                    Event.JobEnded _ ->
                    Optional.empty();
        };
    }

    /// How much attention the event deserves.
    public static Event.Level level(Event event) {
        return switch (event) {
            case Event.Noted e -> e.level();
            case Event.AttemptEnded e ->
                    e.outcome() instanceof Outcome.Failed ? Event.Level.WARNING : Event.Level.INFO;
            case Event.TaskEnded e ->
                    e.status() == TaskStatus.FAILED || e.status() == TaskStatus.TIMEOUT
                            ? Event.Level.ERROR
                            : Event.Level.INFO;
            case Event.JobEnded e ->
                    e.status() == JobStatus.FAILED ? Event.Level.ERROR : Event.Level.INFO;
            case Event.CheckoutChanged _, Event.AgentPaused _ -> Event.Level.WARNING;
            case Event.JobSubmitted _,
                    Event.DriverTaken _,
                    Event.TasksAdded _,
                    Event.AttemptClaimed _,
                    Event.AttemptStarting _,
                    Event.WorkspaceReady _,
                    Event.AttemptStarted _,
                    Event.SessionOpened _,
                    Event.AgentEnded _,
                    Event.Checked _,
                    Event.Discovered _,
                    Event.RetryScheduled _,
                    Event.CancelRequested _,
                    Event.PauseRequested _,
                    Event.RetryRequested _,
                    Event.ResultMerged _ ->
                    Event.Level.INFO;
        };
    }

    private static String words(Event event, ZoneId zone) {
        return switch (event) {
            case Event.JobSubmitted e -> "submitted: " + e.request().request();
            case Event.DriverTaken e ->
                    "driven by process %s, driver %s".formatted(e.process().pid(), e.number());
            case Event.TasksAdded e ->
                    Figures.number(e.tasks().size(), "task")
                            + " added: "
                            + names(e.tasks().stream().map(task -> task.id()).toList());
            case Event.AttemptClaimed e ->
                    "attempt %s is claimed by %s until %s"
                            .formatted(e.attempt(), e.agent(), Figures.moment(e.until(), zone));
            case Event.AttemptStarting e ->
                    "attempt %s by %s begins, limit %s%s"
                            .formatted(
                                    e.attempt(),
                                    e.agent(),
                                    Figures.duration(e.timeout()),
                                    e.resumes().map(session -> ", resumes " + session).orElse(""));
            case Event.WorkspaceReady e ->
                    "workspace ready" + e.branch().map(" on "::concat).orElse("") + ": " + e.path();
            case Event.AttemptStarted e ->
                    "attempt %s runs as process %s".formatted(e.attempt(), e.process().pid());
            case Event.SessionOpened e -> "session " + e.session();
            case Event.AgentEnded e -> "agent ended with exit code " + e.exitCode();
            case Event.Checked e ->
                    "check %s: %s after %s"
                            .formatted(
                                    e.exitCode() == 0 ? "passed" : "failed with " + e.exitCode(),
                                    e.command(),
                                    Figures.duration(e.took()));
            case Event.Discovered e -> "discovered: " + e.discovery().content();
            case Event.AttemptEnded e ->
                    "attempt %s %s%s"
                            .formatted(
                                    e.attempt(),
                                    outcome(e.outcome()),
                                    e.rescue().map(ref -> ", kept as " + ref).orElse(""));
            case Event.RetryScheduled e ->
                    "tried again, not before " + Figures.moment(e.at(), zone);
            case Event.TaskEnded e ->
                    e.status().wire()
                            + e.reason().map(reason -> " (" + reason.wire() + ")").orElse("")
                            + e.cause().map(cause -> ", because of " + cause).orElse("");
            case Event.AgentPaused e ->
                    "%s is paused until %s: %s"
                            .formatted(e.agent(), Figures.moment(e.until(), zone), e.why());
            case Event.CheckoutChanged e -> "the checkout changed: " + String.join(", ", e.paths());
            case Event.CancelRequested e -> "cancel requested (" + e.reason().wire() + ")";
            case Event.PauseRequested _ -> "pause requested";
            case Event.RetryRequested e ->
                    "retry requested"
                            + (e.tasks().isEmpty() ? "" : " of " + names(e.tasks()))
                            + e.timeout().map(t -> " with limit " + Figures.duration(t)).orElse("");
            case Event.Noted e -> e.text();
            case Event.ResultMerged e ->
                    "the result was merged into %s as %s"
                            .formatted(e.target(), e.commit().abbreviated());
            case Event.JobEnded e -> e.status().wire() + (e.why().isBlank() ? "" : ": " + e.why());
        };
    }

    private static String outcome(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done e ->
                    "is done, " + Figures.number(e.result().files().size(), "file") + " changed";
            case Outcome.Planned e -> "planned " + Figures.number(e.plan().tasks().size(), "task");
            case Outcome.Integrated e -> "integrated" + branch(e.integration());
            case Outcome.Deferred e -> "waits for " + deferred(e) + ": " + e.why();
            case Outcome.Failed e -> "failed (" + e.reason().wire() + "): " + e.message();
            case Outcome.RateLimited e -> "is rate limited: " + e.message();
            case Outcome.Stopped _ -> "was stopped";
        };
    }

    private static String deferred(Outcome.Deferred deferred) {
        return names(deferred.until().stream().map(task -> task.id()).toList());
    }

    private static String branch(Integration integration) {
        return integration.branch().map(branch -> " on " + branch).orElse("");
    }

    private static String names(List<TaskId> tasks) {
        return tasks.stream().map(TaskId::value).collect(Collectors.joining(", "));
    }
}
