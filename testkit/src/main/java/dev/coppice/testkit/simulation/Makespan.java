package dev.coppice.testkit.simulation;

import dev.coppice.model.AgentName;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.Expectation;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Limits;
import dev.coppice.model.Need;
import dev.coppice.model.Outcome;
import dev.coppice.model.Plan;
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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/// Measures how close a job's makespan comes to what no schedule can beat: the longer of the critical
/// path and the whole work divided by the slots. The plans are drawn; no time passes.
public final class Makespan {
    private static final int PLANS = 50;
    private static final int TASKS = 80;
    private static final List<Integer> SLOTS = List.of(4, 6, 8);

    /// What the plan tells of how long its tasks will take.
    public enum Estimates {
        /// The truth.
        KNOWN,
        /// Up to three times too long or too short.
        GUESSED,
        /// Nothing.
        ABSENT
    }

    /// @param needs numbers of earlier tasks
    private record Work(Duration takes, List<Integer> needs) {}

    private record Running(Instant until, TaskId task) {}

    private Makespan() {}

    /// Prints the table: makespan over lower bound, the mean over many plans.
    public static void main(String[] args) {
        System.out.println("slots  known  guessed  absent");
        for (int slots : SLOTS) {
            System.out.printf(
                    Locale.ROOT,
                    "%5d  %.3f  %7.3f  %6.3f%n",
                    slots,
                    overLowerBound(slots, Estimates.KNOWN),
                    overLowerBound(slots, Estimates.GUESSED),
                    overLowerBound(slots, Estimates.ABSENT));
        }
    }

    /// The mean makespan over the lower bound; at least 1.
    public static double overLowerBound(int slots, Estimates estimates) {
        double sum = 0;
        for (int seed = 0; seed < PLANS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Work> plan = draw(random);
            Duration makespan = schedule(plan, slots, estimates, random);
            sum += (double) makespan.toMillis() / lowerBound(plan, slots).toMillis();
        }
        return sum / PLANS;
    }

    /// Tasks of a few minutes, some much longer, each with up to three needs among those before it.
    private static List<Work> draw(SplittableRandom random) {
        List<Work> plan = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            List<Integer> needs =
                    random.ints(random.nextInt(4), 0, Math.max(1, i)).distinct().boxed().toList();
            double minutes = 5 * Math.exp(0.8 * random.nextGaussian());
            plan.add(
                    new Work(
                            Duration.ofMillis(Math.round(minutes * 60_000)),
                            i == 0 ? List.of() : needs));
        }
        return plan;
    }

    private static Duration lowerBound(List<Work> plan, int slots) {
        Duration sum = Duration.ZERO;
        Duration longest = Duration.ZERO;
        List<Duration> ends = new ArrayList<>();
        for (Work work : plan) {
            Duration end =
                    work.needs().stream()
                            .map(ends::get)
                            .max(Comparator.naturalOrder())
                            .orElse(Duration.ZERO)
                            .plus(work.takes());
            ends.add(end);
            sum = sum.plus(work.takes());
            longest = end.compareTo(longest) > 0 ? end : longest;
        }
        Duration share = sum.dividedBy(slots);
        return share.compareTo(longest) > 0 ? share : longest;
    }

    private static Duration schedule(
            List<Work> plan, int slots, Estimates estimates, SplittableRandom random) {
        JobId job = JobId.of(Instant.EPOCH, 0);
        JobState state = new JobState(job);
        PriorityQueue<Running> running =
                new PriorityQueue<>(
                        Comparator.comparing(Running::until).thenComparing(Running::task));
        List<Task> tasks = tasks(plan, estimates, random);
        Instant now = Instant.EPOCH;
        write(state, now, new Event.JobSubmitted(request(tasks, slots)));
        while (!state.isOver()) {
            List<Step> steps = Scheduler.decide(state, now, Room.UNLIMITED);
            for (Step step : steps) {
                switch (step) {
                    case Step.Write(Event event) -> write(state, now, event);
                    case Step.Start start -> {
                        write(state, now, starting(start));
                        running.add(new Running(now.plus(takes(plan, start)), start.task()));
                    }
                    case Step.Retry _, Step.Pause _, Step.Stop _, Step.Delegate _ ->
                            throw new IllegalStateException("all goes well here, but " + step);
                }
            }
            if (steps.isEmpty()) {
                Running next = running.remove();
                now = next.until();
                write(state, now, ended(next.task()));
            }
        }
        return Duration.between(Instant.EPOCH, now);
    }

    private static List<Task> tasks(List<Work> plan, Estimates estimates, SplittableRandom random) {
        List<Task> tasks = new ArrayList<>();
        for (Work work : plan) {
            Optional<Duration> estimate =
                    switch (estimates) {
                        case KNOWN -> Optional.of(work.takes());
                        case GUESSED -> Optional.of(guess(work.takes(), random));
                        case ABSENT -> Optional.empty();
                    };
            tasks.add(
                    new Task(
                            id(tasks.size()),
                            new Duty.Work(),
                            "Do it",
                            Task.DEFAULT_PRIORITY,
                            work.needs().stream().map(n -> Need.success(id(n))).toList(),
                            List.of(),
                            "",
                            new AgentName("agent"),
                            Optional.empty(),
                            Expectation.ANY,
                            List.of(),
                            List.of(),
                            true,
                            estimate,
                            new Limits(Duration.ofHours(1), 0, 0, Optional.empty())));
        }
        return tasks;
    }

    /// Between a third and three times the truth.
    private static Duration guess(Duration truth, SplittableRandom random) {
        double factor = Math.pow(3, random.nextDouble(-1, 1));
        return Duration.ofMillis(Math.round(truth.toMillis() * factor));
    }

    private static JobRequest request(List<Task> tasks, int slots) {
        return Requests.request(
                Optional.of(new Plan("the goal", tasks)),
                Requests.settings(slots, Optional.empty(), Optional.empty(), Map.of()),
                false);
    }

    private static TaskId id(int number) {
        return new TaskId("t" + number);
    }

    private static Duration takes(List<Work> plan, Step.Start start) {
        return plan.get(Integer.parseInt(start.task().value().substring(1))).takes();
    }

    private static Event starting(Step.Start start) {
        return new Event.AttemptStarting(
                start.task(), start.attempt(), start.agent(), start.timeout(), start.resumes());
    }

    private static Event ended(TaskId task) {
        return new Event.AttemptEnded(
                task,
                1,
                new Outcome.Done(WorkResult.NONE),
                Usage.NONE,
                Resources.NONE,
                Optional.empty(),
                Optional.empty());
    }

    private static void write(JobState state, Instant at, Event event) {
        state.apply(new Recorded(state.job(), state.sequence() + 1, at, event));
    }
}
