package dev.coppice.workspace;

import dev.coppice.git.BranchName;
import dev.coppice.git.Checkout;
import dev.coppice.git.Git;
import dev.coppice.git.GitException;
import dev.coppice.git.RefsUpdated;
import dev.coppice.git.Worktrees;
import dev.coppice.model.CommitId;
import dev.coppice.model.JobId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// One run of `clean`: looks at everything of ours, and removes what it can prove to be kept elsewhere.
final class Cleaner {
    private final Git git;
    private final Path root;
    private final SpareFolder spares;
    private final Preparation preparation;
    private final Rescues rescues;
    private final List<CommitId> targets;
    private final Predicate<JobId> isRunning;

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
            List<CommitId> targets,
            Predicate<JobId> isRunning) {
        this.git = git;
        this.root = root;
        this.spares = spares;
        this.preparation = preparation;
        this.rescues = rescues;
        this.targets = List.copyOf(targets);
        this.isRunning = isRunning;
    }

    Cleaning clean(BranchTemplate template, Optional<Instant> rescuedBefore)
            throws InterruptedException {
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
        git.refs().under("refs/heads/").keySet().stream()
                .flatMap(ref -> ref.branch().stream())
                .forEach(branch -> template.job(branch).ifPresent(job -> cleanBranch(branch, job)));
        rescuedBefore.ifPresent(this::forgetRescued);
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
        if (isRunning.test(new JobId(known.job()))) {
            return Optional.of("its job is under way");
        }
        Optional<String> process = processIn(path);
        if (process.isPresent()) {
            return process;
        }
        if (!Files.isDirectory(path)) {
            return Optional.empty();
        }
        Checkout checkout = git.worktrees().at(path);
        Optional<CommitId> tip = git.refs().commit(known.branchName().ref());
        if (checkout.isCommittedOn(known.branchName(), known.exclusions())
                && tip.isPresent()
                && isInTarget(tip.get())) {
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

    private boolean isInTarget(CommitId commit) {
        return targets.stream().anyMatch(target -> git.commits().isContained(commit, target));
    }

    private void cleanBranch(BranchName branch, JobId job) {
        if (isRunning.test(job)) {
            keep(branch, "its job is under way");
            return;
        }
        Optional<CommitId> tip = git.refs().commit(branch.ref());
        Optional<CommitId> target =
                tip.flatMap(commit ->
                        targets.stream()
                                .filter(into -> git.commits().isContained(commit, into))
                                .findFirst());
        if (target.isEmpty()) {
            keep(branch, "it has commits that are in no target");
            return;
        }
        switch (git.refs().deleteContained(branch, target.get())) {
            case RefsUpdated.Done _ -> branches.add(branch.value());
            case RefsUpdated.Refused(String reason) -> keep(branch, reason);
        }
    }

    private void forgetRescued(Instant before) {
        for (Rescued rescued : rescues.list()) {
            if (rescued.when().isBefore(before) && !isRunning.test(rescued.job())) {
                rescues.delete(rescued);
                forgotten.add(rescued.ref().value());
            }
        }
    }

    private void keep(Object what, String why) {
        kept.add(new Cleaning.Kept(what.toString(), why));
    }

    /// A process that works in a workspace: its current folder is there, or its environment names it. Of other users'
    /// processes nothing can be seen.
    private static Optional<String> processIn(Path path) {
        Path processes = Path.of("/proc");
        if (!Files.isDirectory(processes.resolve("self"))) {
            return Optional.empty();
        }
        String variable = "\0COPPICE_WORKSPACE_PATH=" + path + "\0";
        try (DirectoryStream<Path> all = Files.newDirectoryStream(processes, "[0-9]*")) {
            for (Path process : all) {
                if (folderOf(process).startsWith(path) || environment(process).contains(variable)) {
                    return Optional.of("process " + process.getFileName() + " works in it");
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(processes + " can't be read", e);
        }
    }

    private static Path folderOf(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd"));
        } catch (IOException _) {
            return process; // it ended meanwhile, or is another user's
        }
    }

    private static String environment(Path process) {
        try {
            byte[] bytes = Files.readAllBytes(process.resolve("environ"));
            return "\0" + new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException _) {
            return ""; // it ended meanwhile, or is another user's
        }
    }
}
