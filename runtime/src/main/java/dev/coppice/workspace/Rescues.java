package dev.coppice.workspace;

import dev.coppice.git.Authorship;
import dev.coppice.git.BranchName;
import dev.coppice.git.Checkout;
import dev.coppice.git.CommitDraft;
import dev.coppice.git.CommitMessage;
import dev.coppice.git.Git;
import dev.coppice.git.Identity;
import dev.coppice.git.RefName;
import dev.coppice.git.RefUpdate;
import dev.coppice.git.RefsUpdated;
import dev.coppice.model.CommitId;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Keeps the work of attempts that did not succeed, and gives it back.
final class Rescues {
    private final Git git;
    private final InstantSource clock;

    Rescues(Git git, InstantSource clock) {
        this.git = git;
        this.clock = clock;
    }

    /// Keeps all that is in a workspace beyond its base. Empty if there is nothing.
    Optional<Rescued> keep(Checkout checkout, WorkspaceFile of) {
        Instant now = clock.instant();
        RefName ref = of.rescueRef();
        Optional<CommitId> kept = keep(checkout, of, ref, "Rescue what", now);
        return of.on()
                .flatMap(branch -> keepTip(branch, of))
                .or(() -> kept)
                .flatMap(commit -> Rescued.of(ref, commit, now));
    }

    /// Keeps all that is in a workspace beyond its base under a ref of another kind. Empty if there is nothing.
    Optional<CommitId> snapshot(Checkout checkout, WorkspaceFile of, RefName ref) {
        return keep(checkout, of, ref, "Show what", clock.instant());
    }

    private Optional<CommitId> keep(
            Checkout checkout, WorkspaceFile of, RefName ref, String begin, Instant now) {
        return checkout.rescue(
                ref,
                of.baseCommit(),
                of.exclusions(),
                authorship(of.number(), now),
                message(of, begin));
    }

    /// Keeps the commits of a branch that is about to begin anew. Empty if there are none, or they are kept already.
    Optional<CommitId> keepTip(BranchName branch, WorkspaceFile of) {
        Optional<CommitId> tip = git.refs().commit(branch.ref());
        if (tip.isEmpty() || git.commits().isContained(tip.get(), of.baseCommit())) {
            return Optional.empty();
        }
        RefName ref = of.rescueRef();
        Optional<CommitId> kept = git.refs().commit(ref);
        if (kept.isEmpty()) {
            write(new RefUpdate(ref, kept, tip));
            return tip;
        }
        if (git.commits().isContained(tip.get(), kept.get())) {
            return Optional.empty();
        }
        CommitId both =
                git.commits()
                        .write(
                                new CommitDraft(
                                        git.commits().tree(kept.get()),
                                        List.of(kept.get(), tip.get()),
                                        authorship(of.number(), clock.instant()),
                                        message(of, "Rescue what")));
        write(new RefUpdate(ref, kept, Optional.of(both)));
        return Optional.of(both);
    }

    private void write(RefUpdate update) {
        switch (git.refs().update(List.of(update))) {
            case RefsUpdated.Done _ -> {}
            case RefsUpdated.Refused(String reason) ->
                    throw new WorkspaceException(update.ref() + " can't be written: " + reason);
        }
    }

    private Authorship authorship(int number, Instant now) {
        String worker = "worker_" + number;
        Identity author = new Identity(worker, worker + "@coppice.invalid");
        return new Authorship(author, git.committer(), now);
    }

    private static CommitMessage message(WorkspaceFile of, String begin) {
        return new CommitMessage(
                begin + " attempt " + of.attempt() + " of task " + of.task() + " left",
                List.of(
                        new CommitMessage.Trailer("Coppice-Job", of.job()),
                        new CommitMessage.Trailer("Coppice-Worker", Integer.toString(of.number())),
                        new CommitMessage.Trailer("Coppice-Task", of.task()),
                        new CommitMessage.Trailer(
                                "Coppice-Attempt", Integer.toString(of.attempt()))));
    }

    /// All that is kept, by job, then number, then attempt.
    List<Rescued> list() {
        return git.refs().dated(Rescued.FOLDER).entrySet().stream()
                .flatMap(ref ->
                        Rescued.of(ref.getKey(), ref.getValue().commit(), ref.getValue().when())
                                .stream())
                .sorted(Rescued.ORDER)
                .toList();
    }

    /// @throws WorkspaceException if there is such a branch
    void restore(Rescued rescued, BranchName branch) {
        write(RefUpdate.create(branch.ref(), rescued.commit()));
    }

    /// @throws WorkspaceException if something is there
    void restore(Rescued rescued, Path folder) {
        git.worktrees().addDetached(folder, rescued.commit());
    }

    void delete(Rescued rescued) {
        write(RefUpdate.delete(rescued.ref(), rescued.commit()));
    }
}
