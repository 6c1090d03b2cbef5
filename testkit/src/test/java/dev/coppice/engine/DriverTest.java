package dev.coppice.engine;

import static dev.coppice.engine.Jobs.AGENT;
import static dev.coppice.engine.Jobs.done;
import static dev.coppice.engine.Jobs.failed;
import static dev.coppice.engine.Jobs.job;
import static dev.coppice.engine.Jobs.lost;
import static dev.coppice.engine.Jobs.stopped;
import static dev.coppice.engine.Jobs.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.engine.HandDispatch.Stop;
import dev.coppice.model.AgentName;
import dev.coppice.model.CommitId;
import dev.coppice.model.Discovery;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Outcome;
import dev.coppice.model.Plan;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Reason;
import dev.coppice.model.Recorded;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.model.Usage;
import dev.coppice.model.WorkResult;
import dev.coppice.testkit.MemoryEventLog;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// One driver, turn by turn: what it writes, when it acts, what it makes of a log that fails and of
/// others who write.
class DriverTest {
    private static final ProcessIdentity PROCESS = new ProcessIdentity(7, 7, "boot");
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");

    private final FailingLog log = new FailingLog(new MemoryEventLog());
    private final HandDispatch dispatch = new HandDispatch();
    private final List<Event.AgentPaused> pauses = new ArrayList<>();
    private Slots slots = new Slots(8);
    private Instant now = START;
    private double chance = 0.5;
    private int wakes;
    private int jobs;

    // Write, then act.

    @Test
    void theIntentIsInTheLogBeforeTheAttemptStarts() {
        List<Boolean> seen = new ArrayList<>();
        dispatch.onStart(order -> {
            List<Event> events = events(order.job());
            seen.add(events.getLast() instanceof Event.AttemptStarting);
        });
        drive(submitted(job(task("a")))).turn();
        assertThat(seen).containsExactly(true);
    }

    @Test
    void aReportWakesTheDriverAndIsWrittenInItsTurn() {
        Driver driver = drive(submitted(job(task("a"))));
        driver.turn();
        int before = wakes;
        dispatch.of("a").ends(done("it"));
        assertThat(wakes).isGreaterThan(before);
        assertThat(driver.turn()).isEqualTo(new Driver.Turn.Over(JobStatus.COMPLETED));
        assertThat(written(driver, Event.AttemptEnded.class)).hasSize(1);
    }

    @Test
    void theWaitBeforeARetryIsDrawnAroundTheBackoff() {
        assertThat(waitBeforeRetry(0)).isEqualTo(Duration.ofSeconds(9));
        assertThat(waitBeforeRetry(0.5)).isEqualTo(Duration.ofSeconds(10));
        assertThat(waitBeforeRetry(1)).isEqualTo(Duration.ofSeconds(11));
    }

    private Duration waitBeforeRetry(double drawn) {
        chance = drawn;
        Driver driver = drive(submitted(job(task("a"))));
        driver.turn();
        dispatch.of("a").ends(failed());
        Driver.Turn turn = driver.turn();
        Instant at = written(driver, Event.RetryScheduled.class).getFirst().at();
        assertThat(turn).isEqualTo(new Driver.Turn.Waiting(Optional.of(at)));
        return Duration.between(now, at);
    }

    @Test
    void aPauseIsDrawnAndToldToOthers() {
        Driver driver = drive(submitted(job(task("a"))));
        driver.turn();
        dispatch.of("a")
                .ends(new Outcome.RateLimited(Optional.empty(), "slow down", WorkResult.NONE));
        driver.turn();
        Event.AgentPaused pause =
                new Event.AgentPaused(AGENT, now.plus(Duration.ofSeconds(10)), "slow down");
        assertThat(pauses).containsExactly(pause);
        assertThat(written(driver, Event.AgentPaused.class)).containsExactly(pause);
    }

    @Test
    void aProviderIsSparedForASecondEvenWhereRetriesFollowAtOnce() {
        Driver driver = drive(submitted(Jobs.withoutBackoff(job(task("a")))));
        driver.turn();
        dispatch.of("a")
                .ends(new Outcome.RateLimited(Optional.empty(), "slow down", WorkResult.NONE));
        Instant until = now.plusSeconds(1);
        assertThat(driver.turn()).isEqualTo(new Driver.Turn.Waiting(Optional.of(until)));
    }

