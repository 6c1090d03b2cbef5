package dev.coppice.engine;

import dev.coppice.model.CommitId;
import dev.coppice.model.Discovery;
import dev.coppice.model.FileChange;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Reason;
import dev.coppice.model.Settings;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.model.Usage;
import dev.coppice.model.WorkResult;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// All that is needed to run one attempt, wherever it runs.
///
/// @param goal what the whole plan is for
/// @param worker the number of the task's worker, from 1 in plan order; 0 for the engine's own tasks
/// @param attempt from 1
/// @param timeout wall clock of this attempt
/// @param budgetUsd what it may cost: what is left of the task's and the job's money; unset: no limit
/// @param outline the plan's tasks by name, at most [#OUTLINE_MAX]
/// @param inputs the tasks that this one needs, in plan order; for the integration all finished ones
/// @param children what the jobs brought that earlier attempts of this task started, as far as its
///     agent knows of them; each as an input whose task has the duty [dev.coppice.model.Duty.Delegating]
/// @param discoveries what was found so far, oldest first, at most [#DISCOVERIES_MAX]
/// @param earlier the attempt before this one
public record AttemptOrder(
        JobId job,
        JobRequest request,
        String goal,
        Task task,
        int worker,
        int attempt,
        Duration timeout,
        Optional<BigDecimal> budgetUsd,
        List<OutlineLine> outline,
        List<Input> inputs,
        List<Input> children,
        List<Discovery> discoveries,
        Optional<Earlier> earlier) {

    public static final int OUTLINE_MAX = 100;
    public static final int DISCOVERIES_MAX = 100;

    public AttemptOrder {
        outline = List.copyOf(outline);
        inputs = List.copyOf(inputs);
        children = List.copyOf(children);
        discoveries = List.copyOf(discoveries);
    }

    /// How the task's agent is configured.
    ///
    /// @throws IllegalStateException where the job's settings have no such agent
    public Settings.AgentSettings agentSettings() {
        return Optional.ofNullable(request.settings().agents().configured().get(task.agent()))
                .orElseThrow(() -> new IllegalStateException("no agent is called " + task.agent()));
    }

    /// What an attempt brought that was done but for the jobs that it had started.
    public Optional<WorkResult> done() {
        return earlier.flatMap(Earlier::done);
    }

    /// One line of the plan's outline.
    public record OutlineLine(TaskId task, String name) {}

    /// What a task brought that had to end before this one.
    ///
    /// @param output the end of what its agent said
    public record Input(
            Task task,
            int worker,
            TaskStatus status,
            Optional<String> branch,
            Optional<CommitId> commit,
            String output,
            List<FileChange> files) {
        public Input {
            files = List.copyOf(files);
        }
    }

    /// How the attempt before this one ended.
    ///
    /// @param reason empty where it was paused, deferred or stopped rather than failed
    /// @param session the agent's session, which this attempt resumes where the agent can
    /// @param sessionUsage what was used in that session so far
    /// @param done what an attempt brought that was done but for the jobs that it had started; this one
    ///     takes in what they brought and goes on from there
    public record Earlier(
            int attempt,
            Optional<Reason> reason,
            String message,
            Optional<String> session,
            Usage sessionUsage,
            Optional<WorkResult> done) {}
}
