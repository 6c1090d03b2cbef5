package dev.coppice.attempt;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.engine.AttemptOrder.Input;
import dev.coppice.git.CommitMessage;
import dev.coppice.merge.Incoming;
import dev.coppice.merge.Joining;
import dev.coppice.model.CommandLine;
import dev.coppice.model.CommitId;
import dev.coppice.model.Duty;
import dev.coppice.model.Excerpt;
import dev.coppice.model.Expectation;
import dev.coppice.model.Limits;
import dev.coppice.model.Outcome;
import dev.coppice.model.Settings;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.workspace.Keepsakes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What stops a joining becomes a task of its own, for an agent who wrote neither side.
final class Conflicts {
    private static final int FAILURE_MAX = 8 * 1024;

    private Conflicts() {}

    /// Defers the attempt until a resolver has settled the conflict.
    static Outcome deferred(AttemptOrder order, Bases.Base.Wants wants, Equipment equipment) {
        Joining.Conflict conflict = wants.conflict();
        CommitId ours = conflict.soFar();
        CommitId theirs = conflict.incoming().commit();
        Keepsakes.keep(equipment.git(), order.job(), ours);
        Task resolver =
                task(
                        order,
                        new TaskId("@resolve-" + ours.abbreviated() + "-" + theirs.abbreviated()),
                        new Duty.Resolving(ours, theirs, wants.incoming(), conflict.files()),
                        "Resolve the conflict of "
                                + wants.incoming()
                                + " in "
                                + String.join(", ", conflict.files()),
                        intents(order, wants),
                        List.of());
        return new Outcome.Deferred(List.of(resolver), resolver.description());
    }

    /// Defers the integration until the lead has mended the joined tree.
    static Outcome toBeMended(
            AttemptOrder order, CommitId joined, String failure, int round, Equipment equipment) {
        Keepsakes.keep(equipment.git(), order.job(), joined);
        Task mender =
                task(
                        order,
                        new TaskId("@mend-" + joined.abbreviated() + "-" + round),
                        new Duty.Mending(joined, Excerpt.end(failure, FAILURE_MAX).text()),
                        "Mend the joined tree, on which a check fails",
                        "",
                        order.request().settings().checks());
        return new Outcome.Deferred(List.of(mender), mender.description());
    }

    /// The conflict that a resolver was given.
    static Joining.Conflict conflict(AttemptOrder order, Duty.Resolving duty) {
        return new Joining.Conflict(
                duty.ours(),
                new Incoming(
                        duty.incoming().value(),
                        duty.theirs(),
                        order.task().name(),
                        List.of(
                                new CommitMessage.Trailer(
                                        "Coppice-Task", duty.incoming().value()))),
                duty.files(),
                List.of());
    }

    private static String intents(AttemptOrder order, Bases.Base.Wants wants) {
        Stream<Task> others =
                order.inputs().stream()
                        .filter(i -> i.task().duty() instanceof Duty.Work)
                        .filter(i -> touches(i, wants))
                        .map(Input::task);
        return Stream.concat(others, family(order))
                .map(task -> task.id() + ": " + task.description().strip())
                .collect(Collectors.joining("\n\n"));
    }

    /// A task and the jobs that it started, where there are any: they may have met each other.
    private static Stream<Task> family(AttemptOrder order) {
        return order.children().isEmpty()
                ? Stream.empty()
                : Stream.concat(
                        Stream.of(order.task()), order.children().stream().map(Input::task));
    }

    /// Whether a task had a hand in the conflict.
    private static boolean touches(Input input, Bases.Base.Wants wants) {
        return input.task().id().equals(wants.incoming())
                || input.files().stream()
                        .anyMatch(f -> wants.conflict().files().contains(f.path()));
    }

    private static Task task(
            AttemptOrder order,
            TaskId id,
            Duty duty,
            String description,
            String hints,
            List<CommandLine> checks) {
        Settings settings = order.request().settings();
        return new Task(
                id,
                duty,
                description,
                Task.FIRST_PRIORITY,
                List.of(),
                List.of(),
                hints,
                settings.agents().lead(),
                Optional.empty(),
                Expectation.ANY,
                List.of(),
                checks,
                true,
                Optional.empty(),
                new Limits(
                        settings.workers().defaultTimeout(),
                        settings.workers().maxRetries(),
                        settings.workers().maxFixRounds(),
                        Optional.empty()));
    }
}
