package dev.coppice.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.AgentName;
import dev.coppice.model.CommitId;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.Integration;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Outcome;
import dev.coppice.model.Plan;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Reason;
import dev.coppice.model.Recorded;
import dev.coppice.model.Resources;
import dev.coppice.model.Settings;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.model.Usage;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The little language in which the laws of scheduling are told: a job of some [Part]s, what happens
/// to it, and what must then be so.
///
/// ```
/// job(a, b.after(a)).when(a.fails()).then(b).isBlockedBy(a).and().jobIs(FAILED);
/// ```
///
/// After each happening every step that is due is taken, as a driver would, and the state is held
/// against a second one that is folded from the events alone.
final class Story {
    static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final JobId JOB = new JobId("0123456789ab");
    private static final int STEPS_MAX = 100_000;

    private final Optional<Plan> plan;
    private final JobState state = new JobState(JOB);
    private final List<Recorded> events = new ArrayList<>();
    private final List<Step.Start> starts = new ArrayList<>();
    private final List<Step.Delegate> delegated = new ArrayList<>();
    private final List<Step.Stop> stops = new ArrayList<>();
    private final List<Step.Retry> retries = new ArrayList<>();
    private final List<Step.Pause> pauses = new ArrayList<>();
    private Instant now = START;
    private Room room = Room.UNLIMITED;
    private int slots = 64;
    private Optional<Duration> jobTimeout = Optional.empty();
    private Optional<BigDecimal> budget = Optional.empty();
    private boolean inRepository;
    private boolean held;

    private Story(Optional<Plan> plan) {
        this.plan = plan;
    }

    /// A job with a given plan.
    static Story job(Part... parts) {
        return new Story(Optional.of(new Plan("the goal", Part.tasks(parts))));
    }

    /// A job whose plan the lead makes.
    static Story request() {
        return new Story(Optional.empty());
    }

    // How the job is asked for; before anything happens.

    Story withSlots(int count) {
        slots = count;
        return this;
    }

    Story lasting(Duration timeout) {
        jobTimeout = Optional.of(timeout);
        return this;
    }

    Story withBudget(String usd) {
        budget = Optional.of(new BigDecimal(usd));
        return this;
    }

    /// The work is done in a git repository: finished branches are joined.
    Story inRepository() {
        inRepository = true;
        return this;
    }

    /// All jobs together have so many slots, of which this one's attempts take their share.
    Story withRoom(int total, Map<AgentName, Integer> perAgent) {
        room = new Room(total, perAgent);
        return this;
    }

    // What happens.

    /// The job is submitted and what can start starts.
    Story begins() {
        if (events.isEmpty()) {
            write(new Event.JobSubmitted(asked()));
            write(new Event.DriverTaken(1, new ProcessIdentity(1, 1, "")));
            goOn();
        }
        return this;
    }

    /// The running attempt of a task ends.
    Story when(Part.End end) {
        begins();
        TaskState task = taskState(end.task());
        return happens(ended(end, task.attempt()));
    }

    /// A report of an attempt that may be over for long.
    Story whenStale(Part.End end, int attempt) {
        return happens(ended(end, attempt));
    }

    /// Somebody writes an event.
    Story happens(Event event) {
        begins();
        write(event);
        if (!held) {
            goOn();
        }
        return this;
    }

    /// The running attempt of a task asks for a job of this plan.
    ///
    /// @param number tells it from others
    /// @param wishes makes the settings that it is to have of those that it has by its parent
    Children.Answer asks(Part by, int number, UnaryOperator<Settings> wishes, Part... parts) {
        begins();
        return Children.ask(
                state,
                by.id(),
                taskState(by.id()).attempt(),
                JobId.of(START, number),
                new ChildOrder(
                        "more",
                        parts.length == 0
                                ? Optional.empty()
                                : Optional.of(new Plan("more", Part.tasks(parts))),
                        Optional.empty(),
                        wishes.apply(Children.settings(state.settings()))),
                now);
    }

    /// It gets the job that it asks for.
    Story delegates(Part by, int number, UnaryOperator<Settings> wishes) {
        assertThat(asks(by, number, wishes)).isInstanceOf(Children.Answer.Granted.class);
        return happens(((Children.Answer.Granted) asks(by, number, wishes)).event());
    }

    Story canceled() {
        return happens(new Event.CancelRequested(Optional.empty(), Reason.CANCELED));
    }

    Story canceled(Part part) {
        return happens(new Event.CancelRequested(Optional.of(part.id()), Reason.CANCELED));
    }

    Story paused() {
        return happens(new Event.PauseRequested());
    }

    Story resumed() {
        return happens(new Event.DriverTaken(state.driver() + 1, new ProcessIdentity(2, 2, "")));
    }

    Story triedAgain(Part... parts) {
        return happens(new Event.RetryRequested(ids(parts), Optional.empty()));
    }

    Story triedAgain(Duration timeout) {
        return happens(new Event.RetryRequested(List.of(), Optional.of(timeout)));
    }

    Story after(Duration time) {
        begins();
        now = now.plus(time);
        if (!held) {
            goOn();
        }
        return this;
    }

