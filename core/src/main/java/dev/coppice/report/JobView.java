package dev.coppice.report;

import dev.coppice.model.AgentName;
import dev.coppice.model.CommitId;
import dev.coppice.model.Discovery;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.Integration;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.JobStatus;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Reason;
import dev.coppice.model.Recorded;
import dev.coppice.model.TaskId;
import dev.coppice.model.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A job as its users see it, after the event with number `sequence`. Made by [JobHistory]; a value,
/// so safe to hand around.
///
/// Whether somebody drives the job can't be told from events: a job that is not over and whose
/// [#driver] no longer lives is shown as interrupted ([#isInterrupted]) by whoever can look for that process.
///
/// @param goal what the plan is for; the request until there is a plan
/// @param why what was said of the job's end; empty before it
/// @param updatedAt when the last event was written
/// @param endedAt when the job ended; empty while it is not over
/// @param rested time between an end of the job and the retry that somebody asked for afterwards
/// @param paused whether it was asked to lay itself down, and nobody took it up since
/// @param canceling why the whole job's end was asked for
/// @param tasks the plan's tasks in its order: task n is worker n's
/// @param own the engine's own tasks (planning, integration, resolving), whose time and cost count
/// @param pauses the last pause of each agent, also a past one
/// @param checkoutChanges paths of the user's checkout that were seen to change meanwhile, sorted
/// @param integration what the last joining of the branches came to
public record JobView(
        JobId id,
        long sequence,
        JobRequest request,
        String goal,
        JobStatus status,
        String why,
        Instant submittedAt,
        Instant updatedAt,
        Optional<Instant> endedAt,
        Duration rested,
        boolean paused,
        Optional<Reason> canceling,
        Optional<Driver> driver,
        List<TaskView> tasks,
        List<TaskView> own,
        List<Found> discoveries,
        List<Note> notes,
        List<Pause> pauses,
        List<String> checkoutChanges,
        Optional<Integration> integration) {

    public JobView {
        tasks = List.copyOf(tasks);
        own = List.copyOf(own);
        discoveries = List.copyOf(discoveries);
        notes = List.copyOf(notes);
        pauses = List.copyOf(pauses);
        checkoutChanges = List.copyOf(checkoutChanges);
    }

    /// The process that took the job last.
    public record Driver(int number, ProcessIdentity process, Instant since) {}

    /// A finding, and who shared it when.
    public record Found(TaskId task, int attempt, Instant at, Discovery discovery) {}

    /// Something that a person should know.
    public record Note(Instant at, Event.Level level, Optional<TaskId> task, String text) {}

    /// An agent whose provider wanted a pause: nothing of it starts before `until`.
    public record Pause(AgentName agent, Instant until, String why) {}

    /// The view of a job whose whole history is `events`, the first of which is its submission.
    public static JobView of(List<Recorded> events) {
        JobHistory history = new JobHistory(events.getFirst());
        events.stream().skip(1).forEach(history::apply);
        return history.view();
    }

    /// The plan's task called `id`, or the engine's own.
    public Optional<TaskView> task(TaskId id) {
        return all().filter(task -> task.id().equals(id)).findFirst();
    }

    /// The tasks that stand for the jobs which a task of the plan started, in their order.
    public List<TaskView> children(TaskId by) {
        return own.stream()
                .filter(task ->
                        task.task().duty() instanceof Duty.Delegating child
                                && child.by().equals(by))
                .toList();
    }

    /// The jobs that came of this one, each before those that came of it.
    ///
    /// @param jobs knows jobs by their ids
    public List<JobView> descendants(Function<JobId, Optional<JobView>> jobs) {
        return own.stream()
                .flatMap(task -> task.child().flatMap(jobs).stream())
                .flatMap(child -> Stream.concat(Stream.of(child), child.descendants(jobs).stream()))
                .toList();
    }

    /// Every task, the plan's before the engine's own.
    public Stream<TaskView> all() {
        return Stream.concat(tasks.stream(), own.stream());
    }

    /// Whether it is left to those who claim its tasks: it began without any, and nobody has driven it.
    public boolean isLeftToClaimants() {
        return driver.isEmpty()
                && request.plan().filter(plan -> plan.tasks().isEmpty()).isPresent();
    }

    /// Whether it goes on only when somebody takes it up: it is not over, not left to claimants, and nobody drives it.
    ///
    /// @param isDriven whether a living process drives it; asked where that decides
    public boolean isInterrupted(Predicate<JobView> isDriven) {
        return !status.isOver() && !isLeftToClaimants() && !isDriven.test(this);
    }

    public Counts counts() {
        return Counts.of(tasks);
    }

    /// What all attempts used, the engine's own tasks' among them. Its price is that of the attempts
    /// whose price is known; [#unpricedAttempts] says how many others there are.
    public Usage usage() {
        return all().map(TaskView::usage).reduce(Usage.NONE, Usage::plus);
    }

    /// Ended attempts of an agent whose price is not known.
    public int unpricedAttempts() {
        return all().mapToInt(TaskView::unpricedAttempts).sum();
    }

    /// The branch that holds the joined work.
    public Optional<String> resultBranch() {
        return integration.flatMap(Integration::branch);
    }

    /// The commit of [#resultBranch].
    public Optional<CommitId> resultCommit() {
        return integration.flatMap(Integration::commit);
    }

    /// The pauses that last at `now`.
    public List<Pause> pausesAt(Instant now) {
        return pauses.stream().filter(pause -> pause.until().isAfter(now)).toList();
    }

    /// From submission to the end, or to `now`, without the time it rested before a retry.
    public Duration elapsed(Instant now) {
        return Duration.between(submittedAt, endedAt.orElse(now)).minus(rested);
    }
}
