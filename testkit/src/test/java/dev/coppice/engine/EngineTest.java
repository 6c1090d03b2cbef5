package dev.coppice.engine;

import static dev.coppice.engine.Jobs.AGENT;
import static dev.coppice.engine.Jobs.done;
import static dev.coppice.engine.Jobs.failed;
import static dev.coppice.engine.Jobs.job;
import static dev.coppice.engine.Jobs.stopped;
import static dev.coppice.engine.Jobs.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.engine.Engine.Answer;
import dev.coppice.engine.Engine.Resumption;
import dev.coppice.engine.HandDispatch.Stop;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Outcome;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Recorded;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.WorkResult;
import dev.coppice.testkit.MemoryEventLog;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The door, with its threads: every engine here is a process of its own on the same log.
@Timeout(120)
class EngineTest {
    private static final JobId NOBODYS = JobId.of(Instant.EPOCH, 0);

    private final MemoryEventLog log = new MemoryEventLog();
    private final Set<ProcessIdentity> living = ConcurrentHashMap.newKeySet();
    private final List<Engine> engines = Collections.synchronizedList(new ArrayList<>());
    private final HandDispatch dispatch = new HandDispatch();
    private final Engine engine = engine(log, dispatch);

    @AfterEach
    void closeAll() {
        engines.forEach(Engine::close);
        log.close();
    }

    @Test
    void aJobIsDrivenToItsEnd() throws InterruptedException {
        JobId job = engine.submit(job(task("a"), task("b", "a")), List.of("mind the gap"));
        dispatch.next().ends(done("it"));
        dispatch.next().ends(done("it"));
        assertThat(engine.await(job)).isEqualTo(new Driver.Turn.Over(JobStatus.COMPLETED));
        assertThat(events(job))
                .contains(new Event.Noted(Event.Level.WARNING, Optional.empty(), "mind the gap"));
        assertThat(engine.jobs()).containsExactly(job);
        assertThat(engine.await(job)).isEqualTo(new Driver.Turn.Over(JobStatus.COMPLETED));
    }

    @Test
    void jobsOfOneEngineShareItsSlots() throws InterruptedException {
        JobId first = engine.submit(job(task("a"), task("b"), task("c")), List.of());
        List<HandDispatch.Attempt> running =
                List.of(dispatch.next(), dispatch.next(), dispatch.next());
        JobId second = engine.submit(job(task("d")), List.of());
        running.getFirst().ends(done("it"));
        HandDispatch.Attempt freed = dispatch.next();
        assertThat(freed.task()).isEqualTo(new TaskId("d"));
        freed.ends(done("it"));
        running.get(1).ends(done("it"));
        running.get(2).ends(done("it"));
        engine.await(first);
        engine.await(second);
    }

    @Test
    void aJobIsCanceled() throws InterruptedException {
        JobId job = engine.submit(job(task("a"), task("b", "a")), List.of());
        HandDispatch.Attempt a = dispatch.next();
        assertThat(engine.cancel(job, Optional.empty())).isEqualTo(Answer.ACCEPTED);
        assertThat(dispatch.nextStop()).isEqualTo(new Stop(a.task(), 1, false));
        a.ends(stopped());
        assertThat(engine.await(job)).isEqualTo(new Driver.Turn.Over(JobStatus.CANCELED));
        assertThat(engine.cancel(job, Optional.empty())).isEqualTo(Answer.ALREADY_OVER);
    }

    @Test
    void aTaskIsCanceled() throws InterruptedException {
        JobId job = engine.submit(job(task("a"), task("b", "a")), List.of());
        HandDispatch.Attempt a = dispatch.next();
        assertThat(engine.cancel(job, Optional.of(new TaskId("b")))).isEqualTo(Answer.ACCEPTED);
        assertThat(engine.cancel(job, Optional.of(new TaskId("c")))).isEqualTo(Answer.NO_SUCH_TASK);
        a.ends(done("it"));
        assertThat(engine.await(job)).isEqualTo(new Driver.Turn.Over(JobStatus.PARTIAL));
        assertThat(engine.cancel(job, Optional.of(a.task()))).isEqualTo(Answer.ALREADY_OVER);
    }