    @Test
    void aPauseThatAnotherJobMetHoldsHereToo() {
        Driver driver = drive(submitted(job(task("a"))));
        Instant until = now.plusSeconds(60);
        driver.report(new Event.AgentPaused(AGENT, until, "slow down"));
        assertThat(driver.turn()).isEqualTo(new Driver.Turn.Waiting(Optional.of(until)));
        assertThat(dispatch.attempts()).isEmpty();
        assertThat(pauses).isEmpty();
        now = until;
        driver.turn();
        assertThat(dispatch.attempts()).hasSize(1);
    }

    // Stale reports.

    @Test
    void whatComesAfterAnAttemptsEndIsDropped() {
        Driver driver = drive(submitted(job(task("a"))));
        driver.turn();
        HandDispatch.Attempt attempt = dispatch.of("a");
        attempt.ends(failed());
        attempt.ends(done("it"));
        attempt.tells(discovered(1));
        driver.turn();
        attempt.ends(done("it"));
        driver.turn();
        assertThat(written(driver, Event.AttemptEnded.class)).hasSize(1);
        assertThat(written(driver, Event.Discovered.class)).isEmpty();
        assertThat(status(driver, "a")).isEqualTo(TaskStatus.RETRYING);
    }

    @Test
    void theReportOfAnEarlierAttemptIsDropped() {
        Driver driver = drive(submitted(job(task("a"))));
        driver.turn();
        HandDispatch.Attempt first = dispatch.of("a");
        first.ends(failed());
        driver.turn();
        now = now.plusSeconds(60);
        driver.turn();
        first.ends(done("it"));
        driver.turn();
        assertThat(status(driver, "a")).isEqualTo(TaskStatus.RUNNING);
    }

    @Test
    void aRetryThatIsAskedForAsTheJobEndsIsLeftToWhoeverTakesTheJobUp() {
        JobId job = submitted(job(task("a", 0, List.of())));
        Driver driver = drive(job);
        driver.turn();
        dispatch.of("a").ends(failed());
        log.afterAppend(() -> {
            if (events(job).getLast() instanceof Event.JobEnded) {
                write(job, new Event.RetryRequested(List.of(), Optional.empty()));
                driver.lookAgain();
            }
        });

        assertThat(driver.turn()).isEqualTo(new Driver.Turn.Over(JobStatus.FAILED));

        assertThat(dispatch.attempts()).hasSize(1);
        log.afterAppend(() -> {});
        takeUp(job).turn();
        assertThat(dispatch.attempts()).hasSize(2);
    }

    @Test
    void nothingIsWrittenAfterTheJobsEnd() {
        Driver driver = drive(submitted(job(task("a"))));
        driver.turn();
        dispatch.of("a").ends(done("it"));
        driver.turn();
        int before = events(driver.state().job()).size();
        driver.report(new Event.PauseRequested());
        assertThat(driver.turn()).isEqualTo(new Driver.Turn.Over(JobStatus.COMPLETED));
        assertThat(events(driver.state().job())).hasSize(before);
    }

    // The log fails, or somebody else wrote first.

    @Test
    void anAppendThatWasRefusedIsRepeatedAfterTheOthersWordsAreRead() {
        JobId job = submitted(job(task("a"), task("b", "a")));
        Driver driver = drive(job);
        driver.turn();
        dispatch.of("a").ends(done("it"));
        write(job, new Event.CancelRequested(Optional.of(new TaskId("b")), Reason.CANCELED));
        assertThat(driver.turn()).isEqualTo(new Driver.Turn.Over(JobStatus.PARTIAL));
        assertThat(dispatch.attempts()).hasSize(1);
        assertThat(written(driver, Event.AttemptEnded.class)).hasSize(1);
    }

    @Test
    void aStartThatWasRefusedTakesNoSlot() {
        slots = new Slots(1);
        JobId job = submitted(job(task("a")));
        Driver driver = drive(job);
        log.beforeAppend(
                () -> write(job, new Event.Noted(Event.Level.INFO, Optional.empty(), "hello")));
        driver.turn();
        assertThat(dispatch.attempts()).hasSize(1);
    }

    @Test
    void aStartThatCouldNotBeWrittenIsMadeLater() {
        slots = new Slots(1);
        Driver driver = drive(submitted(job(task("a"))));
        log.failBefore(Event.AttemptStarting.class);
        assertThatThrownBy(driver::turn).isInstanceOf(EventLogException.class);
        assertThat(dispatch.attempts()).isEmpty();
        driver.turn();
        assertThat(dispatch.attempts()).hasSize(1).noneMatch(HandDispatch.Attempt::recovered);
    }

