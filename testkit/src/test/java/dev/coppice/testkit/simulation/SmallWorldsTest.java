package dev.coppice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.model.AgentName;
import dev.coppice.model.Duty;
import dev.coppice.model.JobId;
import dev.coppice.model.Limits;
import dev.coppice.model.Need;
import dev.coppice.model.Outcome;
import dev.coppice.model.Plan;
import dev.coppice.model.Reason;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.model.WorkResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Every small plan with every outcome of its tasks, and a crash of the process at every write: not
/// sampled but enumerated. However often the process dies, the tasks end as their plan says.
class SmallWorldsTest {
    private static final JobId JOB = JobId.of(Instant.EPOCH, 0);
    private static final AgentName AGENT = new AgentName("agent");
    private static final Limits LIMITS = new Limits(Duration.ofMinutes(10), 0, 0, Optional.empty());
    private static final Weather ORPHANS_DIE =
            new Weather(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    private static final List<Optional<Need.On>> EVERY_NEED =
            List.of(
                    Optional.empty(),
                    Optional.of(Need.On.SUCCESS),
                    Optional.of(Need.On.FAILURE),
                    Optional.of(Need.On.END));
    private static final List<Optional<Need.On>> PLAIN_NEEDS =
            List.of(Optional.empty(), Optional.of(Need.On.SUCCESS));

    /// @param succeeds for each task whether its attempts do
    private record SmallWorld(List<Task> tasks, List<Boolean> succeeds) {}

    @Test
    void plansOfThreeTasksWithNeedsOfAllKindsEndAsTheyMust() {
        List<SmallWorld> worlds = new ArrayList<>();
        for (int tasks = 1; tasks <= 3; tasks++) {
            worlds.addAll(all(tasks, EVERY_NEED));
        }
        assertThat(worlds).hasSize(2 + 4 * 4 + 64 * 8);
        for (SmallWorld world : worlds) {
            survivesACrashAtEveryWrite(world, ORPHANS_DIE, List.of(true));
            survivesACrashAtEveryWrite(world, Weather.CALM, List.of(true, false));
        }
    }

    @Test
    void plansOfFourTasksEndAsTheyMust() {
        List<SmallWorld> worlds = all(4, PLAIN_NEEDS);
        assertThat(worlds).hasSize(64 * 16);
        worlds.forEach(w -> survivesACrashAtEveryWrite(w, ORPHANS_DIE, List.of(true)));
    }

    /// The process dies before the first write, the second, and so on, until there are not so many.
    ///
    /// @param befores also after a write and before what it was for; that is another world only where
    ///     what was started lives on
    private static void survivesACrashAtEveryWrite(
            SmallWorld world, Weather weather, List<Boolean> befores) {
        boolean crashed = true;
        for (int write = 1; crashed; write++) {
            for (boolean before : befores) {
                Ending ending = play(world, weather, Faults.crashAt(write, before));
                assertAsExpected(world, ending, (before ? "before" : "after") + " write " + write);
                crashed = ending.processes() > 1;
            }
        }
    }

    private static void assertAsExpected(SmallWorld world, Ending ending, String crash) {
        for (int i = 0; i < world.tasks().size(); i++) {
            assertThat(possible(world, i, ending.statuses()))
                    .as("%s with a crash %s: %s", world, crash, ending)
                    .contains(ending.statuses().get(i));
        }
    }

    private record Ending(List<TaskStatus> statuses, int processes) {}

    private static Ending play(SmallWorld small, Weather weather, Faults faults) {
        World world = new World(new SplittableRandom(1), 2, order -> outcome(small, order));
        world.turnsTo(weather, faults);
        world.submit(
                JOB,
                Requests.request(
                        Optional.of(new Plan("the goal", small.tasks())),
                        Requests.settings(2, Optional.empty(), Optional.empty(), Map.of()),
                        false));
        world.runToTheEnd();
        List<TaskStatus> statuses =
                small.tasks().stream()
                        .map(task -> world.oracle().status(JOB, task.id()).orElseThrow())
                        .toList();
        return new Ending(statuses, world.processes());
    }

    private static Behaviour.Ending outcome(SmallWorld small, AttemptOrder order) {
        boolean succeeds = small.succeeds().get(order.worker() - 1);
        Outcome outcome =
                succeeds
                        ? new Outcome.Done(WorkResult.NONE)
                        : new Outcome.Failed(Reason.EXIT_CODE, "it said 1", WorkResult.NONE);
        return new Behaviour.Ending(1_000, outcome, Optional.empty());
    }

    /// What may come of a task after what came of those before it. Where two of its needs can't be
    /// met, the one that ended first decides.
    private static Set<TaskStatus> possible(SmallWorld world, int task, List<TaskStatus> before) {
        Set<TaskStatus> hopeless = EnumSet.noneOf(TaskStatus.class);
        for (Need need : world.tasks().get(task).needs()) {
            TaskStatus needed = before.get(number(need.task()));
            boolean succeeded = needed == TaskStatus.COMPLETED;
            switch (need.on()) {
                case SUCCESS -> {
                    if (!succeeded) {
                        hopeless.add(TaskStatus.BLOCKED);
                    }
                }
                case FAILURE -> {
                    if (succeeded || needed == TaskStatus.CANCELED) {
                        hopeless.add(TaskStatus.CANCELED);
                    }
                }
                case END -> {}
            }
        }
        if (!hopeless.isEmpty()) {
            return hopeless;
        }
        return Set.of(world.succeeds().get(task) ? TaskStatus.COMPLETED : TaskStatus.FAILED);
    }

    // All worlds there are.

    private static List<SmallWorld> all(int tasks, List<Optional<Need.On>> kinds) {
        List<SmallWorld> worlds = new ArrayList<>();
        int edges = tasks * (tasks - 1) / 2;
        int plans = Math.powExact(kinds.size(), edges);
        for (int plan = 0; plan < plans; plan++) {
            List<Task> drawn = plan(tasks, plan, kinds);
            for (int outcomes = 0; outcomes < 1 << tasks; outcomes++) {
                List<Boolean> succeeds = new ArrayList<>();
                for (int i = 0; i < tasks; i++) {
                    succeeds.add((outcomes >> i & 1) == 0);
                }
                worlds.add(new SmallWorld(drawn, succeeds));
            }
        }
        return worlds;
    }

    /// The plan of a number, whose digits name the needs between each two tasks.
    private static List<Task> plan(int count, int number, List<Optional<Need.On>> kinds) {
        int digits = number;
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Need> needs = new ArrayList<>();
            for (int j = 0; j < i; j++) {
                Optional<Need.On> on = kinds.get(digits % kinds.size());
                digits /= kinds.size();
                TaskId needed = id(j);
                on.ifPresent(o -> needs.add(new Need(needed, o)));
            }
            tasks.add(Requests.task(id(i), new Duty.Work(), 5, needs, AGENT, LIMITS));
        }
        return tasks;
    }

    private static TaskId id(int number) {
        return new TaskId("t" + number);
    }

    private static int number(TaskId id) {
        return Integer.parseInt(id.value().substring(1));
    }
}
