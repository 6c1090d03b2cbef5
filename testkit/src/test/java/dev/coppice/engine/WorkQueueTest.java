package dev.coppice.engine;

import static dev.coppice.engine.Jobs.job;
import static dev.coppice.engine.Jobs.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.engine.WorkQueue.Addition;
import dev.coppice.engine.WorkQueue.Answer;
import dev.coppice.engine.WorkQueue.Claim;
import dev.coppice.model.AgentName;
import dev.coppice.model.Discovery;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.JobStatus;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Reason;
import dev.coppice.model.Recorded;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.model.WorkResult;
import dev.coppice.schedule.JobState;
import dev.coppice.schedule.TaskState;
import dev.coppice.testkit.MemoryEventLog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The tasks of a job in the hands of those who work outside, with and without a driver.
@Timeout(600)
class WorkQueueTest {
    private static final AgentName ANN = new AgentName("ann");
    private static final AgentName BOB = new AgentName("bob");
    private static final TaskId A = new TaskId("a");
    private static final TaskId B = new TaskId("b");
    private static final WorkResult DONE = WorkResult.of("done");

    private final FailingLog log = new FailingLog(new MemoryEventLog());
    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private int jobs;

    @Test
    void aTaskIsOneClaimantsAndThenItsDependentsAreReady() {
        WorkQueue queue = queue(job(task("a"), task("b", "a")));
        assertThat(claimed(queue.claim(ANN))).isEqualTo(A);
        assertThat(queue.claim(BOB)).isEqualTo(new Claim.Nothing());
        assertThat(queue.complete(A, ANN, DONE, List.of())).isEqualTo(Answer.ACCEPTED);
        assertThat(claimed(queue.claim(BOB))).isEqualTo(B);
    }

    @Test
    void theMoreUrgentTaskIsClaimedFirst() {
        WorkQueue queue = queue(job(task("a"), Jobs.urgent("b")));
        assertThat(claimed(queue.claim(ANN))).isEqualTo(B);
    }

    @Test
    void aJobThatNobodyDrivesComesToItsEnd() {
        WorkQueue queue = queue(job(task("a")));
        queue.claim(ANN);
        queue.complete(A, ANN, DONE, List.of());
        assertThat(state(queue).ended()).contains(JobStatus.COMPLETED);
    }

    @Test
    void whatItsClaimantFailedIsNotTriedAgainAndBlocksItsDependents() {
        WorkQueue queue = queue(job(task("a"), task("b", "a")));
        queue.claim(ANN);
        assertThat(queue.fail(A, ANN, "no")).isEqualTo(Answer.ACCEPTED);
        JobState state = state(queue);
        assertThat(known(state, A).status()).isEqualTo(TaskStatus.FAILED);
        assertThat(known(state, A).reason()).contains(Reason.GIVEN_UP);
        assertThat(known(state, A).message()).isEqualTo("no");
        assertThat(known(state, B).status()).isEqualTo(TaskStatus.BLOCKED);
        assertThat(state.ended()).contains(JobStatus.FAILED);
    }

    @Test
    void aNamedTaskIsClaimedWhereItIsFree() {
        WorkQueue queue = queue(job(task("a"), task("b"), task("c", "a")));
        assertThat(claimed(queue.claim(B, ANN))).isEqualTo(B);
        assertThat(queue.claim(B, BOB)).isEqualTo(new Claim.Refused(Answer.TAKEN));
        assertThat(claimed(queue.claim(B, ANN))).isEqualTo(B);
        assertThat(queue.claim(new TaskId("c"), BOB))
                .isEqualTo(new Claim.Refused(Answer.NOT_READY));
        assertThat(queue.claim(new TaskId("x"), BOB))
                .isEqualTo(new Claim.Refused(Answer.NO_SUCH_TASK));
    }

    @Test
    void onlyItsClaimantEndsATask() {
        WorkQueue queue = queue(job(task("a"), task("b")));
        queue.claim(ANN);
        assertThat(queue.complete(A, BOB, DONE, List.of())).isEqualTo(Answer.NO_SUCH_AGENT);
        queue.claim(BOB);
        assertThat(queue.fail(A, BOB, "no")).isEqualTo(Answer.NOT_YOURS);
        assertThat(queue.heartbeat(A, BOB)).isEqualTo(Answer.NOT_YOURS);
        assertThat(queue.heartbeat(new TaskId("x"), BOB)).isEqualTo(Answer.NO_SUCH_TASK);
    }

