package dev.coppice.model;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One line of a job's history. The events are the truth: state, reports and audit are derived from
/// them. The order in which they may come is drawn in `schedule.JobState`.
public sealed interface Event {
    /// The job's first event.
    record JobSubmitted(JobRequest request) implements Event {}

    /// A process took the job into its hands; the one before it, if any, drives no more.
    ///
    /// @param number 1 for the first driver
    record DriverTaken(int number, ProcessIdentity process) implements Event {}

    /// Tasks joined the job, in this order. Laid by `by` (the lead's task, a deferred one, or one whose
    /// attempt found more to do) or, where it is empty, given with the request or added from outside.
    /// A job that was over goes on.
    record TasksAdded(Optional<TaskId> by, String goal, List<Task> tasks) implements Event {
        public TasksAdded {
            tasks = List.copyOf(tasks);
        }
    }

    /// Somebody outside took the task, to do it without us: a thread, a program, a person in a terminal.
    /// It is the task's next attempt, and ends as any other; once more by the same agent, it is a sign
    /// of life.
    ///
    /// @param attempt 1 for the task's first
    /// @param agent as it calls itself
    /// @param until when the claim is stale, and the task is taken back
    record AttemptClaimed(TaskId task, int attempt, AgentName agent, Instant until)
            implements Event {}

    /// Written before an attempt's process is started.
    ///
    /// @param attempt 1 for the task's first
    /// @param resumes the agent's session to be resumed; empty: it starts afresh
    record AttemptStarting(
            TaskId task, int attempt, AgentName agent, Duration timeout, Optional<String> resumes)
            implements Event {}

    /// The workspace is ready.
    record WorkspaceReady(
            TaskId task, int attempt, Optional<CommitId> base, Optional<String> branch, String path)
            implements Event {}

    /// Written after a process was started, so that recovery can find it.
    record AttemptStarted(TaskId task, int attempt, ProcessIdentity process) implements Event {}

    /// The agent named its session.
    record SessionOpened(TaskId task, int attempt, String session) implements Event {}

    /// The agent's process ended; its checks begin.
    record AgentEnded(TaskId task, int attempt, int exitCode) implements Event {}

    /// A check ran.
    ///
    /// @param round 0 after the agent's first end, then one more for each fix round
    /// @param output the end of what it printed, at most 8 Ki characters
    record Checked(
            TaskId task,
            int attempt,
            int round,
            String command,
            int exitCode,
            Duration took,
            String output)
            implements Event {}

    /// An agent shared a finding.
    record Discovered(TaskId task, int attempt, Discovery discovery) implements Event {}

    /// An attempt is over.
    ///
    /// @param session the agent's session, where it has one
    /// @param rescue the ref that keeps what a failed attempt left
    record AttemptEnded(
            TaskId task,
            int attempt,
            Outcome outcome,
            Usage usage,
            Resources resources,
            Optional<String> session,
            Optional<String> rescue)
            implements Event {}

    /// The task is tried again, not before `at`.
    record RetryScheduled(TaskId task, Instant at) implements Event {}

    /// The task is over.
    ///
    /// @param reason empty for a completed one
    /// @param cause the task because of which it is blocked
    record TaskEnded(
            TaskId task, TaskStatus status, Optional<Reason> reason, Optional<TaskId> cause)
            implements Event {}

    /// The agent's provider wants a pause: no attempt of it starts before `until`.
    record AgentPaused(AgentName agent, Instant until, String why) implements Event {}

    /// The user's checkout was seen to change while the job ran.
    record CheckoutChanged(List<String> paths) implements Event {
        public CheckoutChanged {
            paths = List.copyOf(paths);
        }
    }

    /// Somebody asked for the end of the job, or of one task.
    record CancelRequested(Optional<TaskId> task, Reason reason) implements Event {}

    /// The driver is asked to lay the job down: running attempts are stopped, nothing is lost, and
    /// the job goes on when it is resumed.
    record PauseRequested() implements Event {}

    /// Somebody asked for another try of tasks that did not succeed; empty: of all of them.
    ///
    /// @param timeout the new limit of their attempts
    record RetryRequested(List<TaskId> tasks, Optional<Duration> timeout) implements Event {
        public RetryRequested {
            tasks = List.copyOf(tasks);
        }
    }

    /// Something that a person should know.
    record Noted(Level level, Optional<TaskId> task, String text) implements Event {}

    /// Somebody merged the job's result into a branch, after its end.
    ///
    /// @param commit the branch's commit that holds the result
    record ResultMerged(String target, CommitId commit) implements Event {}

    /// The job is over.
    record JobEnded(JobStatus status, String why) implements Event {}

    enum Level {
        INFO,
        WARNING,
        ERROR
    }
}
