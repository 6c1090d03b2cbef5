package dev.coppice.workspace;

import dev.coppice.git.BranchName;
import dev.coppice.git.Checkout;
import dev.coppice.git.Git;
import dev.coppice.git.GitException;
import dev.coppice.git.RefName;
import dev.coppice.git.RefUpdate;
import dev.coppice.git.Refs;
import dev.coppice.git.RefsUpdated;
import dev.coppice.git.Worktrees;
import dev.coppice.model.CommitId;
import dev.coppice.model.JobId;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// One run of `clean`: looks at everything of ours, and removes what it can prove to be kept elsewhere.
///
/// What keeps work differs. A workspace can go once its work is in the result of its job: the result's branch still
/// holds it. A branch can go only once a target has it.
final class Cleaner {
    private final Git git;
    private final Path root;
    private final SpareFolder spares;
    private final Preparation preparation;
    private final Rescues rescues;
    private final CleanOrder order;

    /// All branches, as they were when the cleaning began.
    private final SortedMap<RefName, CommitId> heads;

    private final List<CommitId> targets;
    private final Occupants occupants = Occupants.now();

    private final List<Path> removed = new ArrayList<>();
    private final List<String> branches = new ArrayList<>();
    private final List<String> forgotten = new ArrayList<>();
    private final List<Cleaning.Kept> kept = new ArrayList<>();

    Cleaner(
            Git git,
            Path root,
            SpareFolder spares,
            Preparation preparation,
            Rescues rescues,
            CleanOrder order) {
        this.git = git;
        this.root = root;
        this.spares = spares;
        this.preparation = preparation;
        this.rescues = rescues;
        this.order = order;
        this.heads = git.refs().under("refs/heads/");
        this.targets =
                order.targets().stream()
                        .filter(target -> order.template().job(target).isEmpty())
                        .flatMap(target -> head(target).stream())
                        .distinct()
                        .toList();
    }

    private Optional<CommitId> head(BranchName branch) {
        return Optional.ofNullable(heads.get(branch.ref()));
    }

    Cleaning clean() throws InterruptedException {
        for (Worktrees.Listed worktree : git.worktrees().list()) {
            Path path = worktree.folder();
            try {
                if (spares.isIn(path)) {
                    cleanSpare(path);
                } else if (path.startsWith(root)) {
                    cleanWorktree(path);
                }
            } catch (GitException | WorkspaceException | UncheckedIOException e) {
                keep(path, "it can't be removed: " + e.getMessage());
            }
        }
        forgetKeepsakes();
        cleanBranches();
        order.before().ifPresent(this::forgetRescued);
        return new Cleaning(removed, branches, forgotten, kept);
    }

    /// A worktree that waits for a task holds no work; if its process is gone, nobody will give it one.
    private void cleanSpare(Path path) {
        if (!spares.isHeld(path)) {
            git.worktrees().remove(path);
            removed.add(path);
        }
    }

    private void cleanWorktree(Path path) throws InterruptedException {
        Optional<WorkspaceFile> known = WorkspaceFile.read(path);
        Optional<String> reason =
                known.isPresent()
                        ? reasonToKeep(path, known.get())
                        : Optional.of("nothing is known of it");
        if (reason.isPresent()) {
            keep(path, reason.get());
        } else {
            git.worktrees().remove(path);
            preparation.forget(path);
            removed.add(path);
        }
    }

    private Optional<String> reasonToKeep(Path path, WorkspaceFile known) {
        JobId job = new JobId(known.job());
        if (order.isUnderWay().test(job)) {
            return Optional.of("its job is under way");
        }
        Optional<String> process = occupants.in(path);
        if (process.isPresent()) {
            return process;
        }
        if (!Files.isDirectory(path)) {
            return Optional.empty();
        }
        Checkout checkout = git.worktrees().at(path);
        if (known.isAllKeptBy(checkout) && isKept(checkout.head().at(), job)) {
            return Optional.empty();
        }
        Optional<CommitId> before = git.refs().commit(known.rescueRef());
        Optional<Rescued> now = rescues.keep(checkout, known);
        boolean wasRescued = now.map(Rescued::commit).equals(before);
        return wasRescued
                ? Optional.empty()
                : Optional.of(
                        "its work was in no result and not rescued; it is now, as "
                                + known.rescueRef());
    }

    private boolean isKept(Optional<CommitId> work, JobId job) {
        List<CommitId> keepers =
                Stream.concat(targets.stream(), head(BranchTemplate.result(job)).stream()).toList();
        return git.commits().notContained(work.stream().toList(), keepers).isEmpty();
    }

    private void cleanBranches() {
        SortedMap<BranchName, CommitId> ended = new TreeMap<>();
        heads.forEach((ref, tip) -> {
            Optional<BranchName> branch = ref.branch();
            Optional<JobId> job = branch.flatMap(order.template()::job);
            if (job.isPresent() && order.isUnderWay().test(job.get())) {
                keep(branch.get(), "its job is under way");
            } else if (job.isPresent()) {
                ended.put(branch.get(), tip);
            }
        });
        Set<CommitId> needed = git.commits().notContained(ended.values(), targets);
        SortedMap<BranchName, CommitId> merged = new TreeMap<>(ended);
        merged.values().removeAll(needed);
        Map<BranchName, String> stay = git.refs().delete(merged);
        for (BranchName branch : ended.keySet()) {
            if (!merged.containsKey(branch)) {
                keep(branch, "it has commits that are in no target");
            } else if (stay.containsKey(branch)) {
                keep(branch, stay.get(branch));
            } else {
                branches.add(branch.value());
            }
        }
    }

    /// What was kept for jobs that ended is no longer needed once a target has their results.
    private void forgetKeepsakes() {
        SortedMap<RefName, Refs.Dated> all = git.refs().dated(Keepsakes.FOLDER);
        Map<JobId, CommitId> results = new HashMap<>();
        Set<JobId> ended = new HashSet<>();
        all.keySet().stream()
                .flatMap(ref -> Keepsakes.job(ref).stream())
                .distinct()
                .filter(job -> !order.isUnderWay().test(job))
                .forEach(job -> {
                    ended.add(job);
                    head(BranchTemplate.result(job)).ifPresent(at -> results.put(job, at));
                });
        results.values().removeAll(git.commits().notContained(results.values(), targets));
        List<RefUpdate> deletions = new ArrayList<>();
        all.forEach((ref, keepsake) -> {
            Optional<JobId> job = Keepsakes.job(ref).filter(ended::contains);
            boolean isMerged = job.filter(results::containsKey).isPresent();
            boolean isOld = order.before().filter(keepsake.when()::isBefore).isPresent();
            if (isMerged || (job.isPresent() && isOld)) {
                deletions.add(RefUpdate.delete(ref, keepsake.commit()));
            }
        });
        if (git.refs().update(deletions) instanceof RefsUpdated.Refused(String reason)) {
            keep(Keepsakes.FOLDER, reason);
        }
    }

    private void forgetRescued(Instant before) {
        for (Rescued rescued : rescues.list()) {
            if (rescued.when().isBefore(before) && !order.isUnderWay().test(rescued.job())) {
                rescues.delete(rescued);
                forgotten.add(rescued.ref().value());
            }
        }
    }

    private void keep(Object what, String why) {
        kept.add(new Cleaning.Kept(what.toString(), why));
    }
}
