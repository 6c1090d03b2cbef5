package dev.coppice.workspace;

import dev.coppice.git.BranchName;
import dev.coppice.git.Checkout;
import dev.coppice.git.Exclusions;
import dev.coppice.git.Git;
import dev.coppice.git.GitException;
import dev.coppice.git.RefName;
import dev.coppice.git.RefsUpdated;
import dev.coppice.model.CommitId;
import dev.coppice.process.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/// The room's door: the workspaces of one repository. Safe for use by many threads, of which one at a time deals with one
/// workspace.
///
/// A workspace goes [#acquire] → (work) → [#release], or stays where it is after a failure until the next `acquire` at
/// its path, [#reopen], or [#clean]. In one that was just acquired or reopened git finds its worktree, on its branch, and
/// not the user's checkout. No work is ever lost on these ways: whatever is not on the task's branch becomes a
/// commit under `refs/coppice/rescue/` before a file is touched.
public final class Workspaces implements AutoCloseable {
    private static final String SPARE_FOLDER = ".spare";

    private final Git git;
    private final Path root;
    private final SpareFolder spares;
    private final Preparation preparation;
    private final Rescues rescues;
    private final Pool pool;

    /// The workspaces that are being given up in the background, until they are gone.
    private final Map<Path, CountDownLatch> leaving = new ConcurrentHashMap<>();

    private Workspaces(
            Git git, Path root, Preparation preparation, Rescues rescues, int sparesMax) {
        this.git = git;
        this.root = root;
        this.spares = new SpareFolder(root.resolve(SPARE_FOLDER));
        this.preparation = preparation;
        this.rescues = rescues;
        this.pool = new Pool(git, spares, sparesMax);
    }

    /// Opens the workspaces of a repository.
    ///
    /// @param root the folder for the files of jobs, made unless it is there
    /// @param home what is kept per user: ports and caches
    /// @param sparesMax how many worktrees may wait for a task at most
    public static Workspaces open(
            Git git,
            Processes processes,
            Path root,
            Path home,
            int sparesMax,
            InstantSource clock) {
        Path made = WorkspaceRoot.make(Optional.of(git), root);
        return new Workspaces(
                git,
                made,
                new Preparation(git, processes, home),
                new Rescues(git, clock),
                sparesMax);
    }

    /// Makes a folder of ours, in a checkout so that git never sees it. Returns its real path.
    ///
    /// @param git empty where there is no repository
    public static Path makeFolder(Optional<Git> git, Path folder) {
        return WorkspaceRoot.make(git, folder);
    }

    /// Begins to make worktrees for tasks to come, until `count` wait. Returns at once.
    public void warm(int count, CommitId at) {
        pool.warm(count, at);
    }

    /// A clean workspace on the request's branch, at exactly its base, with its environment. What stands at its path or on
    /// its branch from earlier attempts is rescued, then undone.
    ///
    /// @throws WorkspaceException if it can't be prepared: a setup command failed, or something else is at the path
    public Workspace acquire(WorkspaceRequest request) throws InterruptedException {
        return acquire(request, preparation.launching());
    }

    /// The same, prepared by programs that the caller may end, in the time that the caller gives.
    ///
    /// @throws TimeUpException if that is too short
    /// @throws WorkspaceException if it can't be prepared: a setup command failed, or something else is at the path
    public Workspace acquire(WorkspaceRequest request, Launching launching)
            throws InterruptedException {
        try {
            Patience patience = Patience.of(launching);
            awaitGone(request.path(), patience);
            Checkout checkout = worktree(request);
            if (request.environment().isMadeByPrograms()) {
                requireIsolated(checkout, request.on());
            }
            Workspace workspace = preparation.prepare(checkout, request, launching);
            requireIsolated(checkout, request.on());
            patience.check("its workspace was prepared");
            return workspace;
        } catch (GitException | UncheckedIOException e) {
            throw new WorkspaceException(
                    "no workspace for task " + request.task() + ": " + e.getMessage(), e);
        }
    }