    /// From here on nobody drives: happenings are written, but no step is taken, until [#goesOn].
    Story nobodyDrives() {
        begins();
        held = true;
        return this;
    }

    Story goesOn() {
        held = false;
        goOn();
        return this;
    }

    // What must then be so.

    /// Begins a statement about one task.
    Then then(Part part) {
        return then(part.id());
    }

    Then then(TaskId task) {
        begins();
        return new Then(task);
    }

    /// Exactly these run.
    Story runs(Part... parts) {
        begins();
        assertThat(state.running().stream().map(t -> t.task().id()))
                .containsExactlyInAnyOrderElementsOf(ids(parts));
        return this;
    }

    /// The tasks were started in this order; the engine's own count too.
    Story started(Part... parts) {
        begins();
        assertThat(starts.stream().map(Step.Start::task)).containsExactlyElementsOf(ids(parts));
        return this;
    }

    Story jobIs(JobStatus status) {
        begins();
        assertThat(state.ended()).as("%s", state.tasks()).contains(status);
        return this;
    }

    Story jobGoesOn() {
        begins();
        assertThat(state.ended()).isEmpty();
        return this;
    }

    Story wakesAt(Instant at) {
        assertThat(Scheduler.wakeAt(state, now)).contains(at);
        return this;
    }

    Story neverWakes() {
        assertThat(Scheduler.wakeAt(state, now)).isEmpty();
        return this;
    }

    /// Exactly these are asked to stop.
    Story stops(Part... parts) {
        assertThat(stops.stream().map(Step.Stop::task))
                .containsExactlyInAnyOrderElementsOf(ids(parts));
        return this;
    }

    /// The numbers of the retries for which a wait was to be drawn.
    Story drewRetries(Integer... numbers) {
        assertThat(retries.stream().map(Step.Retry::retry)).containsExactly(numbers);
        return this;
    }

    /// How often in a row a pause was to be drawn, each time.
    Story drewPauses(Integer... times) {
        assertThat(pauses.stream().map(Step.Pause::times)).containsExactly(times);
        return this;
    }

    Story wrote(Event event) {
        begins();
        assertThat(events.stream().map(Recorded::event)).contains(event);
        return this;
    }

    List<Event> history() {
        begins();
        return events.stream().map(Recorded::event).toList();
    }

    JobState state() {
        begins();
        return state;
    }

    /// Statements about one task.
    final class Then {
        private final TaskId id;

        private Then(TaskId id) {
            this.id = id;
        }

        Then is(TaskStatus status) {
            assertThat(taskState(id).status()).as("%s of %s", id, state.tasks()).isEqualTo(status);
            return this;
        }

        Then because(Reason reason) {
            assertThat(taskState(id).reason()).as("%s", id).contains(reason);
            return this;
        }

        Then isBlockedBy(Part cause) {
            is(TaskStatus.BLOCKED).because(Reason.BLOCKED);
            assertThat(events.stream().map(Recorded::event))
                    .contains(
                            new Event.TaskEnded(
                                    id,
                                    TaskStatus.BLOCKED,
                                    Optional.of(Reason.BLOCKED),
                                    Optional.of(cause.id())));
            return this;
        }

        Then hasAttempt(int number) {
            assertThat(taskState(id).attempt()).as("attempt of %s", id).isEqualTo(number);
            return this;
        }

        Then hasTimeout(Duration timeout) {
            assertThat(taskState(id).timeout()).as("timeout of %s", id).isEqualTo(timeout);
            return this;
        }

        Then resumes(String session) {
            assertThat(taskState(id).session()).as("session of %s", id).contains(session);
            return this;
        }

        Story and() {
            return Story.this;
        }
    }

    // The engine's own tasks, to speak of them as of any other.

    static Part plan() {
        return new Part(own(TaskId.PLAN, new Duty.Planning()));
    }

    static Part integration(int round) {
        return new Part(own(TaskId.integration(round), new Duty.Integrating()));
    }

    /// What stands for a job that a task started.
    static Part child(int number) {
        JobId child = JobId.of(START, number);
        return new Part(own(TaskId.child(child), new Duty.Work()));
    }

    static Part resolver(String id) {
        CommitId commit = new CommitId("a".repeat(40));
        Duty duty = new Duty.Resolving(commit, commit, new TaskId("x"), List.of("file"));
        return new Part(own(new TaskId("@" + id), duty));
    }

    private static Task own(TaskId id, Duty duty) {
        Task like = Part.part("x").as(duty).task();
        return new Task(
                id,
                duty,
                "own",
                Task.FIRST_PRIORITY,
                List.of(),
                List.of(),
                "",
                like.agent(),
                like.model(),
                like.expects(),
                List.of(),
                List.of(),
                true,
                Optional.empty(),
                like.limits());
    }

    static Part.End joins(Part integration) {
        return joins(integration, new Integration.Delivery.NotAsked(), Map.of());
    }