    @Test
    void aJobThatFailedIsTriedAgain() throws InterruptedException {
        JobId job = engine.submit(job(task("a", 0, List.of())), List.of());
        dispatch.next().ends(failed());
        assertThat(engine.await(job)).isEqualTo(new Driver.Turn.Over(JobStatus.FAILED));
        assertThat(engine.retry(job, List.of(), Optional.empty())).isEqualTo(Answer.ACCEPTED);
        dispatch.next().ends(done("it"));
        assertThat(engine.await(job)).isEqualTo(new Driver.Turn.Over(JobStatus.COMPLETED));
        assertThat(engine.retry(job, List.of(), Optional.empty())).isEqualTo(Answer.ALREADY_OVER);
    }

    @Test
    void whatIsNotThereIsAnsweredSo() {
        assertThat(engine.cancel(NOBODYS, Optional.empty())).isEqualTo(Answer.NO_SUCH_JOB);
        assertThat(engine.retry(NOBODYS, List.of(), Optional.empty()))
                .isEqualTo(Answer.NO_SUCH_JOB);
        assertThat(engine.resume(NOBODYS)).isEqualTo(new Resumption.NoSuchJob());
        assertThat(engine.state(NOBODYS)).isEmpty();
        JobId job = engine.submit(job(task("a")), List.of());
        List<TaskId> unknown = List.of(new TaskId("b"));
        assertThat(engine.retry(job, unknown, Optional.empty())).isEqualTo(Answer.NO_SUCH_TASK);
    }

    @Test
    void aRateLimitInOneJobPausesTheAgentInAllOthers() throws InterruptedException {
        Task retried = task("b", 1, List.of());
        JobId first = engine.submit(job(task("a")), List.of());
        HandDispatch.Attempt a = dispatch.next();
        JobId second = engine.submit(job(retried), List.of());
        dispatch.next();
        Instant until = Instant.now().plusSeconds(3_600);
        a.ends(new Outcome.RateLimited(Optional.of(until), "slow down", WorkResult.NONE));
        awaitEvent(second, new Event.AgentPaused(AGENT, until, "slow down"));
        awaitEvent(first, new Event.AgentPaused(AGENT, until, "slow down"));
    }

    // Several processes.

    @Test
    void aJobThatAnotherProcessDrivesIsLeftToIt() throws InterruptedException {
        JobId job = engine.submit(job(task("a")), List.of());
        dispatch.next();
        Engine other = engine(log.another(), new HandDispatch());
        assertThat(other.resume(job))
                .isEqualTo(new Resumption.Driven(new ProcessIdentity(1, 0, "")));
        assertThat(other.await(job)).isEqualTo(new Driver.Turn.Superseded());
    }

    @Test
    void anotherProcessSpeaksToTheDriverThroughTheLog() throws InterruptedException {
        JobId job = engine.submit(job(task("a")), List.of());
        HandDispatch.Attempt a = dispatch.next();
        Engine other = engine(log.another(), new HandDispatch());
        assertThat(other.cancel(job, Optional.empty())).isEqualTo(Answer.ACCEPTED);
        dispatch.nextStop();
        a.ends(stopped());
        assertThat(engine.await(job)).isEqualTo(new Driver.Turn.Over(JobStatus.CANCELED));
    }

    @Test
    void aJobWhoseDriverDiedIsTakenUpWithItsAttempts() throws InterruptedException {
        JobId job = engine.submit(job(task("a")), List.of());
        dispatch.next();
        die(engine, 1);
        HandDispatch found = new HandDispatch();
        Engine other = engine(log.another(), found);
        assertThat(other.resume(job)).isEqualTo(new Resumption.Resumed());
        HandDispatch.Attempt recovered = found.next();
        assertThat(recovered.recovered()).isTrue();
        recovered.ends(done("it"));
        assertThat(other.await(job)).isEqualTo(new Driver.Turn.Over(JobStatus.COMPLETED));
        assertThat(other.resume(job)).isEqualTo(new Resumption.Over(JobStatus.COMPLETED));
    }

