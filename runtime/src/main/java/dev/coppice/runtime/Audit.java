package dev.coppice.runtime;

import dev.coppice.folder.Secrets;
import dev.coppice.git.BranchName;
import dev.coppice.git.Changes;
import dev.coppice.git.CommitMessage.Trailer;
import dev.coppice.git.Git;
import dev.coppice.model.CommitId;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.FileChange;
import dev.coppice.model.Integration;
import dev.coppice.model.JobId;
import dev.coppice.model.Outcome;
import dev.coppice.model.Recorded;
import dev.coppice.model.TaskId;
import dev.coppice.model.WorkResult;
import dev.coppice.report.JobView;
import dev.coppice.store.Chain;
import dev.coppice.store.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Recomputes a job's record: that no event was changed (the hash chain), and that what they tell of the
/// work is what git has. Of each commit that brought a task's work into the job:
///
/// - it exists, and is on the branch that the events name, or in the result;
/// - its trailers name this job, the task and the attempt;
/// - the files that it changed are those of the provenance.
///
/// What somebody outside brought has no trailers of ours, and nobody told what it is based on: of it only the first is
/// looked at. What failed attempts left may be forgotten by `clean`, and is no part of it. Used once, by one thread.
public final class Audit {
    private final Store store;
    private final Optional<Git> git;
    private final Secrets secrets;

    /// The tasks that stand for child jobs, whose work is told of in their own histories.
    private final Set<TaskId> children = new HashSet<>();

    /// The last attempt of each task that somebody outside had.
    private final Map<TaskId, Integer> claimed = new HashMap<>();

    private final Map<TaskId, CommitId> bases = new HashMap<>();
    private final Map<TaskId, CommitId> works = new HashMap<>();
    private int commits;
    private int files;

    /// @param git empty where there is no repository, and so no commit
    Audit(Store store, Optional<Git> git, Secrets secrets) {
        this.store = store;
        this.git = git;
        this.secrets = secrets;
    }

    /// What the look came to.
    public sealed interface Verdict {
        /// All fits.
        ///
        /// @param events how many the job has
        /// @param lastHash of the last event: who keeps it can prove later that nothing was rewritten
        /// @param commits how many were looked at
        /// @param files how many changes of files they hold
        record Sound(long events, String lastHash, int commits, int files) implements Verdict {}

        /// The first thing that doesn't fit.
        ///
        /// @param sequence the event where it was seen
        /// @param what for people
        record Broken(long sequence, String what) implements Verdict {}
    }

    Verdict of(JobId job) {
        return switch (store.verify(job)) {
            case Chain.Broken(long sequence, String what) -> new Verdict.Broken(sequence, what);
            case Chain.Verified(long count, String lastHash) -> {
                Optional<Verdict> broken = provenance(job);
                yield broken.orElseGet(() -> new Verdict.Sound(count, lastHash, commits, files));
            }
        };
    }

    private Optional<Verdict> provenance(JobId job) {
        List<Recorded> events = events(job);
        Optional<Integration> last = JobView.of(events).integration();
        for (Recorded recorded : events) {
            Optional<String> wrong = wrong(job, recorded.event(), last);
            if (wrong.isPresent()) {
                return Optional.of(new Verdict.Broken(recorded.sequence(), wrong.get()));
            }
        }
        return Optional.empty();
    }

    private List<Recorded> events(JobId job) {
        List<Recorded> events = new ArrayList<>();
        store.readOn(job, 0, events::add);
        return events;
    }

    private Optional<String> wrong(JobId job, Event event, Optional<Integration> last) {
        return switch (event) {
            case Event.JobSubmitted e ->
                    e.request().base().flatMap(base -> missing(base, "the job's base"));
            case Event.WorkspaceReady e -> {
                e.base().ifPresent(base -> bases.put(e.task(), base));
                yield Optional.empty();
            }
            case Event.TasksAdded e -> {
                e.tasks().stream()
                        .filter(task -> task.duty() instanceof Duty.Delegating)
                        .forEach(task -> children.add(task.id()));
                yield Optional.empty();
            }
            case Event.AttemptClaimed e -> {
                claimed.put(e.task(), e.attempt());
                yield Optional.empty();
            }
            case Event.AttemptEnded e ->
                    switch (e.outcome()) {
                        case Outcome.Done done when children.contains(e.task()) ->
                                done.result().commit().flatMap(c -> missing(c, "of " + e.task()));
                        case Outcome.Done done -> worked(job, e, done.result(), last);
                        // A later joining replaced what an earlier one made.
                        case Outcome.Integrated(Integration joined) ->
                                last.filter(i -> i.commit().equals(joined.commit()))
                                        .flatMap(this::joined);
                        case Outcome.Planned _,
                                Outcome.Failed _,
                                Outcome.RateLimited _,
                                Outcome.Stopped _,
                                Outcome.Deferred _ ->
                                Optional.empty();
                    };
            case Event.ResultMerged e -> missing(e.commit(), "the merge into " + e.target());
            case Event.DriverTaken _,
                    Event.AttemptStarting _,
                    Event.AttemptStarted _,
                    Event.SessionOpened _,
                    Event.AgentEnded _,
                    Event.Checked _,
                    Event.Discovered _,
                    Event.RetryScheduled _,
                    Event.TaskEnded _,
                    Event.AgentPaused _,
                    Event.CheckoutChanged _,
                    Event.CancelRequested _,
                    Event.PauseRequested _,
                    Event.RetryRequested _,
                    Event.Noted _,
                    Event.JobEnded _ ->
                    Optional.empty();
        };
    }

