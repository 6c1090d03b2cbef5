package dev.coppice.attempt;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.engine.AttemptOrder.Input;
import dev.coppice.engine.Dispatch.Reports;
import dev.coppice.git.Authorship;
import dev.coppice.git.BranchName;
import dev.coppice.git.Git;
import dev.coppice.git.Identity;
import dev.coppice.git.RefUpdate;
import dev.coppice.git.RefsUpdated;
import dev.coppice.model.CommandLine;
import dev.coppice.model.CommitId;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.Integration;
import dev.coppice.model.Outcome;
import dev.coppice.model.Reason;
import dev.coppice.model.Settings;
import dev.coppice.model.TaskId;
import dev.coppice.model.WorkResult;
import dev.coppice.workspace.Workspace;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Joins the finished branches into the job's result, checks what came out, and delivers it as
/// configured. Owned by one thread. Whatever it is interrupted by, it can be begun again: what the result
/// branch has is not merged twice.
final class IntegrationAttempt {
    private final Equipment equipment;
    private final AttemptOrder order;
    private final Reports reports;
    private final Running running;
    private final Settings settings;
    private final Git git;
    private final BranchName branch;
    private final Tally tally;
    private final Deadline deadline;

    IntegrationAttempt(
            Equipment equipment,
            AttemptOrder order,
            Reports reports,
            Running running,
            Tally tally) {
        this.equipment = equipment;
        this.order = order;
        this.reports = reports;
        this.running = running;
        this.tally = tally;
        this.deadline = new Deadline(order, running);
        this.settings = order.request().settings();
        this.git = equipment.git();
        this.branch = Naming.resultBranch(order.job());
    }

    Event.AttemptEnded carry() throws InterruptedException, IOException {
        return new Event.AttemptEnded(
                order.task().id(),
                order.attempt(),
                outcome(),
                tally.usage(),
                tally.resources(),
                Optional.empty(),
                Optional.empty());
    }

    private Outcome outcome() throws InterruptedException, IOException {
        Optional<CommitId> before = git.refs().commit(branch.ref());
        CommitId base = order.request().base().orElseThrow();
        Bases bases = new Bases(equipment.merges(), git.checkout(), order, authorship());
        return switch (bases.join(before.orElse(base))) {
            case Bases.Base.Wants wants -> Conflicts.deferred(order, wants, equipment);
            case Bases.Base.At at -> {
                Optional<Outcome> broken = checkJoined(at.commit());
                yield broken.orElseGet(() -> publish(before, at));
            }
        };
    }

    private Authorship authorship() {
        Identity user = git.committer();
        return new Authorship(user, user, equipment.clock().instant());
    }

    /// Runs the job's checks on the joined tree, unless a task's checks already ran on the same one.
    private Optional<Outcome> checkJoined(CommitId joined)
            throws InterruptedException, IOException {
        List<CommandLine> checks = settings.checks();
        if (checks.isEmpty() || isCheckedAlready(joined)) {
            return Optional.empty();
        }
        Workplace workplace = new Workplace(equipment, order, running, deadline);
        Workspace workspace = workplace.acquire(joined);
        workplace.tell(workspace, reports);
        CheckRun run =
                new CheckRun(
                        equipment.processes(),
                        running,
                        workspace.path(),
                        workplace.checkVariables(workplace.in(workspace), true),
                        AttemptMark.of(order));
        List<CheckRun.Checked> ran =
                run.run(checks, Naming.folder(order).attempt(order.attempt()).root(), deadline);
        for (CheckRun.Checked checked : ran) {
            tally.add(checked.ended());
            reports.happened(checked.event(order, 0));
        }
        equipment.workspaces().release(workspace);
        Optional<CheckRun.Checked> failed = ran.stream().filter(c -> !c.isPassed()).findFirst();
        if (failed.isEmpty() && ran.size() == checks.size()) {
            return Optional.empty();
        }
        if (running.isStopped()) {
            return Optional.of(new Outcome.Stopped(WorkResult.NONE));
        }
        return Optional.of(
                failed.isEmpty() || deadline.isPassed()
                        ? deadline.passedInChecks(WorkResult.NONE)
                        : broken(joined, failed.get().failure()));
    }

    private Outcome broken(CommitId joined, String failure) {
        long mended =
                order.inputs().stream()
                        .filter(i -> i.task().duty() instanceof Duty.Mending)
                        .count();
        if (mended < settings.workers().maxFixRounds()) {
            return Conflicts.toBeMended(
                    order, joined, failure, Math.toIntExact(mended + 1), equipment);
        }
        return new Outcome.Failed(
                Reason.CHECK_FAILED,
                "A check fails on the joined tree.\n" + failure,
                WorkResult.NONE);
    }

    private boolean isCheckedAlready(CommitId joined) {
        List<CommitId> checked =
                order.inputs().stream()
                        .filter(i -> i.task().checks().containsAll(settings.checks()))
                        .flatMap(i -> i.commit().stream())
                        .toList();
        return !checked.isEmpty()
                && git.commits().trees(checked).contains(git.commits().tree(joined));
    }

    private Outcome publish(Optional<CommitId> before, Bases.Base.At at) {
        if (running.isStopped()) {
            return new Outcome.Stopped(WorkResult.NONE);
        }
        CommitId joined = at.commit();
        if (before.filter(joined::equals).isEmpty()) {
            RefUpdate update =
                    before.map(from -> RefUpdate.move(branch.ref(), from, joined))
                            .orElseGet(() -> RefUpdate.create(branch.ref(), joined));
            switch (git.refs().update(List.of(update))) {
                case RefsUpdated.Done _ -> {}
                case RefsUpdated.Refused refused -> {
                    return new Outcome.Failed(
                            Reason.WORKSPACE,
                            "The result branch "
                                    + branch
                                    + " could not be set: "
                                    + refused.reason(),
                            WorkResult.NONE);
                }
            }
        }
        Map<TaskId, Integration.Fate> fates = new LinkedHashMap<>();
        for (Input input : order.inputs()) {
            if (input.task().duty() instanceof Duty.Work) {
                fates.put(input.task().id(), new Integration.Fate.In());
            }
        }
        at.left().forEach(left -> fates.put(left.task(), new Integration.Fate.Left(left.files())));
        return new Outcome.Integrated(
                new Integration(
                        Optional.of(branch.value()),
                        Optional.of(joined),
                        fates,
                        at.left().isEmpty()
                                ? deliver(joined)
                                : new Integration.Delivery.NotAsked()));
    }

    private Integration.Delivery deliver(CommitId joined) {
        Optional<BranchName> target =
                settings.integrate().target().or(order.request()::target).map(BranchName::new);
        if (settings.integrate().result() != Settings.Result.MERGE || target.isEmpty()) {
            return new Integration.Delivery.NotAsked();
        }
        return Delivering.deliver(
                git, order.job(), order.request().request(), target.get(), joined, authorship());
    }
}