    @Test
    void theCancelOfAJobThatNobodyDrivesTakesItUp() throws InterruptedException {
        JobId job = engine.submit(job(task("a")), List.of());
        dispatch.next();
        die(engine, 1);
        HandDispatch found = new HandDispatch();
        Engine other = engine(log.another(), found);
        other.cancel(job, Optional.empty());
        HandDispatch.Attempt recovered = found.next();
        found.nextStop();
        recovered.ends(stopped());
        assertThat(other.await(job)).isEqualTo(new Driver.Turn.Over(JobStatus.CANCELED));
    }

    @Test
    void theCancelOfATaskDoesNotResumeItsJob() throws InterruptedException {
        JobId job = engine.submit(job(task("a"), task("b", "a")), List.of());
        dispatch.next();
        die(engine, 1);
        HandDispatch found = new HandDispatch();
        Engine other = engine(log.another(), found);
        assertThat(other.cancel(job, Optional.of(new TaskId("b")))).isEqualTo(Answer.ACCEPTED);
        assertThat(other.await(job)).isEqualTo(new Driver.Turn.Superseded());
        assertThat(found.attempts()).isEmpty();
    }

    @Test
    void anotherProcessTriesAJobAgainWhileItsOldDriverLives() throws InterruptedException {
        JobId job = engine.submit(job(task("a", 0, List.of())), List.of());
        dispatch.next().ends(failed());
        engine.await(job);
        HandDispatch found = new HandDispatch();
        Engine other = engine(log.another(), found);
        other.retry(job, List.of(), Optional.empty());
        found.next().ends(done("it"));
        assertThat(other.await(job)).isEqualTo(new Driver.Turn.Over(JobStatus.COMPLETED));
    }

