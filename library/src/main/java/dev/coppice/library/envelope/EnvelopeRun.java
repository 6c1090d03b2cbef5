package dev.coppice.library.envelope;

import dev.coppice.agent.ResultFile;
import dev.coppice.engine.Driver;
import dev.coppice.folder.JobFolder;
import dev.coppice.git.BranchName;
import dev.coppice.git.Git;
import dev.coppice.model.CommitId;
import dev.coppice.model.Event;
import dev.coppice.model.Expectation;
import dev.coppice.model.Handoff;
import dev.coppice.model.JobId;
import dev.coppice.model.Outcome;
import dev.coppice.model.Reason;
import dev.coppice.model.Recorded;
import dev.coppice.model.Settings;
import dev.coppice.model.TaskId;
import dev.coppice.plan.PlanDraft;
import dev.coppice.plan.Problem;
import dev.coppice.plan.TaskDraft;
import dev.coppice.report.EventText;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.JobEvents;
import dev.coppice.runtime.Preparation;
import dev.coppice.runtime.RunOrder;
import dev.coppice.workspace.SetupLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One envelope carried out: a job of the engine with one task, whose events tell what became of it. Used once, by one
/// thread; while the job runs, its events are told by another.
final class EnvelopeRun {
    private static final String FUNCTION = "run_subagent";
    private static final String REQUIREMENTS_FILE = "requirements.txt";
    private static final TaskId TASK = new TaskId("envelope");

    private final AuditLog audit;
    private final InstantSource clock;
    private final String branch;
    private final HandoffEnvelope envelope;
    private final Instant startedAt;
    private final List<String> history = new ArrayList<>();
    private int attempts;
    private int rounds;
    private int programs;
    private String command = "";
    private Optional<Instant> firstAttemptAt = Optional.empty();
    private Optional<String> worktree = Optional.empty();
    private Optional<Event.AttemptEnded> last = Optional.empty();
    private Optional<Event.TaskEnded> end = Optional.empty();

    EnvelopeRun(AuditLog audit, InstantSource clock, String branch, HandoffEnvelope envelope) {
        this.audit = audit;
        this.clock = clock;
        this.branch = branch;
        this.envelope = envelope;
        this.startedAt = clock.instant();
    }

    /// Runs it to its end.
    ///
    /// @param agent instead of `agents.default`
    /// @param atOnce how many envelopes are to run at the same time, whatever an agent usually takes
    TaskResult run(Coppice coppice, List<String> requirements, Optional<String> agent, int atOnce)
            throws InterruptedException {
        Optional<String> badName = BranchName.problem(branch);
        if (badName.isPresent()) {
            return failed(
                    TaskStatus.FAILED,
                    "'" + branch + "' can't be the name of a branch: " + badName.get());
        }
        TaskDraft.Builder task =
                TaskDraft.unplaced()
                        .id(TASK.value())
                        .description(envelope.taskDescription())
                        .expects(Expectation.ANY)
                        .timeout(envelope.timeout())
                        .maxRetries(envelope.retryConfig().maxRetries())
                        .handoff(
                                new Handoff(
                                        branch,
                                        envelope.toJson(),
                                        Briefing.of(envelope),
                                        envelope.expectedOutputs()));
        agent.ifPresent(task::agent);
        RunOrder order =
                new RunOrder(
                        "",
                        Optional.of(PlanDraft.of(envelope.taskDescription(), List.of(task))),
                        Optional.of("HEAD"));
        Settings settings = settings(coppice.configuration().settings(), requirements, atOnce);
        return switch (coppice.prepare(order, settings)) {
            case Preparation.Refused refused ->
                    failed(TaskStatus.FAILED, text(refused.refusal().problems()));
            case Preparation.Ready ready -> carry(coppice, ready);
        };
    }

    private static String text(List<Problem> problems) {
        return problems.stream().map(Problem::toString).collect(Collectors.joining("\n"));
    }