    static Part.End joins(
            Part integration, Integration.Delivery delivery, Map<TaskId, Integration.Fate> fates) {
        return integration.end(
                new Outcome.Integrated(
                        new Integration(
                                Optional.of("result"),
                                Optional.of(new CommitId("d".repeat(40))),
                                fates,
                                delivery)));
    }

    // The machinery.

    private static Event.AttemptEnded ended(Part.End end, int attempt) {
        return new Event.AttemptEnded(
                end.task(),
                attempt,
                end.outcome(),
                new Usage(0, 0, 0, 0, end.usd()),
                Resources.NONE,
                end.session(),
                Optional.empty());
    }

    private void goOn() {
        int steps = 0;
        List<Step> next = Scheduler.decide(state, now, roomLeft());
        while (next.stream().anyMatch(step -> !(step instanceof Step.Stop))) {
            for (Step step : next) {
                take(step);
            }
            steps += next.size();
            assertThat(steps).as("steps at one instant, the last %s", next).isLessThan(STEPS_MAX);
            next = Scheduler.decide(state, now, roomLeft());
        }
        stops.clear();
        next.forEach(step -> stops.add((Step.Stop) step));
        assertReplayTellsTheSame();
    }

    private Room roomLeft() {
        Map<AgentName, Integer> perAgent = new HashMap<>(room.perAgent());
        long holding = state.running().stream().filter(state::holdsSlot).count();
        for (TaskState running : state.running().stream().filter(state::holdsSlot).toList()) {
            perAgent.computeIfPresent(running.task().agent(), (_, left) -> left - 1);
        }
        return new Room(Math.toIntExact(room.total() - holding), perAgent);
    }

    private void take(Step step) {
        switch (step) {
            case Step.Write(Event event) -> write(event);
            case Step.Start start -> {
                starts.add(start);
                write(
                        new Event.AttemptStarting(
                                start.task(),
                                start.attempt(),
                                start.agent(),
                                start.timeout(),
                                start.resumes()));
            }
            case Step.Delegate child -> {
                delegated.add(child);
                write(
                        new Event.AttemptStarting(
                                child.task(),
                                child.attempt(),
                                child.agent(),
                                child.timeout(),
                                Optional.empty()));
            }
            case Step.Retry retry -> {
                retries.add(retry);
                Settings.Backoff backoff = state.settings().workers().backoff();
                write(
                        new Event.RetryScheduled(
                                retry.task(), now.plus(backoff.delay(retry.retry(), 0.5))));
            }
            case Step.Pause pause -> {
                pauses.add(pause);
                Settings.Backoff backoff = state.settings().workers().backoff();
                write(
                        new Event.AgentPaused(
                                pause.agent(),
                                now.plus(backoff.delay(pause.times(), 0.5)),
                                pause.why()));
            }
            case Step.Stop _ -> {}
        }
    }

    private void write(Event event) {
        Recorded recorded = new Recorded(JOB, events.size() + 1L, now, event);
        events.add(recorded);
        state.apply(recorded);
    }

    private void assertReplayTellsTheSame() {
        JobState replayed = new JobState(JOB);
        events.forEach(replayed::apply);
        assertThat(Scheduler.decide(replayed, now, roomLeft()))
                .as("decision of a state folded from the events")
                .isEqualTo(Scheduler.decide(state, now, roomLeft()));
        assertThat(told(replayed)).isEqualTo(told(state));
    }

    private static Map<TaskId, String> told(JobState state) {
        Map<TaskId, String> told = new LinkedHashMap<>();
        for (TaskState t : state.tasks()) {
            told.put(
                    t.task().id(),
                    String.join(
                            " ",
                            t.status().wire(),
                            "" + t.attempt(),
                            "" + t.timeout(),
                            "" + t.session(),
                            "" + t.reason(),
                            t.message()));
        }
        return told;
    }

    private TaskState taskState(TaskId id) {
        return state.task(id).orElseThrow(() -> new AssertionError("there is no task " + id));
    }

    private static List<TaskId> ids(Part... parts) {
        return Arrays.stream(parts).map(Part::id).toList();
    }

    private JobRequest asked() {
        return new JobRequest(
                "Do something",
                "/repository",
                inRepository ? Optional.of(new CommitId("b".repeat(40))) : Optional.empty(),
                Optional.empty(),
                plan,
                settings(),
                0,
                Optional.empty());
    }

    private Settings settings() {
        return new Settings(
                new Settings.Layout(
                        ".coppice/workspace",
                        "coppice/<job>/<n>-<slug>",
                        Settings.Isolation.WORKTREE,
                        false),
                new Settings.Workers(
                        slots,
                        Duration.ofMinutes(10),
                        jobTimeout,
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(2),
                        1_000_000,
                        0,
                        0,
                        new Settings.Backoff(
                                Duration.ofSeconds(1), Duration.ofMinutes(1), 0.1, 1.5)),
                new Settings.Recursion(true, 3, List.of()),
                new Settings.Agents(Part.AGENT, Part.AGENT, Map.of()),
                Settings.Environment.NONE,
                List.of(),
                new Settings.Integrate(
                        Settings.Result.BRANCH, Settings.Conflicts.AGENT, Optional.empty()),
                budget);
    }
}
