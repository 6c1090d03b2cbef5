package dev.coppice.engine;

import static dev.coppice.engine.Jobs.done;
import static dev.coppice.engine.Jobs.job;
import static dev.coppice.engine.Jobs.lost;
import static dev.coppice.engine.Jobs.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.CommitId;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Outcome;
import dev.coppice.model.Plan;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Reason;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.WorkResult;
import dev.coppice.schedule.ChildOrder;
import dev.coppice.schedule.Children;
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
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Jobs that running attempts start: born, carried, and told of to who started them.
@Timeout(120)
class ChildJobsTest {
    private final MemoryEventLog log = new MemoryEventLog();
    private final Set<ProcessIdentity> living = ConcurrentHashMap.newKeySet();
    private final List<Engine> engines = Collections.synchronizedList(new ArrayList<>());
    private final HandDispatch dispatch = new HandDispatch();

    @AfterEach
    void closeAll() {
        engines.forEach(Engine::close);
        log.close();
    }

    @Test
    void aTaskIsAttemptedAgainWhenTheJobsHaveEndedThatItStarted() throws InterruptedException {
        Engine engine = engine(log);
        JobId parent = engine.submit(job(task("a")), List.of());
        HandDispatch.Attempt a = dispatch.next();
        JobId child = started(engine, a, parent, task("x"));
        dispatch.next().ends(done("what it did"));
        engine.await(child);
        a.ends(done("so far"));

        HandDispatch.Attempt again = dispatch.next();
        assertThat(again.toString()).isEqualTo("a#2");
        assertThat(brought(again))
                .startsWith("Job " + child + " ended completed: All tasks are done.")
                .contains("x: completed", "what it did");
        again.ends(done("all of it"));
        assertThat(engine.await(parent)).isEqualTo(new Driver.Turn.Over(JobStatus.COMPLETED));
    }

    @Test
    void anAgentIsToldThatItsJobCouldNotBePlanned() throws InterruptedException {
        Engine engine = engine(log);
        JobId parent = engine.submit(job(task("a")), List.of());
        HandDispatch.Attempt a = dispatch.next();
        JobId child = started(engine, a, parent);
        dispatch.next()
                .ends(new Outcome.Failed(Reason.NOT_LOGGED_IN, "Log in first.", WorkResult.NONE));
        a.ends(done("so far"));

        HandDispatch.Attempt again = nextOf("a", 2);
        assertThat(again.order().children().getFirst().status().wire()).isEqualTo("failed");
        assertThat(brought(again)).startsWith("Job " + child + " ended failed: Log in first.");
    }

    @Test
    void whoWaitsForAJobToBeThereReadsNoHistoryAgain() throws InterruptedException {
        // given a job with a long history, whose driver is held up while others write
        FailingLog slow = new FailingLog(log);
        FailingLog counting = new FailingLog(log);
        Engine driving = engine(slow);
        Engine asking = engine(counting);
        JobId parent = driving.submit(job(task("a")), List.of());
        HandDispatch.Attempt a = dispatch.next();
        Instant now = InstantSource.system().instant();
        Event said = new Event.Noted(Event.Level.INFO, Optional.empty(), "said");
        int events = 2_000;
        long next = log.last(parent).orElseThrow().sequence() + 1;
        assertThat(log.append(parent, next, now, Collections.nCopies(events, said))).isTrue();
        JobId other = JobId.of(now, 7);
        slow.beforeAppend(() -> {
            for (int i = 1; i <= 50; i++) {
                assertThat(log.append(other, i, now, List.of(said))).isTrue();
                LockSupport.parkNanos(1_000_000);
            }
        });

        // when
        started(asking, a, parent, task("x"));

        // then
        assertThat(counting.eventsRead()).isLessThan(2L * events);
    }

