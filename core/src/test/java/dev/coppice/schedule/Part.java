package dev.coppice.schedule;

import dev.coppice.model.AgentName;
import dev.coppice.model.CommitId;
import dev.coppice.model.Duty;
import dev.coppice.model.Expectation;
import dev.coppice.model.Limits;
import dev.coppice.model.Need;
import dev.coppice.model.Outcome;
import dev.coppice.model.Plan;
import dev.coppice.model.Reason;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.WorkResult;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A task of a [Story]: how it is asked for, and the words for what its attempts come to.
record Part(Task task) {
    static final AgentName AGENT = new AgentName("agent");
    static final AgentName OTHER_AGENT = new AgentName("other");
    private static final CommitId COMMIT = new CommitId("c".repeat(40));

    static Part part(String id) {
        return new Part(
                new Task(
                        new TaskId(id),
                        new Duty.Work(),
                        "Do " + id,
                        Task.DEFAULT_PRIORITY,
                        List.of(),
                        List.of(),
                        "",
                        AGENT,
                        Optional.empty(),
                        Expectation.ANY,
                        List.of(),
                        List.of(),
                        true,
                        Optional.empty(),
                        new Limits(Duration.ofMinutes(10), 0, 0, Optional.empty())));
    }

    TaskId id() {
        return task.id();
    }

    // How it is asked for.

    Part after(Part... others) {
        Part longer = this;
        for (Part other : others) {
            longer = longer.needing(Need.success(other.id()));
        }
        return longer;
    }

    Part afterFailureOf(Part other) {
        return needing(new Need(other.id(), Need.On.FAILURE));
    }

    Part afterEndOf(Part other) {
        return needing(Need.end(other.id()));
    }

    Part needing(Need need) {
        List<Need> needs = new ArrayList<>(task.needs());
        needs.add(need);
        return with(task.duty(), task.priority(), needs, task.agent(), task.estimate(), limits());
    }

    Part priority(int priority) {
        return with(task.duty(), priority, task.needs(), task.agent(), task.estimate(), limits());
    }

    Part by(AgentName agent) {
        return with(task.duty(), task.priority(), task.needs(), agent, task.estimate(), limits());
    }

    Part as(Duty duty) {
        return with(duty, task.priority(), task.needs(), task.agent(), task.estimate(), limits());
    }

    Part estimate(Duration estimate) {
        return with(
                task.duty(),
                task.priority(),
                task.needs(),
                task.agent(),
                Optional.of(estimate),
                limits());
    }

    Part retries(int retries) {
        return limited(new Limits(limits().timeout(), retries, 0, limits().budgetUsd()));
    }

    Part timeout(Duration timeout) {
        return limited(new Limits(timeout, limits().maxRetries(), 0, limits().budgetUsd()));
    }

    Part budget(String usd) {
        return limited(
                new Limits(
                        limits().timeout(),
                        limits().maxRetries(),
                        0,
                        Optional.of(new BigDecimal(usd))));
    }

    private Limits limits() {
        return task.limits();
    }

    private Part limited(Limits limits) {
        return with(
                task.duty(), task.priority(), task.needs(), task.agent(), task.estimate(), limits);
    }

    private Part with(
            Duty duty,
            int priority,
            List<Need> needs,
            AgentName agent,
            Optional<Duration> estimate,
            Limits limits) {
        return new Part(
                new Task(
                        id(),
                        duty,
                        task.description(),
                        priority,
                        needs,
                        List.of(),
                        "",
                        agent,
                        Optional.empty(),
                        Expectation.ANY,
                        List.of(),
                        List.of(),
                        true,
                        estimate,
                        limits));
    }

    // What its running attempt comes to.

    End succeeds() {
        WorkResult result =
                new WorkResult(
                        "done", false, Optional.of("b/" + id()), Optional.of(COMMIT), List.of());
        return end(new Outcome.Done(result));
    }

    End fails() {
        return failsWith(Reason.EXIT_CODE);
    }

    End timesOut() {
        return failsWith(Reason.WALL_TIMEOUT);
    }

    End isLost() {
        return failsWith(Reason.LOST);
    }

    End failsWith(Reason reason) {
        return end(new Outcome.Failed(reason, "it said " + reason.wire(), WorkResult.NONE));
    }

    End stops() {
        return end(new Outcome.Stopped(WorkResult.NONE));
    }

    End isRateLimited() {
        return end(new Outcome.RateLimited(Optional.empty(), "slow down", WorkResult.NONE));
    }

    End isRateLimitedUntil(Instant until) {
        return end(new Outcome.RateLimited(Optional.of(until), "slow down", WorkResult.NONE));
    }

    End defersTo(Part... others) {
        return end(new Outcome.Deferred(tasks(others), "others first"));
    }

    End plans(Part... others) {
        return end(new Outcome.Planned(new Plan("the goal", tasks(others)), WorkResult.NONE));
    }

    End end(Outcome outcome) {
        return new End(id(), outcome, Optional.empty(), Optional.empty());
    }

    static List<Task> tasks(Part... parts) {
        return List.of(parts).stream().map(Part::task).toList();
    }

    /// How an attempt ends, what it cost and the session it leaves.
    record End(TaskId task, Outcome outcome, Optional<BigDecimal> usd, Optional<String> session) {
        End costing(String dollars) {
            return new End(task, outcome, Optional.of(new BigDecimal(dollars)), session);
        }

        End leaving(String name) {
            return new End(task, outcome, usd, Optional.of(name));
        }
    }
}