    @Test
    void aStaleClaimIsTakenBackByWhoeverClaimsNext() {
        WorkQueue queue = queue(job(task("a")));
        Claim.Granted first = (Claim.Granted) queue.claim(ANN);
        now = first.until().minusMillis(1);
        assertThat(queue.claim(BOB)).isEqualTo(new Claim.Nothing());
        now = first.until();
        Claim.Granted second = (Claim.Granted) queue.claim(BOB);
        assertThat(second.order().attempt()).isEqualTo(2);
        assertThat(queue.complete(A, ANN, DONE, List.of())).isEqualTo(Answer.NOT_YOURS);
        assertThat(queue.complete(A, BOB, DONE, List.of())).isEqualTo(Answer.ACCEPTED);
    }

    @Test
    void aSignOfLifeKeepsAClaim() {
        WorkQueue queue = queue(job(task("a")));
        Claim.Granted first = (Claim.Granted) queue.claim(ANN);
        now = first.until().minusMillis(1);
        assertThat(queue.heartbeat(A, ANN)).isEqualTo(Answer.ACCEPTED);
        now = first.until();
        assertThat(queue.claim(BOB)).isEqualTo(new Claim.Nothing());
        assertThat(queue.complete(A, ANN, DONE, List.of())).isEqualTo(Answer.ACCEPTED);
    }

    @Test
    void aDriverTakesAStaleClaimBackAndDoesTheTaskItself() {
        JobId job = submitted(job(task("a")));
        HandDispatch dispatch = new HandDispatch();
        Claim.Granted claim = (Claim.Granted) queue(job).claim(ANN);
        Driver driver = driver(job, dispatch);
        assertThat(driver.turn()).isEqualTo(new Driver.Turn.Waiting(Optional.of(claim.until())));
        assertThat(dispatch.attempts()).isEmpty();
        now = claim.until();
        driver.turn();
        assertThat(dispatch.of("a").order().attempt()).isEqualTo(2);
    }

    @Test
    void aClaimHoldsNoSlotOfTheDrivers() {
        JobId job = submitted(job(1, Map.of(), task("a"), task("b")));
        HandDispatch dispatch = new HandDispatch();
        queue(job).claim(A, ANN);
        driver(job, dispatch).turn();
        assertThat(dispatch.attempts()).hasSize(1);
        assertThat(dispatch.of("b").recovered()).isFalse();
    }

    @Test
    void aCancelTakesClaimsBackAtOnce() {
        WorkQueue queue = queue(job(task("a"), task("b")));
        queue.claim(A, ANN);
        write(queue.job(), new Event.CancelRequested(Optional.of(A), Reason.CANCELED));
        assertThat(queue.complete(A, ANN, DONE, List.of())).isEqualTo(Answer.NOT_YOURS);
        queue.claim(B, ANN);
        write(queue.job(), new Event.CancelRequested(Optional.empty(), Reason.CANCELED));
        assertThat(queue.heartbeat(B, ANN)).isEqualTo(Answer.NOT_YOURS);
        assertThat(state(queue).ended()).contains(JobStatus.CANCELED);
    }

    @Test
    void tasksJoinAnOpenJobAndOneThatIsOver() {
        WorkQueue queue = queue(job());
        assertThat(queue.claim(ANN)).isEqualTo(new Claim.Nothing());
        assertThat(add(queue, task("a"))).isInstanceOf(Addition.Added.class);
        queue.claim(ANN);
        queue.complete(A, ANN, DONE, List.of());
        assertThat(state(queue).isOver()).isTrue();
        assertThat(add(queue, task("b", "a"))).isInstanceOf(Addition.Added.class);
        assertThat(state(queue).isOver()).isFalse();
        assertThat(claimed(queue.claim(ANN))).isEqualTo(B);
    }

    @Test
    void tasksThatDoNotFitAreRefused() {
        WorkQueue queue = queue(job(task("a")));
        assertThat(add(queue, task("a"))).isInstanceOf(Addition.Refused.class);
        assertThat(add(queue, task("b", "x"))).isInstanceOf(Addition.Refused.class);
        assertThat(queue.addTasks(Optional.of(A), _ -> WorkQueue.Batch.of(List.of(task("b")))))
                .as("by an attempt that does not run")
                .isInstanceOf(Addition.Refused.class);
    }

    @Test
    void anAttemptAddsTasksAndSharesWhatItFound() {
        WorkQueue queue = queue(job(task("a")));
        queue.claim(ANN);
        Discovery found = new Discovery("it is round", List.of("shape"));
        assertThat(queue.addTasks(Optional.of(A), _ -> WorkQueue.Batch.of(List.of(task("b")))))
                .isInstanceOf(Addition.Added.class);
        assertThat(queue.discover(A, found)).isEqualTo(Answer.ACCEPTED);
        assertThat(queue.discover(B, found)).isEqualTo(Answer.NOT_YOURS);
        assertThat(events(queue.job()))
                .contains(new Event.Discovered(A, 1, found))
                .anyMatch(e ->
                        e instanceof Event.TasksAdded added && added.by().equals(Optional.of(A)));
        Claim.Granted next = (Claim.Granted) queue.claim(BOB);
        assertThat(next.order().discoveries()).containsExactly(found);
    }

