package dev.coppice.library.orchestrator;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// A task (document 003). A value: what an [Orchestrator] does shows in the task that it gives next, and the transitions
/// here return a changed copy and change no orchestrator. Times are to the microsecond.
///
/// @param priority 1 (first) to 10
/// @param claimedBy who has it, or had it last
/// @param dependencies ids of the tasks that must be done first
/// @param startedAt when a worker of ours began
/// @param completedAt when it ended, however it did
/// @param maxAttempts how often it is tried by itself
public record Task(
        String id,
        String description,
        TaskStatus status,
        int priority,
        Optional<String> claimedBy,
        List<String> dependencies,
        TaskContext context,
        Optional<TaskResult> result,
        Instant createdAt,
        Optional<Instant> claimedAt,
        Optional<Instant> startedAt,
        Optional<Instant> completedAt,
        int attempts,
        int maxAttempts) {
    /// How often a task is attempted that says nothing of it.
    public static final int DEFAULT_MAX_ATTEMPTS = 3;

    public Task {
        dependencies = List.copyOf(dependencies);
        createdAt = micros(createdAt);
        claimedAt = claimedAt.map(Task::micros);
        startedAt = startedAt.map(Task::micros);
        completedAt = completedAt.map(Task::micros);
        if (description.isBlank()) {
            throw new IllegalArgumentException("task " + id + " has no description");
        }
        if (priority < 1 || priority > 10) {
            throw new IllegalArgumentException(
                    "task " + id + " has priority " + priority + ", not 1 to 10");
        }
    }

    private static Instant micros(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS);
    }

    /// A new task of priority 5 that depends on nothing.
    public static Task of(String id, String description) {
        return of(id, NewTask.of(description), Instant.now());
    }

    /// A new task.
    ///
    /// @param asked its own id does not count
    public static Task of(String id, NewTask asked, Instant now) {
        return new Task(
                id,
                asked.description(),
                TaskStatus.AVAILABLE,
                asked.priority(),
                Optional.empty(),
                asked.dependencies(),
                new TaskContext(asked.contextFiles(), asked.hints(), asked.parentTask()),
                Optional.empty(),
                now,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                DEFAULT_MAX_ATTEMPTS);
    }

    /// The agent takes it. One that has it already keeps it.
    ///
    /// @throws TaskStateException if it is not available, or another has it
    public Task claim(String agentId) {
        if (status.isInFlight() && claimedBy.equals(Optional.of(agentId))) {
            return this;
        }
        require(status == TaskStatus.AVAILABLE, "be claimed by " + agentId);
        Optional<Instant> now = Optional.of(Instant.now());
        return with(
                TaskStatus.CLAIMED,
                Optional.of(agentId),
                Optional.empty(),
                now,
                Optional.empty(),
                Optional.empty(),
                attempts + 1);
    }

    /// Its agent begins.
    ///
    /// @throws TaskStateException if nobody has claimed it
    public Task start() {
        require(status == TaskStatus.CLAIMED, "be started");
        Optional<Instant> now = Optional.of(Instant.now());
        return with(
                TaskStatus.IN_PROGRESS,
                claimedBy,
                Optional.empty(),
                claimedAt,
                now,
                Optional.empty(),
                attempts);
    }

    /// It is done.
    ///
    /// @throws TaskStateException if nobody has it
    public Task complete(TaskResult brought) {
        require(status.isInFlight(), "be completed");
        return ended(TaskStatus.DONE, brought);
    }

    /// It failed.
    ///
    /// @throws TaskStateException if nobody has it
    public Task fail(String error) {
        require(status.isInFlight(), "fail");
        return ended(TaskStatus.FAILED, TaskResult.failed(error));
    }

    /// A failed one is available again.
    ///
    /// @throws TaskStateException if it has not failed, or was tried `maxAttempts` times
    public Task retry() {
        require(status == TaskStatus.FAILED, "be tried again");
        if (attempts >= maxAttempts) {
            throw new TaskStateException(
                    id, "it was tried " + attempts + " times, which is all that it may be");
        }
        return requeued();
    }

    /// Nobody has it any more.
    Task requeued() {
        return with(
                TaskStatus.AVAILABLE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                attempts);
    }

    /// The same, with what an earlier telling knows of it besides.
    ///
    /// @param begun how many of the attempts are those of the earlier telling
    Task since(Task earlier, int begun) {
        return new Task(
                id,
                description,
                status,
                priority,
                claimedBy,
                dependencies,
                context,
                result,
                earlier.createdAt,
                claimedAt,
                startedAt,
                completedAt,
                earlier.attempts + attempts - begun,
                earlier.maxAttempts);
    }

    private Task ended(TaskStatus end, TaskResult brought) {
        return with(
                end,
                claimedBy,
                Optional.of(brought),
                claimedAt,
                startedAt,
                Optional.of(Instant.now()),
                attempts);
    }

    private Task with(
            TaskStatus newStatus,
            Optional<String> by,
            Optional<TaskResult> brought,
            Optional<Instant> claimed,
            Optional<Instant> started,
            Optional<Instant> completed,
            int tries) {
        return new Task(
                id,
                description,
                newStatus,
                priority,
                by,
                dependencies,
                context,
                brought,
                createdAt,
                claimed,
                started,
                completed,
                tries,
                maxAttempts);
    }

    private void require(boolean isAllowed, String what) {
        if (!isAllowed) {
            String who = claimedBy.map(agent -> ", by " + agent).orElse("");
            throw new TaskStateException(
                    id, "it can't " + what + " while it is " + status.value() + who);
        }
    }
}
