package dev.coppice.attempt;

import dev.coppice.agent.AgentEnd;
import dev.coppice.agent.AgentEnd.Verdict;
import dev.coppice.engine.AttemptOrder;
import dev.coppice.engine.Dispatch.Reports;
import dev.coppice.folder.JobFolder.AttemptFolder;
import dev.coppice.folder.JobFolder.TaskFolder;
import dev.coppice.git.Checkout;
import dev.coppice.git.CommitDraft;
import dev.coppice.git.Commits;
import dev.coppice.git.Committed;
import dev.coppice.git.GitException;
import dev.coppice.git.WorkOrder;
import dev.coppice.merge.Joining;
import dev.coppice.merge.Resolution;
import dev.coppice.model.CommitId;
import dev.coppice.model.Discovery;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.Expectation;
import dev.coppice.model.FileChange;
import dev.coppice.model.Outcome;
import dev.coppice.model.Reason;
import dev.coppice.model.TaskStatus;
import dev.coppice.model.Usage;
import dev.coppice.model.WorkResult;
import dev.coppice.workspace.Workspace;
import dev.coppice.workspace.WorkspaceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// An agent's attempt at a task that changes files: work of the plan, a conflict to resolve, a joined
/// tree to mend. Owned by one thread.
final class WorkAttempt {
    /// How the work is brought in once agent and checks are content.
    private interface Bringing {
        /// @param output what the agent said
        Brought bring(String output) throws IOException;
    }

    /// What became of the work in the workspace.
    private sealed interface Brought {
        /// @param files all files of the tree that the work is in
        record In(WorkResult result, Supplier<List<String>> files) implements Brought {}

        record Not(Reason reason, String message) implements Brought {}
    }

    private final Equipment equipment;
    private final AttemptOrder order;
    private final Reports reports;
    private final Running running;
    private final Tally tally;
    private final Workplace workplace;
    private final Deadline deadline;
    private final Conversation conversation;
    private final TaskFolder folder;
    private final Papers papers;

    WorkAttempt(
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
        this.workplace = new Workplace(equipment, order, running, deadline);
        this.conversation = new Conversation(equipment, order, reports, running, tally, deadline);
        this.folder = Naming.folder(order);
        this.papers = Papers.of(order, folder);
    }

    /// Carries the attempt to its end.
    Event.AttemptEnded carry() throws InterruptedException, IOException {
        return switch (order.task().duty()) {
            case Duty.Work _ -> work();
            case Duty.Resolving duty -> resolve(duty);
            case Duty.Mending duty -> changeFiles(duty.joined());
            case Duty.Planning _, Duty.Integrating _, Duty.Delegating _ ->
                    throw new IllegalArgumentException(
                            "no agent changes files for " + order.task().id());
        };
    }

    private Event.AttemptEnded work() throws InterruptedException, IOException {
        return switch (order.request().settings().layout().isolation()) {
            case WORKTREE -> workInWorktree();
            case NONE -> workInFolder();
        };
    }

    /// In the user's folder itself: what an attempt leaves is there, whatever becomes of it.
    private Event.AttemptEnded workInFolder() throws InterruptedException, IOException {
        Place place = workplace.inFolder();
        if (order.task().expects() != Expectation.CHANGES) {
            Bringing words = output -> foundIn(place, output, List.of());
            return ended(runAgent(place, words), Optional.empty());
        }
        FolderFiles before = FolderFiles.of(place.folder());
        return ended(runAgent(place, output -> changed(place, before, output)), Optional.empty());
    }

    private Brought changed(Place place, FolderFiles before, String output) throws IOException {
        FolderFiles after = FolderFiles.of(place.folder());
        return before.isWhole() && after.isWhole()
                ? foundIn(place, output, withEarlier(before.changesTo(after)))
                : new Brought.Not(
                        Reason.NO_CHANGES,
                        "The folder has more than "
                                + FolderFiles.FILES_MAX
                                + " files, so it was not seen whether the agent changed any. "
                                + "Give the task `expects: report` or `expects: any`.");
    }