    @Test
    void aJobThatHasEndedBeforeItIsSeenWasStartedAllTheSame() throws Exception {
        // given a caller that is held up when it has not found its job yet
        CountDownLatch looked = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        FailingLog slow = new FailingLog(log);
        FailingLog held = new FailingLog(log);
        Engine driving = engine(held);
        Engine asking = engine(slow);
        JobId parent = driving.submit(job(task("a")), List.of());
        HandDispatch.Attempt a = dispatch.next();
        held.beforeAppend(() -> awaitQuietly(looked));
        slow.afterAppend(() ->
                slow.onMissing(() -> {
                    looked.countDown();
                    awaitQuietly(over);
                }));
        FutureTask<Engine.Birth> birth =
                new FutureTask<>(() -> asked(asking, a, parent, task("x")));
        Thread.ofVirtual().start(birth);

        // when
        dispatch.next().ends(done("it"));
        assertThat(dispatch.nextWaits()).isTrue();
        assertThat(dispatch.nextWaits()).isFalse();
        over.countDown();

        // then
        assertThat(birth.get()).isInstanceOf(Engine.Birth.Started.class);
    }

    @Test
    void aJobForWhichNobodyWaitsAnyMoreDoesNotBeginAgain() throws InterruptedException {
        Engine engine = engine(log);
        JobId parent = engine.submit(job(task("a")), List.of());
        HandDispatch.Attempt a = dispatch.next();
        JobId child = started(engine, a, parent, task("x"));
        dispatch.next().ends(new Outcome.Failed(Reason.NOT_LOGGED_IN, "no", WorkResult.NONE));
        engine.await(child);
        long events = log.last(child).orElseThrow().sequence();

        assertThat(engine.retry(child, List.of(), Optional.empty()))
                .isEqualTo(Engine.Answer.NOBODY_WAITS);
        assertThat(
                        engine.queue(child)
                                .orElseThrow()
                                .addTasks(
                                        Optional.empty(),
                                        _ -> WorkQueue.Batch.of(List.of(task("y")))))
                .isInstanceOfSatisfying(
                        WorkQueue.Addition.Refused.class,
                        refused -> assertThat(refused.why()).contains("retry job " + parent));
        assertThat(log.last(child).orElseThrow().sequence()).isEqualTo(events);
    }

    private static void outOfOrder() {
        throw new IllegalStateException("out of order");
    }

    @Test
    void whoStartedAJobThatCantBeDrivenIsToldSo() throws InterruptedException {
        Engine engine = engine(log);
        dispatch.throwFor(new TaskId("x"), ChildJobsTest::outOfOrder);
        JobId parent = engine.submit(job(task("a")), List.of());
        HandDispatch.Attempt a = dispatch.next();
        JobId child = started(engine, a, parent, task("x"));
        a.ends(done("so far"));

        HandDispatch.Attempt again = nextOf("a", 2);
        assertThat(again.order().children().getFirst().status().wire()).isEqualTo("failed");
        assertThat(brought(again)).contains("Job " + child + " can't be driven", "out of order");
        again.ends(done("all by itself"));
        assertThat(engine.await(parent)).isInstanceOf(Driver.Turn.Over.class);
    }

    @Test
    void aJobEndsThoughOneThatItStartedCantBeDriven() throws InterruptedException {
        Engine engine = engine(log);
        JobId parent = engine.submit(job(task("a")), List.of());
        HandDispatch.Attempt a = dispatch.next();
        started(engine, a, parent, task("x"), task("y", "x"));
        dispatch.throwFor(
                new TaskId("y"),
                () -> {
                    throw new OutOfMemoryError("no more room");
                });
        dispatch.next().ends(done("it"));
        engine.cancel(parent, Optional.empty());
        a.ends(new Outcome.Stopped(WorkResult.NONE));

        assertThat(engine.await(parent)).isEqualTo(new Driver.Turn.Over(JobStatus.CANCELED));
    }