    @Test
    void aStartThatWasWrittenInAFailedAppendIsRecovered() {
        slots = new Slots(1);
        Driver driver = drive(submitted(job(task("a"))));
        log.failAfter(Event.AttemptStarting.class);
        assertThatThrownBy(driver::turn).isInstanceOf(EventLogException.class);
        driver.turn();
        assertThat(dispatch.attempts()).hasSize(1).allMatch(HandDispatch.Attempt::recovered);
        dispatch.of("a").ends(lost());
        driver.turn();
        assertThat(dispatch.attempts()).hasSize(2);
        assertThat(dispatch.of("a").order().attempt()).isEqualTo(2);
    }

    @Test
    void aReportThatWasWrittenInAFailedAppendIsNotWrittenAgain() {
        Driver driver = drive(submitted(job(task("a"))));
        driver.turn();
        dispatch.of("a").tells(discovered(1));
        log.failAfter(Event.Discovered.class);
        assertThatThrownBy(driver::turn).isInstanceOf(EventLogException.class);
        driver.turn();
        assertThat(written(driver, Event.Discovered.class)).hasSize(1);
    }

    @Test
    void aReportThatCouldNotBeWrittenIsWrittenLater() {
        Driver driver = drive(submitted(job(task("a"))));
        driver.turn();
        dispatch.of("a").tells(discovered(1));
        log.failBefore(Event.Discovered.class);
        assertThatThrownBy(driver::turn).isInstanceOf(EventLogException.class);
        driver.turn();
        assertThat(written(driver, Event.Discovered.class)).hasSize(1);
    }

    @Test
    void anotherDriverEndsThisOneAndItsSlotsAreFree() {
        slots = new Slots(1);
        JobId job = submitted(job(task("a")));
        Driver first = drive(job);
        first.turn();
        Driver second = takeUp(job);
        assertThat(waiting(second.turn())).isEmpty();
        first.lookAgain();
        assertThat(first.turn()).isEqualTo(new Driver.Turn.Superseded());
        assertThat(dispatch.stops())
                .as("two agents in one workspace are one too many")
                .containsExactly(new Stop(new TaskId("a"), 1, true));
        dispatch.attempts().getFirst().ends(done("it"));
        assertThat(first.turn()).isEqualTo(new Driver.Turn.Superseded());
        assertThat(status(second, "a")).isEqualTo(TaskStatus.RUNNING);
    }

    // What an earlier driver left.

    @Test
    void anAttemptOfAnEarlierDriverIsRecoveredByItsProcess() {
        JobId job = submitted(job(task("a")));
        Driver first = drive(job);
        first.turn();
        dispatch.of("a").tells(new Event.AttemptStarted(new TaskId("a"), 1, PROCESS));
        first.turn();
        Driver second = takeUp(job);
        second.turn();
        HandDispatch.Attempt recovered = dispatch.attempts().get(1);
        assertThat(recovered.recovered()).isTrue();
        assertThat(recovered.process()).contains(PROCESS);
        recovered.ends(done("it"));
        assertThat(second.turn()).isEqualTo(new Driver.Turn.Over(JobStatus.COMPLETED));
    }

    @Test
    void anAttemptIsRecoveredOnce() {
        JobId job = submitted(job(task("a")));
        drive(job).turn();
        Driver second = takeUp(job);
        second.turn();
        second.turn();
        assertThat(dispatch.attempts()).hasSize(2);
    }

    @Test
    void anAttemptThatHasEndedIsNotRecovered() {
        JobId job = submitted(job(task("a")));
        drive(job).turn();
        Outcome planned = new Outcome.Planned(new Plan("x", List.of(task("b"))), WorkResult.NONE);
        write(job, Jobs.ended(new TaskId("a"), 1, planned));
        takeUp(job).turn();
        assertThat(dispatch.attempts()).noneMatch(HandDispatch.Attempt::recovered);
        assertThat(dispatch.of("b").order().attempt()).isEqualTo(1);
    }

    // Stop.

    @Test
    void anAttemptIsAskedOnceToStop() {
        JobId job = submitted(job(task("a")));
        Driver driver = drive(job);
        driver.turn();
        write(job, new Event.CancelRequested(Optional.empty(), Reason.CANCELED));
        driver.lookAgain();
        driver.turn();
        driver.turn();
        assertThat(dispatch.stops()).containsExactly(new Stop(new TaskId("a"), 1, false));
        dispatch.of("a").ends(stopped());
        assertThat(driver.turn()).isEqualTo(new Driver.Turn.Over(JobStatus.CANCELED));
    }

