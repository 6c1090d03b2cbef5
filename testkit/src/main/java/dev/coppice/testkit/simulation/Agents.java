package dev.coppice.testkit.simulation;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.model.CommitId;
import dev.coppice.model.Duty;
import dev.coppice.model.Integration;
import dev.coppice.model.Need;
import dev.coppice.model.Outcome;
import dev.coppice.model.Plan;
import dev.coppice.model.Reason;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.model.WorkResult;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Agents that behave as the weather is.
final class Agents implements Behaviour {
    private static final long WORK_MILLIS = 60_000;
    private static final long FOR_EVER = Long.MAX_VALUE;
    private static final List<Reason> FAILURES =
            List.of(
                    Reason.EXIT_CODE,
                    Reason.CHECK_FAILED,
                    Reason.NO_CHANGES,
                    Reason.IDLE_TIMEOUT,
                    Reason.NOT_LOGGED_IN);

    private final World world;
    private final RandomGenerator random;
    private final Requests requests;
    private int laid;

    Agents(World world, Requests requests) {
        this.world = world;
        this.random = world.random();
        this.requests = requests;
    }

    @Override
    public Ending of(AttemptOrder order) {
        Weather weather = world.weather();
        Optional<BigDecimal> usd =
                random.nextBoolean()
                        ? Optional.of(BigDecimal.valueOf(random.nextInt(100), 2))
                        : Optional.empty();
        if (world.happens(weather.hangs())) {
            return new Ending(FOR_EVER, new Outcome.Done(WorkResult.NONE), usd);
        }
        return new Ending(3 + world.upTo(WORK_MILLIS), outcome(order, weather), usd);
    }

    private Outcome outcome(AttemptOrder order, Weather weather) {
        if (world.happens(weather.fails())) {
            Reason reason = FAILURES.get(random.nextInt(FAILURES.size()));
            return new Outcome.Failed(reason, "it said " + reason.wire(), WorkResult.NONE);
        }
        if (world.happens(weather.limits())) {
            return new Outcome.RateLimited(until(), "slow down", WorkResult.NONE);
        }
        return switch (order.task().duty()) {
            case Duty.Planning _ -> planned(weather);
            case Duty.Work _ ->
                    world.happens(weather.defers() / 4) ? children(order, weather) : done(order);
            case Duty.Integrating _ ->
                    world.happens(weather.defers()) ? conflict(order) : integrated(order);
            case Duty.Resolving _, Duty.Mending _ -> done(order);
            case Duty.Delegating _ -> throw new IllegalStateException("no agent does " + order);
        };
    }

    private Optional<Instant> until() {
        return switch (random.nextInt(3)) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(world.time().instant().plusMillis(world.upTo(600_000)));
            default -> Optional.of(world.time().instant().minusMillis(world.upTo(60_000)));
        };
    }

    private Outcome planned(Weather weather) {
        Plan plan = requests.plan("p");
        return new Outcome.Planned(
                world.happens(weather.misplans()) ? spoiled(plan) : plan, WorkResult.NONE);
    }

    /// A plan that does not hold together.
    private Plan spoiled(Plan plan) {
        Task first = plan.tasks().getFirst();
        List<Task> tasks = new ArrayList<>(plan.tasks());
        switch (random.nextInt(3)) {
            case 0 -> tasks.clear();
            case 1 -> tasks.add(first);
            default -> tasks.set(0, needing(first, random.nextBoolean() ? "nobody" : "p0"));
        }
        return new Plan(plan.goal(), tasks);
    }

    private static Task needing(Task task, String id) {
        return Requests.task(
                task.id(),
                task.duty(),
                task.priority(),
                List.of(Need.success(new TaskId(id))),
                task.agent(),
                task.limits());
    }

    private Outcome done(AttemptOrder order) {
        boolean changes = random.nextInt(4) > 0;
        CommitId commit = new CommitId("c".repeat(40));
        return new Outcome.Done(
                changes
                        ? new WorkResult(
                                "done",
                                false,
                                Optional.of("branch/" + order.task().id()),
                                Optional.of(commit),
                                List.of())
                        : WorkResult.of("done"));
    }

    private Outcome children(AttemptOrder order, Weather weather) {
        String prefix = "c" + laid++ + "-";
        Plan plan = requests.plan(prefix);
        if (world.happens(weather.misplans())) {
            // They wait for the one that waits for them.
            Task first = needing(plan.tasks().getFirst(), order.task().id().value());
            return new Outcome.Deferred(List.of(first), "children first");
        }
        return random.nextBoolean()
                ? new Outcome.Deferred(plan.tasks(), "children first")
                : new Outcome.Planned(plan, WorkResult.NONE);
    }

    private Outcome conflict(AttemptOrder order) {
        CommitId commit = new CommitId("a".repeat(40));
        // Now and then a resolver that is there already: the same conflict again.
        int number = random.nextInt(4) == 0 ? laid : laid++;
        TaskId incoming =
                order.inputs().isEmpty()
                        ? order.task().id()
                        : order.inputs().getFirst().task().id();
        Task resolver =
                Requests.task(
                        new TaskId("@resolve-" + number),
                        new Duty.Resolving(commit, commit, incoming, List.of("file")),
                        1,
                        List.of(),
                        order.task().agent(),
                        order.task().limits());
        return new Outcome.Deferred(List.of(resolver), "a conflict");
    }

    private Outcome integrated(AttemptOrder order) {
        Map<TaskId, Integration.Fate> fates = new HashMap<>();
        for (AttemptOrder.Input input : order.inputs()) {
            if (input.status() == TaskStatus.COMPLETED) {
                fates.put(
                        input.task().id(),
                        random.nextInt(8) == 0
                                ? new Integration.Fate.Left(List.of("file"))
                                : new Integration.Fate.In());
            }
        }
        Integration.Delivery delivery =
                random.nextInt(8) == 0
                        ? new Integration.Delivery.Refused("main", "dirty", "git merge")
                        : new Integration.Delivery.NotAsked();
        return new Outcome.Integrated(
                new Integration(
                        Optional.of("result"),
                        Optional.of(new CommitId("d".repeat(40))),
                        fates,
                        delivery));
    }
}
