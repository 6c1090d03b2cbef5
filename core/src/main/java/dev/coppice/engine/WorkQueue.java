package dev.coppice.engine;

import dev.coppice.model.AgentName;
import dev.coppice.model.Discovery;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.Outcome;
import dev.coppice.model.Reason;
import dev.coppice.model.Resources;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.Usage;
import dev.coppice.model.WorkResult;
import dev.coppice.schedule.JobState;
import dev.coppice.schedule.Scheduler;
import dev.coppice.schedule.TaskState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// A job's tasks as a queue for whoever works outside: threads, other processes, people in terminals.
/// They claim tasks and bring back what came of them. No driver is needed for that: what follows from
/// an event (tasks that are ready or blocked, the job's end) is written here, too. Where a driver has
/// the job, both write to one log, in which of two appends for one place one is refused.
///
/// A claim holds for the task's time limit, counted from the claim or from its last sign of life.
/// After that it is stale: whoever looks next, driver or claimant, takes the task back, and what its
/// claimant still brings is refused.
///
/// Safe for use by many threads; what many ask at once is written together. Methods throw
/// [EventLogException] where the log fails; what was asked may then have been written.
public final class WorkQueue {
    /// What became of the wish for a task.
    public sealed interface Claim {
        /// It is the claimant's.
        ///
        /// @param order what is to be done, and what is known so far
        /// @param until when the claim is stale, unless there is a sign of life
        record Granted(AttemptOrder order, Instant until) implements Claim {}

        /// Nothing can be claimed now. There may be something later, unless the job is over.
        record Nothing() implements Claim {}

        /// The named task cannot be claimed.
        record Refused(Answer why) implements Claim {}
    }

    /// What became of something else that was asked.
    public enum Answer {
        ACCEPTED,
        NO_SUCH_TASK,
        /// Somebody else has the task.
        TAKEN,
        /// The task waits for others, for a time, or is over.
        NOT_READY,
        /// The task is not the asking agent's; its claim may have been stale.
        NOT_YOURS,
        /// The agent has never claimed anything of this job.
        NO_SUCH_AGENT
    }

    /// Tasks that are to join the job.
    ///
    /// @param warnings what a person should know of them; written with them
    public record Batch(List<Task> tasks, List<String> warnings) {
        public Batch {
            tasks = List.copyOf(tasks);
            warnings = List.copyOf(warnings);
        }

        /// Tasks of which there is nothing to be said.
        public static Batch of(List<Task> tasks) {
            return new Batch(tasks, List.of());
        }
    }

    /// What became of tasks that were to join the job.
    public sealed interface Addition {
        record Added(List<Task> tasks) implements Addition {
            public Added {
                tasks = List.copyOf(tasks);
            }
        }

        /// They do not fit, for a reason that a person can read.
        record Refused(String why) implements Addition {}
    }

    private final Desk desk;

    /// The queue of a job that is there.
    ///
    /// @param chance safe for use by many threads
    /// @param mask takes secrets out of what comes from outside
    public WorkQueue(
            JobId job,
            EventLog log,
            InstantSource clock,
            RandomGenerator chance,
            UnaryOperator<Event> mask) {
        this.desk = new Desk(job, log, clock, chance, mask);
    }

    public JobId job() {
        return desk.job();
    }

    /// Adds tasks. A job that is over goes on with them.
    ///
    /// @param by the task whose attempt adds them; empty: somebody outside
    /// @param tasks the tasks, drawn up for the job as it stands; asked again when it changed meanwhile
    public Addition addTasks(Optional<TaskId> by, Function<JobState, Batch> tasks) {
        return add(state -> {
            Batch batch = tasks.apply(state);
            return new Joining(
                    new Event.TasksAdded(by, state.goal(), batch.tasks()), batch.warnings());
        });
    }

    /// Has the lead plan the job, once: its tasks join those that are there.
    public Addition askLead() {
        return add(state -> new Joining(Scheduler.planning(state), List.of()));
    }

    /// What is to be written of tasks that join.
    private record Joining(Event.TasksAdded added, List<String> warnings) {
        private List<Event> events() {
            List<Event> events = new ArrayList<>(List.of(added));
            warnings.forEach(w -> events.add(new Event.Noted(Event.Level.WARNING, added.by(), w)));
            return events;
        }
    }

    private Addition add(Function<JobState, Joining> addition) {
        return desk.ask((state, _) -> {
            Joining joining = addition.apply(state);
            Event.TasksAdded added = joining.added();
            return state.misfit(added.by(), added.tasks())
                    .<Desk.Reply<Addition>>map(why -> said(new Addition.Refused(why)))
                    .orElseGet(() ->
                            new Desk.Reply.Written<>(
                                    Optional.empty(),
                                    joining.events(),
                                    new Addition.Added(added.tasks())));
        });
    }

    /// Claims the task whose turn it is: the most urgent of those that are ready.
    public Claim claim(AgentName agent) {
        return desk.ask((state, at) ->
                state.claimable(task -> at.isFree(task.task().id()))
                        .map(task -> claim(state, task, agent, at.now()))
                        .orElse(said(new Claim.Nothing())));
    }

