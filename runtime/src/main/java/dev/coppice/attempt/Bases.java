package dev.coppice.attempt;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.engine.AttemptOrder.Input;
import dev.coppice.git.Authorship;
import dev.coppice.git.Checkout;
import dev.coppice.git.CommitMessage;
import dev.coppice.merge.ConflictPolicy;
import dev.coppice.merge.Incoming;
import dev.coppice.merge.JoinOrder;
import dev.coppice.merge.Joining;
import dev.coppice.merge.Merges;
import dev.coppice.model.CommitId;
import dev.coppice.model.Duty;
import dev.coppice.model.Settings;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Joins what other tasks brought onto a commit: a task's base from its dependencies, a job's result
/// from all that is finished. Both by the same merge and the same policy.
final class Bases {
    /// What became of a joining.
    sealed interface Base {
        /// All that could be joined is in this commit.
        ///
        /// @param left the tasks whose work is not, since it conflicts and nobody could resolve it
        record At(CommitId commit, List<Left> left) implements Base {}

        /// A conflict wants a resolver.
        record Wants(Joining.Conflict conflict, TaskId incoming) implements Base {}
    }

    /// A task whose branch stays out.
    record Left(TaskId task, List<String> files) {}

    private final Merges merges;
    private final Checkout checkout;
    private final AttemptOrder order;
    private final Authorship authorship;

    /// @param checkout the checkout whose attributes count
    Bases(Merges merges, Checkout checkout, AttemptOrder order, Authorship authorship) {
        this.merges = merges;
        this.checkout = checkout;
        this.order = order;
        this.authorship = authorship;
    }

    /// Joins what the task needs onto a commit.
    Base join(CommitId onto) {
        return join(onto, order.inputs().stream().filter(i -> !settlesChildren(i)));
    }

    /// Joins what the jobs brought that the task started onto its own work.
    Base joinChildren(CommitId onto) {
        Stream<Input> settled = order.inputs().stream().filter(this::settlesChildren);
        return join(onto, Stream.concat(order.children().stream(), settled));
    }

    /// Whether the input is the work of a resolver that was asked for what the task's jobs brought, or for what came of
    /// another such resolver.
    private boolean settlesChildren(Input input) {
        return input.task().duty() instanceof Duty.Resolving resolving
                && (isOneOf(order.children(), resolving.incoming())
                        || order.inputs().stream()
                                .filter(other -> other.task().id().equals(resolving.incoming()))
                                .anyMatch(this::settlesChildren));
    }

    private static boolean isOneOf(List<Input> inputs, TaskId id) {
        return inputs.stream().anyMatch(input -> input.task().id().equals(id));
    }

    private Base join(CommitId onto, Stream<Input> all) {
        List<Input> inputs = all.filter(Bases::isAccepted).toList();
        Set<TaskId> out = new HashSet<>();
        List<Left> left = new ArrayList<>();
        while (true) {
            List<Incoming> heads =
                    inputs.stream()
                            .filter(i -> !out.contains(i.task().id()))
                            .map(Bases::incoming)
                            .toList();
            switch (merges.join(new JoinOrder(checkout, onto, heads, policy(), authorship))) {
                case Joining.Joined joined -> {
                    return new Base.At(joined.commit(), left);
                }
                case Joining.Conflict conflict -> {
                    TaskId incoming = task(inputs, conflict.incoming().label());
                    boolean wantsResolver =
                            order.request().settings().integrate().conflicts()
                                            == Settings.Conflicts.AGENT
                                    && !hasFailedResolver(incoming);
                    if (wantsResolver) {
                        return new Base.Wants(conflict, incoming);
                    }
                    out.add(incoming);
                    left.add(new Left(incoming, conflict.files()));
                }
            }
        }
    }

    /// A task that failed may have a commit too: of work that was looked at and found wanting. What a job has
    /// joined it has accepted, whatever else it did not do.
    private static boolean isAccepted(Input input) {
        boolean isGood =
                input.status() == TaskStatus.COMPLETED
                        || input.task().duty() instanceof Duty.Delegating;
        return isGood && input.commit().isPresent();
    }

    private ConflictPolicy policy() {
        return switch (order.request().settings().integrate().conflicts()) {
            case AGENT, MANUAL -> ConflictPolicy.STOP;
            case OURS -> ConflictPolicy.OURS;
            case THEIRS -> ConflictPolicy.THEIRS;
        };
    }

    /// A resolver that did not manage is not asked again; the task stays on its branch.
    private boolean hasFailedResolver(TaskId incoming) {
        return order.inputs().stream()
                .filter(i -> !isAccepted(i))
                .anyMatch(i ->
                        i.task().duty() instanceof Duty.Resolving r
                                && r.incoming().equals(incoming));
    }

    private static Incoming incoming(Input input) {
        String label = input.branch().orElseGet(() -> input.task().id().value());
        return new Incoming(
                label,
                input.commit().orElseThrow(),
                input.task().name(),
                List.of(new CommitMessage.Trailer("Coppice-Task", input.task().id().value())));
    }

    private static TaskId task(Collection<Input> inputs, String label) {
        return inputs.stream()
                .filter(i -> incoming(i).label().equals(label))
                .findFirst()
                .map(i -> i.task().id())
                .orElseThrow(() -> new IllegalStateException("no task has the branch " + label));
    }
}