    /// The user's settings, but for what the documents say of an envelope: its branch stays by itself, it has a worktree and
    /// a Python environment, its own waits, and an agent for it beside those of the same plan. Its job has one task.
    private Settings settings(Settings users, List<String> requirements, int atOnce) {
        Settings.Environment environment = users.environment();
        List<String> files =
                Stream.concat(
                                environment.requirements().orElse(List.of()).stream(),
                                Stream.of(REQUIREMENTS_FILE))
                        .distinct()
                        .toList();
        return users.withLayout(users.layout().withIsolation(Settings.Isolation.WORKTREE))
                .withWorkers(
                        users.workers()
                                .withMaxWorkers(1)
                                .withBackoff(envelope.retryConfig().backoff()))
                .withAgents(users.agents().taking(atOnce))
                .withEnvironment(
                        new Settings.Environment(
                                environment.setup(),
                                environment.copy(),
                                environment.link(),
                                Optional.of(files),
                                Stream.concat(
                                                environment.packages().stream(),
                                                requirements.stream())
                                        .toList(),
                                environment.ports()))
                .withIntegrate(users.integrate().withResult(Settings.Result.NONE));
    }

    private TaskResult carry(Coppice coppice, Preparation.Ready ready) throws InterruptedException {
        JobId job = coppice.submit(ready);
        audit.info(FUNCTION, envelope.taskId() + " runs as job " + job + " on branch " + branch);
        JobFolder.TaskFolder folder = JobFolder.of(ready.request(), job).task(1, TASK);
        try (JobEvents _ = coppice.events(job, recorded -> happened(recorded, folder))) {
            Driver.Turn _ = coppice.awaitOrCancel(job);
        } finally {
            if (end.isPresent()) { // else an agent may still work there
                coppice.workspaces().giveUp(folder.worktree());
            }
        }
        return result(coppice.git(), folder);
    }

    // ---- what the engine tells

    private void happened(Recorded recorded, JobFolder.TaskFolder folder) {
        tell(recorded);
        switch (recorded.event()) {
            case Event.AttemptStarting _ -> {
                firstAttemptAt = firstAttemptAt.or(() -> Optional.of(recorded.at()));
                attempts++;
                rounds = 0;
            }
            case Event.WorkspaceReady e -> {
                tellPrograms(recorded.at(), folder);
                worktree = Optional.of(e.path());
                history.add("Created worktree at " + e.path());
                history.add("Setup virtualenv");
            }
            case Event.AttemptStarted e -> {
                if (rounds == 0) {
                    history.add("Wrote task envelope");
                }
                command = command(folder.attempt(e.attempt()), rounds);
                rounds++;
                tellCommand(recorded.at(), command, folder);
            }
            case Event.AgentEnded e ->
                    history.add("Executed agent (" + command + ", exit code " + e.exitCode() + ")");
            case Event.AttemptEnded e -> {
                tellPrograms(recorded.at(), folder);
                last = Optional.of(e);
            }
            case Event.TaskEnded e -> end = Optional.of(e);
            case Event.JobSubmitted _,
                    Event.DriverTaken _,
                    Event.TasksAdded _,
                    Event.AttemptClaimed _,
                    Event.SessionOpened _,
                    Event.Checked _,
                    Event.Discovered _,
                    Event.RetryScheduled _,
                    Event.AgentPaused _,
                    Event.CheckoutChanged _,
                    Event.CancelRequested _,
                    Event.PauseRequested _,
                    Event.RetryRequested _,
                    Event.Noted _,
                    Event.ResultMerged _,
                    Event.JobEnded _ -> {}
        }
    }

    /// What happened, for the audit log, at the time at which it did.
    private void tell(Recorded recorded) {
        AuditLog.Level level =
                switch (EventText.level(recorded.event())) {
                    case INFO -> AuditLog.Level.INFO;
                    case WARNING -> AuditLog.Level.WARNING;
                    case ERROR -> AuditLog.Level.ERROR;
                };
        audit.write(
                level,
                recorded.at(),
                FUNCTION,
                envelope.agentName() + ": " + EventText.describe(recorded.event(), ZoneOffset.UTC));
    }

    private void tellCommand(Instant at, String line, JobFolder.TaskFolder folder) {
        audit.write(
                AuditLog.Level.INFO,
                at,
                FUNCTION,
                envelope.agentName() + ": command " + line + " in " + folder.worktree());
    }

    /// The programs that made the workspace ready, but for those that were told of before.
    private void tellPrograms(Instant at, JobFolder.TaskFolder folder) {
        try {
            List<String> all = SetupLog.commands(folder.setupLog());
            all.stream().skip(programs).forEach(line -> tellCommand(at, line, folder));
            programs = all.size();
        } catch (IOException e) {
            throw new UncheckedIOException(folder.setupLog() + " can't be read", e);
        }
    }