    @Test
    void killAllEndsAttemptsAtOnce() {
        Driver driver = drive(submitted(job(task("a"))));
        driver.turn();
        driver.killAll();
        assertThat(dispatch.stops()).containsExactly(new Stop(new TaskId("a"), 1, true));
    }

    @Test
    void aJobIsLaidDownWhenItsAttemptsHaveStoppedAndGoesOnWithTheirSessions() {
        JobId job = submitted(job(task("a")));
        Driver first = drive(job);
        first.turn();
        first.report(new Event.PauseRequested());
        assertThat(waiting(first.turn())).isEmpty();
        dispatch.of("a").ends(stopped());
        assertThat(first.turn()).isEqualTo(new Driver.Turn.LaidDown());
        takeUp(job).turn();
        AttemptOrder order = dispatch.of("a").order();
        assertThat(order.attempt()).isEqualTo(2);
        assertThat(order.earlier().orElseThrow().session()).contains("session of a");
        assertThat(order.earlier().orElseThrow().reason()).isEmpty();
    }

    @Test
    void aJobWhoseLastTaskEndsAsItIsLaidDownIsOver() {
        Driver driver = drive(submitted(job(task("a"))));
        driver.turn();
        driver.report(new Event.PauseRequested());
        driver.turn();
        dispatch.of("a").ends(done("it"));
        assertThat(driver.turn()).isEqualTo(new Driver.Turn.Over(JobStatus.COMPLETED));
    }

    // Slots.

    @Test
    void jobsShareTheSlots() {
        slots = new Slots(1);
        Driver one = drive(submitted(job(task("a"))));
        Driver two = drive(submitted(job(task("b"))));
        one.turn();
        assertThat(waiting(two.turn())).isEmpty();
        assertThat(dispatch.attempts()).hasSize(1);
        int before = wakes;
        slots.onRelease(() -> wakes++);
        dispatch.of("a").ends(done("it"));
        one.turn();
        assertThat(wakes).isGreaterThan(before + 1);
        two.turn();
        assertThat(dispatch.of("b").recovered()).isFalse();
    }

    @Test
    void aFreedSlotIsLeftToAJobThatHoldsFewer() {
        slots = new Slots(2);
        Driver large = drive(submitted(job(task("a"), task("b"), task("c"))));
        Driver small = drive(submitted(job(task("d"))));
        large.turn();
        small.turn();
        dispatch.of("a").ends(done("it"));
        large.turn();
        assertThat(dispatch.attempts()).hasSize(2);
        small.turn();
        assertThat(dispatch.of("d").recovered()).isFalse();
        dispatch.of("b").ends(done("it"));
        large.turn();
        assertThat(dispatch.of("c").recovered()).isFalse();
    }

    @Test
    void anAgentsFreedSlotIsLeftToAJobThatHoldsFewer() {
        Map<AgentName, Integer> two = Map.of(AGENT, 2);
        Driver large = drive(submitted(job(3, two, task("a"), task("b"), task("c"))));
        Driver small = drive(submitted(job(3, two, task("d"))));
        large.turn();
        small.turn();
        dispatch.of("a").ends(done("it"));
        large.turn();
        assertThat(dispatch.attempts()).hasSize(2);
        small.turn();
        assertThat(dispatch.of("d").recovered()).isFalse();
    }

    @Test
    void aSlotIsNotKeptForAJobThatCannotUseIt() {
        slots = new Slots(2);
        Driver large = drive(submitted(job(task("a"), task("b"), task("c"))));
        JobId waiting = submitted(job(task("d")));
        Driver small = drive(waiting);
        large.turn();
        small.turn();
        write(waiting, new Event.CancelRequested(Optional.empty(), Reason.CANCELED));
        small.lookAgain();
        small.turn();
        dispatch.of("a").ends(done("it"));
        large.turn();
        assertThat(dispatch.of("c").recovered()).isFalse();
    }

    @Test
    void aSlotIsNotKeptForAJobWhoseLastWaitingTaskWasCanceled() {
        slots = new Slots(4);
        Task[] four = {task("a"), task("b"), task("c"), task("d")};
        Driver large = drive(submitted(job(3, Map.of(AGENT, 9), four)));
        JobId both = submitted(job(3, Map.of(AGENT, 9), task("e"), task("f")));
        Driver small = drive(both);
        large.turn();
        small.turn();
        dispatch.of("a").ends(done("it"));
        write(both, new Event.CancelRequested(Optional.of(new TaskId("f")), Reason.CANCELED));
        small.lookAgain();
        small.turn();
        large.turn();
        assertThat(dispatch.of("d").recovered()).isFalse();
    }