    /// With what the attempt changed that was done but for the jobs that it had started.
    private List<FileChange> withEarlier(List<FileChange> changes) {
        Map<String, FileChange> byPath = new LinkedHashMap<>();
        order.done().map(WorkResult::files).orElse(List.of()).forEach(f -> byPath.put(f.path(), f));
        changes.forEach(f -> byPath.put(f.path(), f));
        return List.copyOf(byPath.values());
    }

    private static Brought foundIn(Place place, String output, List<FileChange> changes) {
        WorkResult words = WorkResult.of(output);
        return new Brought.In(
                new WorkResult(
                        words.output(),
                        words.outputCut(),
                        Optional.empty(),
                        Optional.empty(),
                        changes),
                () -> filesOf(place));
    }

    private static List<String> filesOf(Place place) {
        try {
            return FolderFiles.of(place.folder()).names();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Event.AttemptEnded workInWorktree() throws InterruptedException, IOException {
        Bases bases =
                new Bases(
                        equipment.merges(),
                        equipment.git().checkout(),
                        order,
                        Naming.authorship(
                                order, equipment.git().committer(), equipment.clock().instant()));
        return switch (bases.join(order.request().base().orElseThrow())) {
            case Bases.Base.At(CommitId base, List<Bases.Left> left) when left.isEmpty() ->
                    order.children().isEmpty() ? changeFiles(base) : takeIn(bases, base);
            case Bases.Base.At at -> ended(conflict(at.left().getFirst()), Optional.empty());
            case Bases.Base.Wants wants ->
                    ended(Conflicts.deferred(order, wants, equipment), Optional.empty());
        };
    }

    /// Goes on from what an earlier attempt left and what the jobs brought that it started, merged.
    private Event.AttemptEnded takeIn(Bases bases, CommitId base)
            throws InterruptedException, IOException {
        Optional<Workspace> left = workplace.reopen(base);
        Workspace workspace = left.isPresent() ? left.get() : workplace.acquire(base);
        Checkout checkout = equipment.git().worktrees().at(workspace.path());
        CommitId own;
        if (left.isEmpty()) {
            if (order.done().isEmpty()) {
                conversation.startAnew();
            }
            own = order.done().flatMap(WorkResult::commit).orElse(base);
        } else {
            switch (ownWork(workspace, checkout)) {
                case Committed.Done(CommitId commit) -> own = commit;
                case Committed.NestedRepositories(List<String> paths) -> {
                    Brought.Not not = nested(paths);
                    return ended(
                            new Outcome.Failed(not.reason(), not.message(), WorkResult.NONE),
                            rescue(workspace));
                }
            }
        }
        CommitId floor = onTheirBases(own);
        if (!floor.equals(own)) {
            // Kept on the branch, so that the next attempt meets what a resolver was shown.
            checkout.reset(workspace.branch(), floor, workspace.exclusions());
        }
        return switch (bases.joinChildren(floor)) {
            case Bases.Base.At(CommitId joined, List<Bases.Left> out) when out.isEmpty() -> {
                checkout.reset(workspace.branch(), joined, workspace.exclusions());
                yield attempt(workspace, output -> commit(workspace, checkout, output));
            }
            case Bases.Base.At at -> ended(conflict(at.left().getFirst()), rescue(workspace));
            case Bases.Base.Wants wants ->
                    ended(Conflicts.deferred(order, wants, equipment), Optional.empty());
        };
    }

    /// What an attempt left that may have been cut off, committed.
    private Committed ownWork(Workspace workspace, Checkout checkout) {
        return checkout.isCommittedOn(workspace.branch(), workspace.exclusions())
                ? new Committed.Done(checkout.head().at().orElseThrow())
                : checkout.commit(workOrder(workspace));
    }

    /// The task's work as a commit that contains those from which its jobs started: what lay in the
    /// workspace then is a part of this work, and must not meet itself when the jobs' work is merged.
    private CommitId onTheirBases(CommitId own) {
        Commits commits = equipment.git().commits();
        List<CommitId> parents = new ArrayList<>(List.of(own));
        for (AttemptOrder.Input child : order.children()) {
            if (child.task().duty() instanceof Duty.Delegating delegating) {
                delegating
                        .request()
                        .base()
                        .filter(base ->
                                parents.stream().noneMatch(p -> commits.isContained(base, p)))
                        .ifPresent(parents::add);
            }
        }
        return parents.size() == 1
                ? own
                : commits.write(
                        new CommitDraft(
                                commits.tree(own),
                                parents,
                                Naming.authorship(
                                        order,
                                        equipment.git().committer(),
                                        equipment.clock().instant()),
                                Naming.message(order)));
    }

    private Outcome conflict(Bases.Left left) {
        String files = String.join(", ", left.files());
        String message =
                order.children().stream()
                        .filter(child -> child.task().id().equals(left.task()))
                        .findFirst()
                        .map(child ->
                                "A job that this task started changed the same lines as the task itself, in %s. The job's work is on branch %s."
                                        .formatted(files, child.branch().orElse("")))
                        .orElse(
                                "The tasks that this one needs changed the same lines: the work of %s conflicts in %s."
                                        .formatted(left.task(), files));
        return new Outcome.Failed(Reason.CONFLICT, message, WorkResult.NONE);
    }

    private Event.AttemptEnded changeFiles(CommitId base) throws InterruptedException, IOException {
        Workspace workspace = workspace(base);
        Checkout checkout = equipment.git().worktrees().at(workspace.path());
        return attempt(workspace, output -> commit(workspace, checkout, output));
    }

    /// As it was left, where the agent's session can be taken up; else clean, and with a session of its own: an agent
    /// that remembered work which is not there would build on it.
    private Workspace workspace(CommitId base) throws InterruptedException, IOException {
        if (conversation.canGoOn()) {
            Optional<Workspace> left = workplace.reopen(base);
            if (left.isPresent()) {
                return left.get();
            }
            conversation.startAnew();
        }
        return workplace.acquire(base);
    }

    private Event.AttemptEnded resolve(Duty.Resolving duty)
            throws InterruptedException, IOException {
        Workspace workspace = workspace(duty.ours());
        Checkout checkout = equipment.git().worktrees().at(workspace.path());
        Joining.Conflict conflict = Conflicts.conflict(order, duty);
        if (!isBegun(checkout, duty)) {
            equipment.merges().prepare(checkout, conflict);
        }
        return attempt(workspace, output -> concludeMerge(workspace, checkout, conflict, output));
    }

    /// Whether the merge was laid out before; the agent may have committed it since.
    private static boolean isBegun(Checkout checkout, Duty.Resolving duty) {
        return checkout.isMerging()
                || !checkout.head().at().equals(Optional.of(duty.ours()))
                || !checkout.uncommitted().isEmpty();
    }

    private Event.AttemptEnded attempt(Workspace workspace, Bringing bringing)
            throws InterruptedException, IOException {
        workplace.tell(workspace, reports);
        Outcome outcome = runAgent(workplace.in(workspace), bringing);
        if (outcome instanceof Outcome.Done) {
            if (!order.request().settings().layout().keepWorkspaces()
                    && !running.hasStartedJobs()) {
                equipment.workspaces().release(workspace);
            }
            return ended(outcome, Optional.empty());
        }
        return ended(outcome, rescue(workspace));
    }

    /// Keeps the work where that can be done. How the attempt ended holds in any case.
    private Optional<String> rescue(Workspace workspace) {
        try {
            return equipment.workspaces().rescue(workspace).map(kept -> kept.ref().value());
        } catch (WorkspaceException | GitException | UncheckedIOException e) {
            reports.happened(
                    new Event.Noted(
                            Event.Level.WARNING,
                            Optional.of(order.task().id()),
                            "The work could not be kept under a ref; it stays in "
                                    + workspace.path()
                                    + ": "
                                    + e.getMessage()));
            return Optional.empty();
        }
    }

    /// The agent works, its checks are run, and what fails goes back to it as often as the limits allow.
    private Outcome runAgent(Place place, Bringing bringing)
            throws InterruptedException, IOException {
        workplace.writeEnvelope();
        Optional<Outcome> unfinished = unfinishedJob();
        if (unfinished.isPresent()) {
            return unfinished.get();
        }
        AttemptFolder files = folder.attempt(order.attempt());
        String prompt =
                conversation.canGoOn()
                        ? TaskPrompt.goOn(order)
                        : TaskPrompt.of(
                                order, papers.result().toString(), ownJobs(), conversation::tool);
        for (int round = 0; ; round++) {
            AgentEnd end = say(prompt, place, files);
            Optional<Outcome> cutOff = cutOff(end);
            if (cutOff.isPresent()) {
                return cutOff.get();
            }
            end.report().stream().flatMap(r -> r.discoveries().stream()).forEach(this::discovered);
            if (running.hasStartedJobs()) {
                return bringForNow(end, bringing);
            }
            List<CheckRun.Checked> ran = runChecks(place, round, files);
            Optional<String> failing =
                    ran.stream()
                            .filter(c -> !c.isPassed())
                            .findFirst()
                            .map(CheckRun.Checked::failure);
            if (running.isStopped()) {
                return new Outcome.Stopped(WorkResult.of(end.output()));
            }
            if (failing.isEmpty() && ran.size() == order.task().checks().size()) {
                return bring(end, bringing);
            }
            if (failing.isEmpty() || deadline.isPassed()) {
                return deadline.passedInChecks(WorkResult.of(end.output()));
            }
            if (!conversation.canGoOn()
                    || !conversation.isInBudget()
                    || round >= order.task().limits().maxFixRounds()) {
                return new Outcome.Failed(
                        Reason.CHECK_FAILED, failing.get(), WorkResult.of(end.output()));
            }
            prompt = TaskPrompt.fix(failing.get());
            files = folder.attempt(order.attempt()).fix(round + 1);
        }
    }

    private TaskPrompt.OwnJobs ownJobs() {
        boolean mayStartJobs =
                running.pass().isPresent()
                        && order.request().settings().recursion().enabled()
                        && order.request().depth()
                                < order.request().settings().recursion().maxDepth();
        if (!mayStartJobs) {
            return TaskPrompt.OwnJobs.NONE;
        }
        return conversation.canHaveSessions()
                ? TaskPrompt.OwnJobs.ASKED_AGAIN
                : TaskPrompt.OwnJobs.NOT_ASKED_AGAIN;
    }

    /// An agent that can't be asked again said all that it had to say before the end of the jobs that it started.
    private AgentEnd say(String prompt, Place place, AttemptFolder files)
            throws InterruptedException, IOException {
        return hasSaidAll()
                ? new AgentEnd(
                        new Verdict.Succeeded(Optional.empty()),
                        order.done().orElseThrow().output(),
                        Optional.empty(),
                        Usage.NONE,
                        List.of(),
                        Optional.empty())
                : conversation.say(prompt, place, files, Optional.empty());
    }

    private boolean hasSaidAll() {
        return order.done().isPresent() && !(conversation.canGoOn() && conversation.isInBudget());
    }

    /// The failure of an agent that can't make good what a job of its did not do.
    private Optional<Outcome> unfinishedJob() {
        return order.children().stream()
                .filter(child -> hasSaidAll() && child.status() != TaskStatus.COMPLETED)
                .findFirst()
                .map(child ->
                        new Outcome.Failed(
                                Reason.CHILD_FAILED,
                                child.task().name() + " was not completed.",
                                WorkResult.of(order.done().orElseThrow().output())));
    }

    /// The outcome where the agent did not come to its own end, or says that it failed.
    private Optional<Outcome> cutOff(AgentEnd end) {
        WorkResult partial = WorkResult.of(end.output());
        return switch (end.verdict()) {
            case Verdict.Succeeded _ -> Optional.empty();
            case Verdict.Stopped _ -> Optional.of(new Outcome.Stopped(partial));
            case Verdict.RateLimited limited ->
                    Optional.of(
                            new Outcome.RateLimited(limited.until(), limited.message(), partial));
            case Verdict.Failed failed ->
                    Optional.of(
                            running.isStopped()
                                    ? new Outcome.Stopped(partial)
                                    : new Outcome.Failed(
                                            failed.reason(), failed.message(), partial));
        };
    }

    private void discovered(Discovery discovery) {
        reports.happened(new Event.Discovered(order.task().id(), order.attempt(), discovery));
    }

    private List<CheckRun.Checked> runChecks(Place place, int round, AttemptFolder files)
            throws InterruptedException, IOException {
        CheckRun run =
                new CheckRun(
                        equipment.processes(),
                        running,
                        place.folder(),
                        workplace.checkVariables(place, order.task().trusted()),
                        AttemptMark.of(order));
        List<CheckRun.Checked> ran = run.run(order.task().checks(), files.root(), deadline);
        for (CheckRun.Checked checked : ran) {
            tally.add(checked.ended());
            reports.happened(checked.event(order, round));
        }
        return ran;
    }

    /// What is there while jobs that the attempt started are still to be taken in. Checks and evidence are for what
    /// there is then.
    private Outcome bringForNow(AgentEnd end, Bringing bringing) throws IOException {
        if (running.isStopped()) {
            return new Outcome.Stopped(WorkResult.of(end.output()));
        }
        return switch (bringing.bring(end.output())) {
            case Brought.Not not -> failed(not, end);
            case Brought.In in -> new Outcome.Done(in.result());
        };
    }

    private static Outcome failed(Brought.Not not, AgentEnd end) {
        return new Outcome.Failed(not.reason(), not.message(), WorkResult.of(end.output()));
    }

    private Outcome bring(AgentEnd end, Bringing bringing) throws IOException {
        return switch (bringing.bring(end.output())) {
            case Brought.Not not -> failed(not, end);
            case Brought.In(WorkResult result, Supplier<List<String>> tree) -> {
                List<String> files = isAnyFileExpected() ? tree.get() : List.of();
                yield Evidence.missing(order.task(), result.files(), end.output(), files)
                        .or(() -> missingOutputs(end, files))
                        .<Outcome>map(m ->
                                new Outcome.Failed(
                                        m.reason(), m.message() + Evidence.denied(end), result))
                        .orElseGet(() -> new Outcome.Done(result));
            }
        };
    }

    private boolean isAnyFileExpected() {
        return !order.task().expectedFiles().isEmpty() || papers.handoff().isPresent();
    }

    private Optional<Evidence.Missing> missingOutputs(AgentEnd end, List<String> files) {
        return papers.handoff()
                .flatMap(handoff -> Evidence.missingOutputs(handoff, end.report(), files));
    }

    private Brought.In in(Workspace workspace, CommitId commit, String output) {
        return new Brought.In(
                workplace.result(workspace, commit, output),
                () -> equipment.git().commits().outline(commit, Integer.MAX_VALUE).files());
    }

    private Brought commit(Workspace workspace, Checkout checkout, String output) {
        return switch (checkout.commit(workOrder(workspace))) {
            case Committed.Done(CommitId commit) -> in(workspace, commit, output);
            case Committed.NestedRepositories(List<String> paths) -> nested(paths);
        };
    }

    private Brought concludeMerge(
            Workspace workspace, Checkout checkout, Joining.Conflict conflict, String output) {
        return switch (equipment.merges().conclude(checkout, conflict, workOrder(workspace))) {
            case Resolution.Resolved(CommitId commit) -> in(workspace, commit, output);
            case Resolution.NestedRepositories(List<String> paths) -> nested(paths);
            case Resolution.MarkersLeft(List<String> files) ->
                    new Brought.Not(
                            Reason.CONFLICT,
                            "Conflict markers are left in " + String.join(", ", files));
        };
    }

    private static Brought.Not nested(List<String> paths) {
        return new Brought.Not(
                Reason.NESTED_REPOSITORY,
                "The agent made repositories inside its workspace, whose files a commit would not hold: "
                        + String.join(", ", paths));
    }

    private WorkOrder workOrder(Workspace workspace) {
        return new WorkOrder(
                workspace.branch(),
                workspace.base(),
                workspace.exclusions(),
                List.of(),
                Naming.authorship(order, equipment.git().committer(), equipment.clock().instant()),
                Naming.message(order));
    }

    private Event.AttemptEnded ended(Outcome outcome, Optional<String> rescue) {
        return new Event.AttemptEnded(
                order.task().id(),
                order.attempt(),
                outcome,
                tally.usage(),
                tally.resources(),
                conversation.session(),
                rescue);
    }
}
