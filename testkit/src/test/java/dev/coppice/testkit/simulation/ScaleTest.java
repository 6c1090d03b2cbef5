package dev.coppice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.AgentName;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.Limits;
import dev.coppice.model.Need;
import dev.coppice.model.Outcome;
import dev.coppice.model.Reason;
import dev.coppice.model.Recorded;
import dev.coppice.model.Resources;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.Usage;
import dev.coppice.model.WorkResult;
import dev.coppice.schedule.JobState;
import dev.coppice.schedule.Room;
import dev.coppice.schedule.Scheduler;
import dev.coppice.schedule.Step;
import dev.coppice.schedule.TaskState;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// A step costs the same in a job of many tasks as in one of few. What is measured is the thread's own
/// processor time, the two jobs by turns, and of many rounds the middle one; of these the best, since
/// load can only lengthen them.
class ScaleTest {
    private static final int FEW = 1_000;
    private static final int MANY = 1_000_000;
    private static final int MEASUREMENTS = 5;
    private static final int ROUNDS = 15;
    private static final int LIVES_A_ROUND = 20;

    @Test
    void aStepOfALargeJobCostsAtMostTwiceThatOfASmallOne() {
        double best = Double.MAX_VALUE;
        Walk large = new Walk(MANY);
        for (int i = 0; i < MEASUREMENTS; i++) {
            Walk small = new Walk(FEW);
            long[] few = new long[ROUNDS];
            long[] many = new long[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                few[round] = small.cost();
                many[round] = large.cost();
            }
            best = Math.min(best, (double) middle(many) / middle(few));
        }
        assertThat(best).as("%d tasks against %d", MANY, FEW).isLessThan(2);
    }

    private static long middle(long[] costs) {
        long[] sorted = LongStream.of(costs).sorted().toArray();
        assertThat(Arrays.stream(sorted).sum()).isPositive();
        return Math.max(1, sorted[sorted.length / 2]);
    }

    /// A job on its way: tasks start, fail, are tried again and succeed.
    private static final class Walk {
        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
        private static final JobId JOB = JobId.of(Instant.EPOCH, 0);

        private final JobState state = new JobState(JOB);
        private Instant now = Instant.EPOCH;

        private Walk(int count) {
            write(
                    new Event.JobSubmitted(
                            Requests.request(
                                    Optional.empty(),
                                    Requests.settings(
                                            4, Optional.empty(), Optional.empty(), Map.of()),
                                    false)));
            write(new Event.TasksAdded(Optional.empty(), "the goal", tasks(count)));
        }

        /// Each task needs two of those up to ten places before it, so that about five are ready.
        private static List<Task> tasks(int count) {
            SplittableRandom random = new SplittableRandom(1);
            Limits limits = new Limits(Duration.ofMinutes(1), 1, 0, Optional.empty());
            List<Task> tasks = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                List<Need> needs =
                        i < 10
                                ? List.of()
                                : List.of(
                                        Need.success(id(i - 10)),
                                        Need.success(id(i - 1 - random.nextInt(9))));
                int priority = 1 + random.nextInt(10);
                AgentName agent = new AgentName("agent");
                tasks.add(Requests.task(id(i), new Duty.Work(), priority, needs, agent, limits));
            }
            return tasks;
        }

        private static TaskId id(int number) {
            return new TaskId("t" + number);
        }

        private void write(Event event) {
            state.apply(new Recorded(JOB, state.sequence() + 1, now, event));
        }

        /// The nanoseconds that some attempts cost from their start to their end.
        private long cost() {
            long before = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < LIVES_A_ROUND; i++) {
                do {
                    decide();
                } while (state.running().isEmpty());
                end(state.running().iterator().next());
            }
            return THREADS.getCurrentThreadCpuTime() - before;
        }

        private void decide() {
            now = now.plusSeconds(1);
            List<Step> steps = Scheduler.decide(state, now, Room.UNLIMITED);
            while (!steps.isEmpty()) {
                steps.forEach(this::take);
                steps = Scheduler.decide(state, now, Room.UNLIMITED);
            }
        }

        private void take(Step step) {
            switch (step) {
                case Step.Write(Event event) -> write(event);
                case Step.Retry(TaskId task, int _) ->
                        write(new Event.RetryScheduled(task, now.plusSeconds(2)));
                case Step.Start start ->
                        write(
                                new Event.AttemptStarting(
                                        start.task(),
                                        start.attempt(),
                                        start.agent(),
                                        start.timeout(),
                                        start.resumes()));
                case Step.Pause _, Step.Stop _, Step.Delegate _ -> throw new AssertionError(step);
            }
        }

        /// Every third first attempt fails.
        private void end(TaskState task) {
            boolean fails = task.attempt() == 1 && task.order() % 3 == 0;
            write(
                    new Event.AttemptEnded(
                            task.task().id(),
                            task.attempt(),
                            fails
                                    ? new Outcome.Failed(Reason.EXIT_CODE, "", WorkResult.NONE)
                                    : new Outcome.Done(WorkResult.NONE),
                            Usage.NONE,
                            Resources.NONE,
                            Optional.empty(),
                            Optional.empty()));
        }
    }
}