    @Test
    void whoeverWaitsForASlotNoMoreWakesTheOthers() {
        slots = new Slots(2);
        Driver large = drive(submitted(job(task("a"), task("b"), task("c"))));
        Driver small = drive(submitted(job(task("d"))));
        large.turn();
        small.turn();
        dispatch.of("a").ends(done("it"));
        large.turn();
        List<String> woken = new ArrayList<>();
        slots.onRelease(() -> woken.add("all"));
        small.report(new Event.PauseRequested());
        assertThat(small.turn()).isEqualTo(new Driver.Turn.LaidDown());
        assertThat(woken).isNotEmpty();
        large.turn();
        assertThat(dispatch.of("c").recovered()).isFalse();
    }

    @Test
    void anAgentsSlotsAreSharedByAllJobs() {
        Map<AgentName, Integer> one = Map.of(AGENT, 1);
        Driver first = drive(submitted(job(3, one, task("a"), task("b"))));
        Driver second = drive(submitted(job(3, one, task("c"))));
        first.turn();
        second.turn();
        assertThat(dispatch.attempts()).hasSize(1);
    }

    @Test
    void aTaskThatWaitsForOthersHoldsNoSlot() {
        slots = new Slots(1);
        Driver driver = drive(submitted(job(task("a"))));
        driver.turn();
        dispatch.of("a").ends(new Outcome.Deferred(List.of(task("b")), "b first"));
        driver.turn();
        dispatch.of("b").ends(done("it"));
        driver.turn();
        assertThat(dispatch.of("a").order().attempt()).isEqualTo(2);
    }

    @Test
    void aRecoveredAttemptTakesASlotEvenWhereThereIsNone() {
        JobId job = submitted(job(task("a"), task("b"), task("c")));
        drive(job).turn();
        slots = new Slots(1);
        Driver second = takeUp(job);
        second.turn();
        HandDispatch.Attempt a = dispatch.attempts().get(3);
        a.ends(failed());
        second.turn();
        now = now.plusSeconds(60);
        second.turn();
        assertThat(dispatch.attempts()).hasSize(6);
    }

    // Orders.

    @Test
    void anOrderTellsWhatTheTaskNeedsToKnow() {
        Driver driver = drive(submitted(job(task("b", "a"), task("a"))));
        driver.turn();
        dispatch.of("a").tells(discovered(1));
        String output = "x".repeat(Orders.INPUT_OUTPUT_MAX) + "the end";
        dispatch.of("a").ends(done(output));
        driver.turn();
        AttemptOrder order = dispatch.of("b").order();
        assertThat(order.goal()).isEqualTo("the goal");
        assertThat(order.worker()).isEqualTo(1);
        assertThat(order.outline())
                .extracting(AttemptOrder.OutlineLine::name)
                .containsExactly("Do b", "Do a");
        assertThat(order.discoveries()).containsExactly(new Discovery("finding 1", List.of()));
        assertThat(order.earlier()).isEmpty();
        AttemptOrder.Input input = order.inputs().getFirst();
        assertThat(input.worker()).isEqualTo(2);
        assertThat(input.branch()).contains("branch");
        assertThat(input.output()).startsWith("… (cut)\n").endsWith("the end");
        assertThat(input.output()).hasSize(Orders.INPUT_OUTPUT_MAX + "… (cut)\n".length());
    }

    @Test
    void anOrderTellsHowTheAttemptBeforeEnded() {
        Driver driver = drive(submitted(job(task("a"))));
        driver.turn();
        dispatch.of("a").ends(failed());
        driver.turn();
        now = now.plusSeconds(60);
        driver.turn();
        assertThat(dispatch.of("a").order().earlier())
                .contains(
                        new AttemptOrder.Earlier(
                                1,
                                Optional.of(Reason.EXIT_CODE),
                                "it said 1",
                                Optional.of("session of a"),
                                Usage.NONE,
                                Optional.empty()));
    }