    /// An attempt that succeeded, and brought a commit where it changed something.
    private Optional<String> worked(
            JobId job, Event.AttemptEnded ended, WorkResult result, Optional<Integration> last) {
        if (result.commit().isEmpty()) {
            return Optional.empty();
        }
        CommitId commit = result.commit().get();
        works.put(ended.task(), commit);
        commits++;
        String of = "the work of " + ended.task();
        Optional<CommitId> joined = last.flatMap(Integration::commit);
        boolean isFromOutside = claimed.getOrDefault(ended.task(), 0) == ended.attempt();
        return isFromOutside
                ? missing(commit, of).or(() -> astray(commit, of, result.branch(), joined))
                : missing(commit, of)
                        .or(() -> unsigned(job, ended, commit))
                        .or(() -> astray(commit, of, result.branch(), joined))
                        .or(() -> otherFiles(ended.task(), commit, result.files()));
    }

    private Optional<String> missing(CommitId commit, String what) {
        return git().refs().resolve(commit.value()).isPresent()
                ? Optional.empty()
                : Optional.of("commit %s, %s, is not in the repository".formatted(commit, what));
    }

    private Optional<String> unsigned(JobId job, Event.AttemptEnded ended, CommitId commit) {
        List<Trailer> found = git().commits().trailers(commit);
        return Stream.of(
                        new Trailer("Coppice-Job", job.value()),
                        new Trailer("Coppice-Task", ended.task().value()),
                        new Trailer("Coppice-Attempt", Integer.toString(ended.attempt())))
                .filter(trailer -> !found.contains(trailer))
                .findFirst()
                .map(trailer -> "commit %s does not say \"%s\"".formatted(commit, trailer));
    }

    /// A branch may have gone on, or be gone since `container` has its work.
    private Optional<String> astray(
            CommitId commit, String of, Optional<String> branch, Optional<CommitId> container) {
        Optional<CommitId> tip =
                branch.map(BranchName::new).flatMap(b -> git().refs().commit(b.ref()));
        if (tip.isPresent()) {
            return git().commits().isContained(commit, tip.get())
                    ? Optional.empty()
                    : Optional.of(
                            "branch %s is at %s, which does not hold %s (commit %s)"
                                    .formatted(branch.orElseThrow(), tip.get(), of, commit));
        }
        return container.filter(into -> git().commits().isContained(commit, into)).isPresent()
                ? Optional.empty()
                : Optional.of(
                        "commit %s, %s, is on no branch of the job any more".formatted(commit, of));
    }

    private Optional<String> otherFiles(TaskId task, CommitId commit, List<FileChange> told) {
        CommitId base = bases.get(task);
        if (base == null) {
            return Optional.of("it is not known what commit %s is based on".formatted(commit));
        }
        Optional<String> gone = missing(base, "the base of " + task);
        if (gone.isPresent()) {
            return gone;
        }
        Set<FileChange> there = files(git().commits().changes(base, commit));
        files += there.size();
        return different(told, there)
                .map(file -> "%s in commit %s is not as the events tell".formatted(file, commit));
    }

    private Set<FileChange> files(Changes changes) {
        Set<FileChange> files = new HashSet<>();
        changes.created().forEach(f -> files.add(change(f, FileChange.Kind.CREATED)));
        changes.modified().forEach(f -> files.add(change(f, FileChange.Kind.MODIFIED)));
        changes.deleted().forEach(f -> files.add(change(f, FileChange.Kind.DELETED)));
        return files;
    }

    /// As events tell it, without secrets.
    private FileChange change(String path, FileChange.Kind kind) {
        return new FileChange(secrets.mask(path), kind);
    }

    private static Optional<String> different(List<FileChange> told, Set<FileChange> there) {
        return Stream.concat(
                        told.stream().filter(file -> !there.contains(file)),
                        there.stream().filter(file -> !told.contains(file)))
                .map(FileChange::path)
                .min(String::compareTo);
    }

    /// The last joining: its commit holds the work of each task that is said to be in it.
    private Optional<String> joined(Integration joined) {
        if (joined.commit().isEmpty()) {
            return Optional.empty();
        }
        CommitId result = joined.commit().get();
        commits++;
        Optional<CommitId> merge =
                switch (joined.delivery()) {
                    case Integration.Delivery.Delivered done -> Optional.of(done.commit());
                    case Integration.Delivery.Refused _, Integration.Delivery.NotAsked _ ->
                            Optional.empty();
                };
        return missing(result, "the result")
                .or(() -> leftOut(joined, result))
                .or(() -> merge.flatMap(commit -> missing(commit, "the merge of the result")))
                .or(() -> astray(result, "the result", joined.branch(), merge));
    }

    private Optional<String> leftOut(Integration joined, CommitId result) {
        for (Map.Entry<TaskId, CommitId> work : works.entrySet()) {
            boolean isIn = joined.tasks().get(work.getKey()) instanceof Integration.Fate.In;
            if (isIn && !git().commits().isContained(work.getValue(), result)) {
                return Optional.of(
                        "the result (commit %s) does not hold the work of %s (commit %s)"
                                .formatted(result, work.getKey(), work.getValue()));
            }
        }
        return Optional.empty();
    }

    private Git git() {
        return git.orElseThrow(
                () -> new IllegalStateException("a job outside of a repository names a commit"));
    }
}