    /// The agent's launch line, as its attempt wrote it down, without secrets.
    ///
    /// @param round how often a check that failed went back to the agent before
    private String command(JobFolder.AttemptFolder attempt, int round) {
        Path line = (round == 0 ? attempt : attempt.fix(round)).command();
        try {
            return audit.masked(Files.readString(line).replace('\0', ' '));
        } catch (IOException e) {
            throw new UncheckedIOException(line + " can't be read", e);
        }
    }

    // ---- what became of it

    private TaskResult result(Git git, JobFolder.TaskFolder folder) {
        Optional<dev.coppice.model.TaskStatus> status = end.map(Event.TaskEnded::status);
        if (!status.equals(Optional.of(dev.coppice.model.TaskStatus.COMPLETED))) {
            boolean isTimeout = status.equals(Optional.of(dev.coppice.model.TaskStatus.TIMEOUT));
            return failed(isTimeout ? TaskStatus.TIMEOUT : TaskStatus.FAILED, why());
        }
        Optional<CommitId> commit = git.refs().commit(new BranchName(branch).ref());
        commit.ifPresent(id -> history.add("Committed results (" + id + ")"));
        String said =
                last.map(Event.AttemptEnded::outcome)
                        .filter(Outcome.Done.class::isInstance)
                        .map(outcome -> ((Outcome.Done) outcome).result().output())
                        .orElse("");
        return done(outputs(ResultFile.at(folder.result()), said));
    }

    private String why() {
        Optional<Outcome.Failed> failure =
                last.map(Event.AttemptEnded::outcome)
                        .filter(Outcome.Failed.class::isInstance)
                        .map(Outcome.Failed.class::cast);
        if (failure.filter(f -> f.reason() == Reason.WALL_TIMEOUT).isPresent()) {
            return envelope.agentName()
                    + " timed out after "
                    + Seconds.text(envelope.timeout())
                    + ". Give the envelope a longer timeout if it needs one.";
        }
        return failure.map(Outcome.Failed::message)
                .or(() -> end.flatMap(Event.TaskEnded::reason).map(Reason::wire))
                .orElse("the job ended before the task");
    }

    private static Map<String, ?> outputs(ResultFile file, String said) {
        Map<String, @Nullable Object> outputs = new LinkedHashMap<>();
        if (file instanceof ResultFile.Report report
                && PythonJson.parse(report.json()) instanceof Map<?, ?> json) {
            if (json.get("results") instanceof Map<?, ?> results) {
                return PythonJson.object(results, "results");
            }
            if (json.containsKey("results")) {
                outputs.put("results", json.get("results"));
                return outputs;
            }
        }
        outputs.put("output", said);
        if (!(file instanceof ResultFile.Report)) {
            outputs.put(
                    "warning",
                    "The agent wrote no task_result.json; no outputs were expected of it.");
        }
        return outputs;
    }

    private TaskResult done(Map<String, ?> outputs) {
        if (outputs.get("warning") instanceof String warning) {
            audit.warning(FUNCTION, envelope.agentName() + ": " + warning);
        }
        audit.info(FUNCTION, envelope.agentName() + " completed " + envelope.taskId());
        return result(TaskStatus.COMPLETED, outputs, Optional.empty());
    }

    /// The result of what did not succeed.
    TaskResult failed(TaskStatus status, String message) {
        String masked = audit.masked(message);
        audit.error(FUNCTION, envelope.agentName() + " " + status.value() + ": " + masked);
        return result(status, Map.of(), Optional.of(masked));
    }

    private TaskResult result(TaskStatus status, Map<String, ?> outputs, Optional<String> error) {
        Instant completedAt = clock.instant();
        ProvenanceInfo provenance =
                new ProvenanceInfo(
                        envelope.taskId(),
                        envelope.agentName(),
                        branch,
                        startedAt,
                        Optional.of(completedAt),
                        envelope.inputHash(),
                        error.isPresent()
                                ? Optional.empty()
                                : Optional.of(PythonJson.hash(outputs)),
                        history,
                        Math.max(0, attempts - 1),
                        worktree);
        audit.info(
                FUNCTION,
                "provenance: " + PythonJson.sorted(audit.maskedTexts(provenance.toMap())));
        return new TaskResult(
                envelope.taskId(),
                envelope.agentName(),
                status,
                outputs,
                error,
                Optional.of(provenance),
                Duration.between(firstAttemptAt.orElse(startedAt), completedAt));
    }
}
