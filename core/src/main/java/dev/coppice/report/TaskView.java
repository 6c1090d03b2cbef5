package dev.coppice.report;

import dev.coppice.model.AgentName;
import dev.coppice.model.CommitId;
import dev.coppice.model.Duty;
import dev.coppice.model.FileChange;
import dev.coppice.model.Integration.Fate;
import dev.coppice.model.JobId;
import dev.coppice.model.Reason;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.model.Usage;
import dev.coppice.model.WorkResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A task as its users see it.
///
/// @param worker its number in plan order, from 1; 0 for the engine's own tasks
/// @param workerId its name in files and documents, see [dev.coppice.model.WorkerNumbers#name]
/// @param reason why it ended as it did, or why its last attempt did not succeed; empty for a
///     completed one
/// @param blockedBy the task because of which this one is blocked
/// @param waitingFor needs that are not met yet; empty for a task that is over
/// @param retryAt when it is tried again; only while it is retrying
/// @param endedAt when it ended; empty while it is not over
/// @param fate what became of its branch at the integration
public record TaskView(
        Task task,
        int worker,
        String workerId,
        TaskStatus status,
        Optional<Reason> reason,
        Optional<TaskId> blockedBy,
        List<TaskId> waitingFor,
        List<AttemptView> attempts,
        Instant addedAt,
        Optional<Instant> retryAt,
        Optional<Instant> endedAt,
        Optional<Fate> fate) {

    public TaskView {
        waitingFor = List.copyOf(waitingFor);
        attempts = List.copyOf(attempts);
    }

    public TaskId id() {
        return task.id();
    }

    /// The job that does it, where it stands for one that another task started.
    public Optional<JobId> child() {
        return task.duty() instanceof Duty.Delegating delegating
                ? Optional.of(delegating.child())
                : Optional.empty();
    }

    /// The attempt that runs, else the last one.
    public Optional<AttemptView> lastAttempt() {
        return attempts.isEmpty() ? Optional.empty() : Optional.of(attempts.getLast());
    }

    /// The agent that did it last, else the one that is to.
    public AgentName agent() {
        return lastAttempt().map(AttemptView::agent).orElse(task.agent());
    }

    /// What the last ended attempt brought, also when it failed.
    public WorkResult result() {
        return lastEnded().map(AttemptView::result).orElse(WorkResult.NONE);
    }

    public String output() {
        return result().output();
    }

    public List<FileChange> files() {
        return result().files();
    }

    /// The branch of its work: as brought by an attempt, else as prepared for one.
    public Optional<String> branch() {
        return result().branch().or(() -> lastAttempt().flatMap(AttemptView::branch));
    }

    public Optional<CommitId> commit() {
        return result().commit();
    }

    /// What went wrong, for people; empty where nothing did.
    public String message() {
        return switch (status) {
            case PENDING, READY, RUNNING, COMPLETED -> "";
            case BLOCKED ->
                    blockedBy
                            .map(cause -> "needs " + cause + ", which did not end as needed")
                            .orElse("");
            case RETRYING, FAILED, TIMEOUT, CANCELED ->
                    lastEnded().map(AttemptView::message).orElse("");
        };
    }

    /// The last `max` lines of what a failing check printed, else of [#message].
    public List<String> lastErrors(int max) {
        if (message().isEmpty()) {
            return List.of();
        }
        String text =
                lastEnded()
                        .flatMap(AttemptView::failedCheck)
                        .map(AttemptView.Check::output)
                        .filter(output -> !output.isBlank())
                        .orElse(message());
        List<String> lines = text.strip().lines().toList();
        return lines.subList(Math.max(0, lines.size() - max), lines.size());
    }

    /// Whether it ended without success; a fallback that was not needed did not fail.
    public boolean isUnsuccessful() {
        return status.isOver()
                && status != TaskStatus.COMPLETED
                && !reason.equals(Optional.of(Reason.NOT_NEEDED));
    }

    /// Whether its work is in the job's result.
    public boolean isIntegrated() {
        return fate.map(there ->
                        switch (there) {
                            case Fate.In() -> true;
                            case Fate.Left(List<String> files) -> false;
                        })
                .orElse(false);
    }

    /// The files because of which its branch was left out of the result.
    public List<String> conflictedFiles() {
        return fate.map(there ->
                        switch (there) {
                            case Fate.In() -> List.<String>of();
                            case Fate.Left(List<String> files) -> files;
                        })
                .orElse(List.of());
    }

    /// The agent's session, by which it can be taken up again.
    public Optional<String> session() {
        return attempts.reversed().stream()
                .flatMap(attempt -> attempt.session().stream())
                .findFirst();
    }

    /// The refs that keep what failed attempts left, oldest first.
    public List<String> rescues() {
        return attempts.stream().flatMap(attempt -> attempt.rescue().stream()).toList();
    }

    /// What all its attempts used.
    public Usage usage() {
        return attempts.stream().map(AttemptView::usage).reduce(Usage.NONE, Usage::plus);
    }

    /// Its ended attempts in which a process ran and whose price is not known.
    public int unpricedAttempts() {
        return (int)
                ended().filter(attempt -> attempt.process().isPresent())
                        .filter(attempt -> attempt.usage().usd().isEmpty())
                        .count();
    }

    /// Time spent in its attempts, a running one's up to `now`; the waits between them don't count.
    public Duration duration(Instant now) {
        return attempts.stream()
                .map(attempt -> attempt.duration(now))
                .reduce(Duration.ZERO, Duration::plus);
    }

    private Stream<AttemptView> ended() {
        return attempts.stream().filter(attempt -> attempt.outcome().isPresent());
    }

    Optional<AttemptView> lastEnded() {
        return ended().reduce((earlier, later) -> later);
    }
}