    @Test
    void aJobIsOverForWhoStartedItWhateverCameAfterItsEnd() throws InterruptedException {
        // given a process that died, and a child job that was driven to its end and merged since
        Engine first = engine(log);
        JobId parent = first.submit(job(task("a")), List.of());
        JobId child = started(first, dispatch.next(), parent, task("x"));
        dispatch.next();
        die(first, 1);
        Engine second = engine(log.another());
        second.resume(child);
        dispatch.next().ends(done("it"));
        second.await(child);
        second.merged(child, "main", new CommitId("e".repeat(40)));

        // when
        second.resume(parent);

        // then
        nextOf("a", 1).ends(lost());
        HandDispatch.Attempt again = nextOf("a", 2);
        again.ends(done("it"));
        assertThat(second.await(parent)).isEqualTo(new Driver.Turn.Over(JobStatus.COMPLETED));
    }

    @Test
    void theClocksOfAnAttemptGoOnHoweverLateItsJobIsTold() throws InterruptedException {
        // given a caller that is held up after its job was written down
        FailingLog slow = new FailingLog(log);
        Engine engine = engine(slow);
        JobId parent = engine.submit(job(task("a")), List.of());
        HandDispatch.Attempt a = dispatch.next();
        CountDownLatch held = new CountDownLatch(1);
        Thread asking =
                Thread.ofVirtual()
                        .unstarted(() -> {
                            try {
                                started(engine, a, parent, task("x"));
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        slow.afterAppend(() -> {
            if (Thread.currentThread().equals(asking)) {
                awaitQuietly(held);
            }
        });

        // when the job ends meanwhile
        asking.start();
        dispatch.next().ends(done("it"));
        assertThat(dispatch.nextWaits()).isTrue();
        assertThat(dispatch.nextWaits()).isFalse();
        held.countDown();
        asking.join();

        // then
        assertThat(dispatch.waits()).isEmpty();
        a.ends(done("so far"));
        dispatch.next().ends(done("all of it"));
        engine.await(parent);
    }

    @Test
    void noMoreAttemptsWaitForTheirJobsThanThereAreSlots() throws InterruptedException {
        Engine engine = engine(log);
        JobId job = engine.submit(job(task("a")), List.of());
        HandDispatch.Attempt running = dispatch.next();
        for (String below : List.of("b", "c", "d")) {
            job = started(engine, running, job, task(below));
            running = dispatch.next();
        }

        assertThat(asked(engine, running, job, task("e")))
                .isInstanceOfSatisfying(
                        Engine.Birth.Refused.class,
                        refused ->
                                assertThat(refused.message()).startsWith("Too many agents wait"));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The next attempt at the task, which is to have this number.
    private HandDispatch.Attempt nextOf(String task, int number) throws InterruptedException {
        HandDispatch.Attempt next = dispatch.next();
        while (!next.toString().equals(task + "#" + number)) {
            next = dispatch.next();
        }
        return next;
    }

    private static String brought(HandDispatch.Attempt again) {
        return again.order().children().getFirst().output();
    }

    // The setting.

    private Engine engine(EventLog on) {
        ProcessIdentity self = new ProcessIdentity(engines.size() + 1, 0, "");
        living.add(self);
        Engine fresh =
                new Engine(
                        on,
                        dispatch,
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

    /// A job of these tasks, or without a plan, that the attempt starts.
    private static JobId started(
            Engine engine, HandDispatch.Attempt by, JobId parent, Task... tasks)
            throws InterruptedException {
        Engine.Birth birth = asked(engine, by, parent, tasks);
        assertThat(birth).isInstanceOf(Engine.Birth.Started.class);
        return ((Engine.Birth.Started) birth).child();
    }

    private static Engine.Birth asked(
            Engine engine, HandDispatch.Attempt by, JobId parent, Task... tasks)
            throws InterruptedException {
        JobRequest parents = by.order().request();
        ChildOrder order =
                new ChildOrder(
                        "more",
                        tasks.length == 0
                                ? Optional.empty()
                                : Optional.of(new Plan("more", List.of(tasks))),
                        Optional.empty(),
                        Children.settings(parents.settings()));
        return engine.startChild(parent, by.task(), by.order().attempt(), order, List.of());
    }
}