    @Test
    void ofManyWhoResumeAJobOneTakesItUp() throws InterruptedException {
        JobId job = engine.submit(job(task("a")), List.of());
        dispatch.next();
        die(engine, 1);
        Engine other = engine(log.another(), new HandDispatch());
        List<Resumption> answers = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            threads.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                awaitQuietly(go);
                                answers.add(other.resume(job));
                            }));
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(answers)
                .hasSize(16)
                .containsOnlyOnce(new Resumption.Resumed())
                .allMatch(a -> a instanceof Resumption.Resumed || a instanceof Resumption.Driven);
    }

    // Pause and end of an engine.

    @Test
    void aPausedJobIsLaidDownAndResumed() throws InterruptedException {
        JobId job = engine.submit(job(task("a")), List.of());
        HandDispatch.Attempt first = dispatch.next();
        engine.pauseAll();
        dispatch.nextStop();
        first.ends(stopped());
        assertThat(engine.await(job)).isEqualTo(new Driver.Turn.LaidDown());
        assertThat(engine.resume(job)).isEqualTo(new Resumption.Resumed());
        HandDispatch.Attempt second = dispatch.next();
        assertThat(second.order().earlier().orElseThrow().session()).contains("session of a");
        second.ends(done("it"));
        assertThat(engine.await(job)).isEqualTo(new Driver.Turn.Over(JobStatus.COMPLETED));
    }

    @Test
    void anotherProcessResumesWhatWasLaidDownWhileTheFirstLives() throws InterruptedException {
        JobId job = engine.submit(job(task("a")), List.of());
        HandDispatch.Attempt first = dispatch.next();
        engine.pauseAll();
        dispatch.nextStop();
        first.ends(stopped());
        engine.await(job);
        assertThat(engine(log.another(), new HandDispatch()).resume(job))
                .isEqualTo(new Resumption.Resumed());
    }

    @Test
    void aSecondRequestKillsAtOnce() throws InterruptedException {
        JobId job = engine.submit(job(task("a")), List.of());
        HandDispatch.Attempt a = dispatch.next();
        engine.pauseAll();
        assertThat(dispatch.nextStop().now()).isFalse();
        engine.killAll();
        assertThat(dispatch.nextStop().now()).isTrue();
        a.ends(stopped());
        assertThat(engine.await(job)).isEqualTo(new Driver.Turn.LaidDown());
    }

    @Test
    void whatIsBegunWhileTheEngineStopsIsLaidDown() throws InterruptedException {
        JobId failed = engine.submit(job(task("a", 0, List.of())), List.of());
        dispatch.next().ends(failed());
        engine.await(failed);

        engine.stop();
        JobId late = engine.submit(job(task("b")), List.of());
        engine.retry(failed, List.of(), Optional.empty());

        assertThat(engine.await(late)).isEqualTo(new Driver.Turn.LaidDown());
        assertThat(engine.await(failed)).isEqualTo(new Driver.Turn.LaidDown());
        assertThat(dispatch.attempts()).hasSize(1);
        Engine next = engine(log.another(), dispatch);
        next.resume(late);
        assertThat(dispatch.next().task()).isEqualTo(new TaskId("b"));
    }

    @Test
    void anEngineThatClosesLeavesItsAttemptsAlone() throws InterruptedException {
        JobId job = engine.submit(job(task("a")), List.of());
        dispatch.next();
        engine.close();
        assertThat(engine.await(job)).isEqualTo(new Driver.Turn.Superseded());
        assertThat(dispatch.stops()).isEmpty();
    }

    // Trouble.

    @Test
    void aLogThatFailsIsTriedAgain() throws InterruptedException {
        FailingLog failing = new FailingLog(log.another());
        failing.failBefore(Event.TasksAdded.class);
        Engine patient = engine(failing, dispatch);
        JobId job = patient.submit(job(task("a")), List.of());
        dispatch.next().ends(done("it"));
        assertThat(patient.await(job)).isEqualTo(new Driver.Turn.Over(JobStatus.COMPLETED));
    }

    @Test
    void aSubmissionThatFailsIsToldAndLeavesNoDriver() {
        FailingLog failing = new FailingLog(log.another());
        failing.failAfter(Event.JobSubmitted.class);
        Engine unlucky = engine(failing, dispatch);
        assertThatThrownBy(() -> unlucky.submit(job(task("a")), List.of()))
                .isInstanceOf(EventLogException.class);
        JobId stored = log.jobs().getFirst();
        assertThat(unlucky.resume(stored)).isEqualTo(new Resumption.Resumed());
    }

    @Test
    void aDriveThatBreaksOffTellsWhoeverWaitsForIt() {
        dispatch.throwFor(
                new TaskId("a"),
                () -> {
                    throw new UnsupportedOperationException("no such agent");
                });
        JobId job = engine.submit(job(task("a")), List.of());
        assertThatThrownBy(() -> engine.await(job))
                .hasMessageContaining(job.value())
                .hasRootCauseMessage("no such agent");
        assertThat(engine.isDriving(job)).isFalse();
    }

    // The setting.

    private Engine engine(EventLog on, Dispatch through) {
        ProcessIdentity self = new ProcessIdentity(engines.size() + 1, 0, "");
        living.add(self);
        Engine fresh =
                new Engine(
                        on,
                        through,
                        new Slots(3),
                        InstantSource.system(),
                        RandomGenerator.getDefault(),
                        self,
                        living::contains,
                        UnaryOperator.identity());
        engines.add(fresh);
        return fresh;
    }

    /// The process of the engine ends without a word.
    private void die(Engine dying, long pid) {
        dying.close();
        living.remove(new ProcessIdentity(pid, 0, ""));
    }

    private void awaitEvent(JobId job, Event event) throws InterruptedException {
        CountDownLatch seen = new CountDownLatch(1);
        try (EventLog.Subscription _ =
                log.subscribe(id -> {
                    if (id.equals(job) && events(job).contains(event)) {
                        seen.countDown();
                    }
                })) {
            if (!events(job).contains(event)) {
                seen.await();
            }
        }
    }

    private List<Event> events(JobId job) {
        return engine.events(job, 0, 10_000).stream().map(Recorded::event).toList();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