    @Test
    void anAttemptMayCostWhatIsLeftOfTheTasksMoneyAndTheJobs() {
        JobRequest request = Jobs.withBudgets(job(task("a"), task("b")), "1.00", "5.00");
        Driver driver = drive(submitted(request));
        driver.turn();
        assertThat(dispatch.of("a").order().budgetUsd()).contains(new BigDecimal("1.00"));

        dispatch.of("a").tells(Jobs.ended(new TaskId("a"), 1, failed(), "0.30"));
        dispatch.of("b").tells(Jobs.ended(new TaskId("b"), 1, failed(), "4.20"));
        driver.turn();
        now = now.plusSeconds(60);
        driver.turn();

        assertThat(dispatch.of("a").order().budgetUsd())
                .as("0.70 of its own, 0.50 of the job's")
                .contains(new BigDecimal("0.50"));
    }

    @Test
    void aJoiningLooksAtFinishedBranchesAndAtWhatCameOfConflicts() {
        Task hopeless = task("c", 0, List.of());
        Driver driver = drive(submitted(Jobs.inRepository(job(task("a"), task("b"), hopeless))));
        driver.turn();
        dispatch.of("b").ends(new Outcome.Done(WorkResult.of("no branch")));
        dispatch.of("c").ends(failed());
        dispatch.of("a").ends(done("it"));
        driver.turn();
        HandDispatch.Attempt joining = dispatch.of("@integrate-1");
        assertThat(inputs(joining)).containsExactly("a");
        CommitId commit = new CommitId("a".repeat(40));
        Duty resolving = new Duty.Resolving(commit, commit, new TaskId("a"), List.of("file"));
        Task resolver = Jobs.own("@resolve-1", resolving);
        joining.ends(new Outcome.Deferred(List.of(resolver), "a conflict"));
        driver.turn();
        dispatch.of("@resolve-1").ends(failed());
        driver.turn();
        assertThat(inputs(dispatch.of("@integrate-1"))).containsExactly("a", "@resolve-1");
    }

    private static List<String> inputs(HandDispatch.Attempt attempt) {
        return attempt.order().inputs().stream().map(i -> i.task().id().value()).toList();
    }

    @Test
    void whatWasFoundLastIsPassedOn() {
        Driver driver = drive(submitted(job(task("a"), task("b", "a"))));
        driver.turn();
        for (int i = 1; i <= AttemptOrder.DISCOVERIES_MAX + 1; i++) {
            dispatch.of("a").tells(discovered(i));
        }
        dispatch.of("a").ends(done("it"));
        driver.turn();
        List<Discovery> found = dispatch.of("b").order().discoveries();
        assertThat(found).hasSize(AttemptOrder.DISCOVERIES_MAX);
        assertThat(found.getFirst().content()).isEqualTo("finding 2");
    }

    // The setting.

    private JobId submitted(JobRequest request) {
        JobId job = JobId.of(START, jobs++);
        write(job, new Event.JobSubmitted(request));
        write(job, new Event.DriverTaken(1, new ProcessIdentity(1, 1, "boot")));
        return job;
    }

    private Driver drive(JobId job) {
        return drive(job, 1);
    }

    private Driver takeUp(JobId job) {
        write(job, new Event.DriverTaken(2, new ProcessIdentity(2, 2, "boot")));
        return drive(job, 2);
    }

    private Driver drive(JobId job, int number) {
        RandomGenerator drawn =
                new RandomGenerator() {
                    @Override
                    public long nextLong() {
                        throw new UnsupportedOperationException("only fractions are drawn");
                    }

                    @Override
                    public double nextDouble() {
                        return chance;
                    }
                };
        return new Driver(
                job, number, log, dispatch, slots, () -> now, drawn, () -> wakes++, pauses::add);
    }

    private void write(JobId job, Event event) {
        EventLog plain = log.plain();
        long next = plain.last(job).map(Recorded::sequence).orElse(0L) + 1;
        assertThat(plain.append(job, next, now, List.of(event))).isTrue();
    }

    private List<Event> events(JobId job) {
        return log.plain().read(job, 0, 10_000).stream().map(Recorded::event).toList();
    }

    private <E extends Event> List<E> written(Driver driver, Class<E> kind) {
        return events(driver.state().job()).stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    private static TaskStatus status(Driver driver, String task) {
        return driver.state().task(new TaskId(task)).orElseThrow().status();
    }

    private static Optional<Instant> waiting(Driver.Turn turn) {
        assertThat(turn).isInstanceOf(Driver.Turn.Waiting.class);
        return ((Driver.Turn.Waiting) turn).until();
    }

    private static Event.Discovered discovered(int number) {
        Discovery discovery = new Discovery("finding " + number, List.of());
        return new Event.Discovered(new TaskId("a"), 1, discovery);
    }
}