    @Test
    void theAgentsOfAJobAddSoManyTasksAndNoMore() {
        WorkQueue queue = queue(job(task("a")));
        driver(queue.job(), new HandDispatch()).turn();
        int most = JobState.TASKS_OF_AGENTS_MAX;
        List<Task> half = IntStream.range(0, most - 1).mapToObj(i -> task("t" + i)).toList();
        assertThat(queue.addTasks(Optional.of(A), _ -> WorkQueue.Batch.of(half)))
                .isInstanceOf(Addition.Added.class);
        int before = events(queue.job()).size();

        List<Task> two = List.of(task("x"), task("y"));
        assertThat(queue.addTasks(Optional.of(A), _ -> WorkQueue.Batch.of(two)))
                .isInstanceOfSatisfying(
                        Addition.Refused.class,
                        refused -> assertThat(refused.why()).contains("added 99 tasks"));
        assertThat(events(queue.job())).hasSize(before);
        assertThat(add(queue, task("x"))).as("from outside").isInstanceOf(Addition.Added.class);
        assertThat(queue.addTasks(Optional.of(A), _ -> WorkQueue.Batch.of(List.of(task("y")))))
                .as("the last one")
                .isInstanceOf(Addition.Added.class);
    }

    @Test
    void anAppendThatFailedAfterItStoredIsNotRepeated() {
        WorkQueue queue = queue(job(task("a"), task("b")));
        log.failAfter(Event.AttemptClaimed.class);
        assertThatThrownBy(() -> queue.claim(A, ANN)).isInstanceOf(EventLogException.class);
        assertThat(claimed(queue.claim(A, ANN))).isEqualTo(A);
        assertThat(state(queue).task(A).orElseThrow().attempt()).isEqualTo(1);
    }

    @Test
    void ofManyThreadsInSeveralProcessesOneClaimsEachTask() throws InterruptedException {
        int tasks = 10_000;
        JobId job =
                submitted(
                        job(
                                IntStream.range(0, tasks)
                                        .mapToObj(i -> task("t" + i))
                                        .toArray(Task[]::new)));
        List<WorkQueue> processes = List.of(queue(job), queue(job));
        List<TaskId> claimed = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            WorkQueue queue = processes.get(i % 2);
            AgentName agent = new AgentName("agent-" + i);
            threads.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                while (queue.claim(agent) instanceof Claim.Granted granted) {
                                    claimed.add(granted.order().task().id());
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(claimed).hasSize(tasks);
        assertThat(new HashSet<>(claimed)).hasSize(tasks);
    }

    // The setting.

    private static TaskId claimed(Claim claim) {
        assertThat(claim).isInstanceOf(Claim.Granted.class);
        return ((Claim.Granted) claim).order().task().id();
    }

    private static Addition add(WorkQueue queue, Task task) {
        return queue.addTasks(Optional.empty(), _ -> WorkQueue.Batch.of(List.of(task)));
    }

    private WorkQueue queue(JobRequest request) {
        return queue(submitted(request));
    }

    private WorkQueue queue(JobId job) {
        return new WorkQueue(job, log, () -> now, RandomGenerator.getDefault(), event -> event);
    }

    private Driver driver(JobId job, Dispatch dispatch) {
        write(job, new Event.DriverTaken(1, new ProcessIdentity(1, 1, "boot")));
        return new Driver(
                job,
                1,
                log,
                dispatch,
                new Slots(8),
                () -> now,
                RandomGenerator.getDefault(),
                () -> {},
                _ -> {});
    }

    private JobId submitted(JobRequest request) {
        JobId job = JobId.of(now, jobs++);
        write(job, new Event.JobSubmitted(request));
        return job;
    }

    private void write(JobId job, Event event) {
        long next = log.last(job).map(Recorded::sequence).orElse(0L) + 1;
        assertThat(log.append(job, next, now, List.of(event))).isTrue();
    }

    private List<Event> events(JobId job) {
        return log.read(job, 0, 1_000).stream().map(Recorded::event).toList();
    }

    private JobState state(WorkQueue queue) {
        JobState state = new JobState(queue.job());
        log.read(queue.job(), 0, 1_000).forEach(state::apply);
        return state;
    }

    private static TaskState known(JobState state, TaskId id) {
        return state.task(id).orElseThrow();
    }
}