    /// The workspace at the request's path as it was left, for an attempt that goes on where the one before it ended. It
    /// keeps the base that it was made from, which holds the same files as the request's: that may have been joined anew.
    /// Empty if there is none of this task and content, or an agent's git would not stay in it: then [#acquire] a new one.
    public Optional<Workspace> reopen(WorkspaceRequest request) {
        Optional<WorkspaceFile> left = WorkspaceFile.read(request.path());
        Optional<Checkout> standing = standing(request.path());
        if (left.isEmpty() || standing.isEmpty() || !isSameTask(left.get(), request)) {
            return Optional.empty();
        }
        if (!isSameContent(left.get().baseCommit(), request.base())
                || standing.get().whyNotIsolated(request.on()).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(preparation.takeUp(standing.get(), request, left.get()));
    }

    private boolean isSameContent(CommitId one, CommitId other) {
        return one.equals(other) || git.commits().tree(one).equals(git.commits().tree(other));
    }

    private static boolean isSameTask(WorkspaceFile left, WorkspaceRequest request) {
        return left.job().equals(request.job().value())
                && left.task().equals(request.task().value())
                && left.on().equals(request.on());
    }

    private static void requireIsolated(Checkout checkout, Optional<BranchName> branch) {
        Optional<String> problem = checkout.whyNotIsolated(branch);
        if (problem.isPresent()) {
            throw new WorkspaceException("not started: " + problem.get());
        }
    }

    /// Keeps all work in a workspace, committed or not, untracked files too, under a ref of the attempt's own. The
    /// workspace stays as it is. Empty if there is no work.
    public Optional<Rescued> rescue(Workspace workspace) {
        Checkout checkout = git.worktrees().at(workspace.path());
        return rescues.keep(checkout, known(workspace.path()));
    }

    /// Keeps all that is in a workspace now, committed or not, as a commit under `ref`; its programs may go on
    /// meanwhile. The base where there is nothing beyond it.
    ///
    /// @param path where the workspace is
    public CommitId snapshot(Path path, RefName ref) {
        WorkspaceFile known = known(path);
        return rescues.snapshot(git.worktrees().at(path), known, ref).orElse(known.baseCommit());
    }

    /// Gives up a workspace whose work is committed on its branch, or in which none was done. Its worktree is made ready for another task, or
    /// removed, in the background. Anything that is not on the branch is rescued first. Once these workspaces are closed
    /// it just stays, until it is cleaned.
    public void release(Workspace workspace) {
        Path path = workspace.path();
        CountDownLatch gone = new CountDownLatch(1);
        leaving.put(path, gone);
        boolean isLeaving = false;
        try {
            isLeaving =
                    pool.offer(place -> leave(path, gone, () -> handOn(path, place)))
                            || pool.later(() -> leave(path, gone, () -> remove(path)));
        } finally {
            if (!isLeaving) {
                left(path, gone);
            }
        }
    }

    private void left(Path path, CountDownLatch gone) {
        leaving.remove(path);
        gone.countDown();
    }

    /// As [#release], of whatever workspace is at `path`, also a failed one, and waits until it is gone. Nothing
    /// happens where there is none.
    public void giveUp(Path path) throws InterruptedException {
        Optional<WorkspaceFile> known = WorkspaceFile.read(path);
        awaitGone(path, Patience.endless());
        if (known.isPresent() && standing(path).isPresent()) {
            saveRest(path);
            git.worktrees().remove(path);
            preparation.forget(path);
        }
    }

    /// Removes what stands at a request's path and its branch, which it must have. What is not in the request's base, uncommitted and
    /// untracked files too, is rescued first. What is not there is no error.
    ///
    /// @return what was rescued
    /// @throws WorkspaceException if the branch is in use elsewhere, or something else is at the path
    public Optional<RefName> discard(WorkspaceRequest request) throws InterruptedException {
        Path path = request.path();
        awaitGone(path, Patience.endless());
        WorkspaceFile known = WorkspaceFile.read(path).orElseGet(() -> before(request));
        Optional<Checkout> standing = standing(path);
        BranchName branch = request.on().orElseThrow();
        Optional<CommitId> tip = git.refs().commit(branch.ref());
        boolean isMerged = tip.isEmpty() || git.commits().isContained(tip.get(), request.base());
        boolean isClean =
                standing.isEmpty() || standing.get().isCommittedOn(branch, known.exclusions());
        if (!isClean || !isMerged) {
            if (standing.isPresent()) {
                rescues.keep(standing.get(), known);
            } else {
                rescues.keepTip(branch, known);
            }
        }
        git.worktrees().remove(path);
        preparation.forget(path);
        Optional<CommitId> kept = git.refs().commit(known.rescueRef());
        if (tip.isPresent()) {
            delete(branch, isMerged ? request.base() : kept.orElse(known.baseCommit()));
        }
        return kept.map(_ -> known.rescueRef());
    }

    private void delete(BranchName branch, CommitId keeper) {
        switch (git.refs().deleteContained(branch, keeper)) {
            case RefsUpdated.Done _ -> {}
            case RefsUpdated.Refused(String reason) -> throw new WorkspaceException(reason);
        }
    }

    private Optional<Checkout> leave(Path path, CountDownLatch gone, Pool.Work way)
            throws InterruptedException {
        try {
            Optional<Checkout> spare = way.run();
            preparation.forget(path);
            return spare;
        } finally {
            left(path, gone);
        }
    }

    private Optional<Checkout> handOn(Path path, Path place) {
        WorkspaceFile known = known(path);
        Checkout used = git.worktrees().at(path);
        if (!git.spareWorktrees().isReusable(used)) {
            return remove(path);
        }
        if (!used.leave(known.on(), known.baseCommit(), known.exclusions())) {
            saveRest(path);
            used.resetDetached(known.baseCommit());
        }
        Optional<Checkout> spare = git.spareWorktrees().lay(used, place);
        if (spare.isEmpty()) {
            git.worktrees().remove(path);
        }
        return spare;
    }

    private Optional<Checkout> remove(Path path) {
        saveRest(path);
        git.worktrees().remove(path);
        return Optional.empty();
    }

    /// Rescues a workspace that has more in it than its branch.
    private void saveRest(Path path) {
        WorkspaceFile known = known(path);
        Checkout checkout = git.worktrees().at(path);
        if (!known.isAllKeptBy(checkout)) {
            rescues.keep(checkout, known);
        }
    }

    private void awaitGone(Path asked, Patience patience) throws InterruptedException {
        Path above = Objects.requireNonNull(asked.getParent());
        if (!Files.exists(above)) {
            return;
        }
        CountDownLatch gone;
        try {
            gone = leaving.get(above.toRealPath().resolve(asked.getFileName()));
        } catch (IOException e) {
            throw new UncheckedIOException(above + " can't be reached", e);
        }
        if (gone != null) {
            patience.await(gone, "the workspace before it at " + asked + " was given up");
        }
    }

    private static WorkspaceFile known(Path path) {
        return WorkspaceFile.read(path)
                .orElseThrow(() -> new WorkspaceException("nothing is known of " + path));
    }

    // ---- where a workspace comes from

    private Checkout worktree(WorkspaceRequest request) throws InterruptedException {
        Optional<Checkout> standing = standing(request.path());
        if (standing.isPresent()) {
            Checkout left = standing.get();
            rescues.keep(left, WorkspaceFile.read(request.path()).orElseGet(() -> before(request)));
            if (git.spareWorktrees().isReusable(left)) {
                return onBranch(left, request);
            }
        }
        // also where git knows a worktree whose folder somebody deleted
        git.worktrees().remove(request.path());
        Optional<Checkout> spare = pool.take();
        Checkout fresh =
                spare.isPresent()
                        ? git.spareWorktrees().take(spare.get(), request.path())
                        : git.worktrees().addDetached(request.path(), request.base());
        try {
            return begun(fresh, request);
        } catch (GitException e) {
            git.worktrees().remove(request.path()); // nothing was done in it
            throw e;
        }
    }

    private Checkout begun(Checkout fresh, WorkspaceRequest request) {
        if (request.on().isEmpty()) {
            return fresh.isDetachedAt(request.base()) ? fresh : onBranch(fresh, request);
        }
        boolean isDone = git.spareWorktrees().begin(fresh, request.on().get(), request.base());
        return isDone ? fresh : onBranch(fresh, request);
    }

    private Checkout onBranch(Checkout checkout, WorkspaceRequest request) {
        if (request.on().isEmpty()) {
            checkout.resetDetached(request.base());
            return checkout;
        }
        rescues.keepTip(request.on().get(), before(request));
        checkout.reset(request.on().get(), request.base(), Exclusions.none());
        return checkout;
    }

    /// What there is to be known of the attempt before this one if nothing was written down.
    private static WorkspaceFile before(WorkspaceRequest request) {
        return new WorkspaceFile(
                request.job().value(),
                request.task().value(),
                request.number(),
                Math.max(1, request.attempt() - 1),
                request.slug().value(),
                request.on().map(BranchName::value).orElse(""),
                request.baseBranch(),
                request.base().toString(),
                request.reserved(),
                0,
                0);
    }

    /// The worktree that stands at `path`. Something else there is an error: it is not ours to touch.
    private Optional<Checkout> standing(Path path) {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS) || isEmptyFolder(path)) {
            return Optional.empty();
        }
        try {
            return Optional.of(git.worktrees().at(path));
        } catch (GitException e) {
            throw new WorkspaceException("something that is no workspace is at " + path, e);
        }
    }

    private static boolean isEmptyFolder(Path path) {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
            return !children.iterator().hasNext();
        } catch (IOException e) {
            throw new UncheckedIOException(path + " can't be read", e);
        }
    }

    // ---- what is kept

    /// All rescued work, by job, then task, then attempt.
    public List<Rescued> rescued() {
        return rescues.list();
    }

    /// Makes a new branch of rescued work.
    ///
    /// @throws WorkspaceException if there is such a branch
    public void restore(Rescued rescued, BranchName branch) {
        rescues.restore(rescued, branch);
    }

    /// Checks rescued work out in a folder that is missing or empty, as a worktree of the user's.
    public void restore(Rescued rescued, Path folder) {
        rescues.restore(rescued, folder);
    }

    /// Removes what is no longer needed, each only on proof that nothing is lost with it: workspaces whose work is in
    /// the result of their job, in a target or rescued, and in which no process works; branches of jobs, their results'
    /// too, that a target contains; commits kept for jobs whose result a target contains; what is older than asked.
    public Cleaning clean(CleanOrder order) throws InterruptedException {
        return new Cleaner(git, root, spares, preparation, rescues, order).clean();
    }

    /// Waits for what is done in the background and removes the worktrees that wait for a task.
    @Override
    public void close() {
        pool.close();
    }
}