    /// Claims this task. One that the agent has already stays its own, with the time of a new claim.
    public Claim claim(TaskId task, AgentName agent) {
        return desk.ask((state, at) -> {
            Optional<TaskState> found = state.task(task);
            if (found.isEmpty() || task.isOwn()) {
                return refused(Answer.NO_SUCH_TASK);
            }
            if (!at.isFree(task)) {
                return new Desk.Reply.Later<>();
            }
            if (isClaimedBy(found.get(), agent)) {
                return claim(state, found.get(), agent, at.now());
            }
            return switch (found.get().status()) {
                case READY -> claim(state, found.get(), agent, at.now());
                case RUNNING -> refused(Answer.TAKEN);
                case PENDING, RETRYING, COMPLETED, FAILED, TIMEOUT, BLOCKED, CANCELED ->
                        refused(Answer.NOT_READY);
            };
        });
    }

    private static Desk.Reply<Claim> refused(Answer why) {
        return said(new Claim.Refused(why));
    }

    private static Desk.Reply<Claim> claim(
            JobState state, TaskState task, AgentName agent, Instant now) {
        boolean isNew = task.claim().isEmpty();
        int attempt = isNew ? task.attempt() + 1 : task.attempt();
        Instant until = now.plus(task.timeout());
        AttemptOrder order = Orders.order(state, task, attempt, task.timeout());
        TaskId id = task.task().id();
        return new Desk.Reply.Written<>(
                Optional.of(id),
                List.of(new Event.AttemptClaimed(id, attempt, agent, until)),
                new Claim.Granted(order, until));
    }

    /// A sign of life: the agent's claim of the task counts from now.
    public Answer heartbeat(TaskId task, AgentName agent) {
        return ofClaimed(
                task,
                agent,
                (found, now) ->
                        List.of(
                                new Event.AttemptClaimed(
                                        task, found.attempt(), agent, now.plus(found.timeout()))));
    }

    /// The task is done.
    ///
    /// @param found what the agent found besides, shared with the others
    public Answer complete(TaskId task, AgentName agent, WorkResult result, List<Discovery> found) {
        return end(task, agent, new Outcome.Done(result), found);
    }

    /// The task failed; it is not tried again by itself.
    public Answer fail(TaskId task, AgentName agent, String message) {
        Outcome failed = new Outcome.Failed(Reason.GIVEN_UP, message, WorkResult.NONE);
        return end(task, agent, failed, List.of());
    }

    /// The agent gives the task back: it is anybody's again.
    public Answer giveBack(TaskId task, AgentName agent) {
        Outcome lost = new Outcome.Failed(Reason.LOST, agent + " gave it back.", WorkResult.NONE);
        return end(task, agent, lost, List.of());
    }

    private Answer end(TaskId task, AgentName agent, Outcome outcome, List<Discovery> found) {
        return ofClaimed(
                task,
                agent,
                (state, _) ->
                        Stream.concat(
                                        found.stream().map(each -> discovered(state, each)),
                                        Stream.of(ended(state, outcome)))
                                .toList());
    }

    private static Event discovered(TaskState state, Discovery discovery) {
        return new Event.Discovered(state.task().id(), state.attempt(), discovery);
    }

    private static Event ended(TaskState state, Outcome outcome) {
        return new Event.AttemptEnded(
                state.task().id(),
                state.attempt(),
                outcome,
                Usage.NONE,
                Resources.NONE,
                Optional.empty(),
                Optional.empty());
    }

    /// The task's running attempt, claimed or not, shares a finding with the other agents.
    public Answer discover(TaskId task, Discovery discovery) {
        return desk.ask((state, at) -> {
            Optional<TaskState> found = state.task(task);
            if (found.isEmpty()) {
                return said(Answer.NO_SUCH_TASK);
            }
            if (!at.isFree(task)) {
                return new Desk.Reply.Later<>();
            }
            return state.isRunning(task, found.get().attempt())
                    ? new Desk.Reply.Written<>(
                            Optional.of(task),
                            List.of(discovered(found.get(), discovery)),
                            Answer.ACCEPTED)
                    : said(Answer.NOT_YOURS);
        });
    }

    private interface Events {
        List<Event> of(TaskState claimed, Instant now);
    }

    private Answer ofClaimed(TaskId task, AgentName agent, Events events) {
        return desk.ask((state, at) -> {
            Optional<TaskState> found = state.task(task);
            if (found.isEmpty()) {
                return said(Answer.NO_SUCH_TASK);
            }
            if (!at.isFree(task)) {
                return new Desk.Reply.Later<>();
            }
            if (!isClaimedBy(found.get(), agent)) {
                return said(state.hasClaimed(agent) ? Answer.NOT_YOURS : Answer.NO_SUCH_AGENT);
            }
            return new Desk.Reply.Written<>(
                    Optional.of(task), events.of(found.get(), at.now()), Answer.ACCEPTED);
        });
    }

    private static <T> Desk.Reply<T> said(T answer) {
        return new Desk.Reply.Said<>(answer);
    }

    private static boolean isClaimedBy(TaskState task, AgentName agent) {
        return task.claim().filter(claim -> claim.agent().equals(agent)).isPresent();
    }
}
