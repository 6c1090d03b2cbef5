package dev.coppice.git;

import dev.coppice.model.CommitId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;

/// Worktrees of ours that stand on no branch and wait for a task: made before one is needed, or given on by a task that
/// ended. Safe for use by many threads, of which one at a time deals with one worktree.
public final class SpareWorktrees {
    /// What a worktree's git folder holds when it is new.
    private static final Set<String> NEW =
            Set.of("HEAD", "commondir", "gitdir", "index", "logs", "refs");

    /// What ordinary work leaves there, to be dropped.
    private static final Set<String> TRACES =
            Set.of("ORIG_HEAD", "FETCH_HEAD", "COMMIT_EDITMSG", "logs", "refs");

    private final Git git;

    SpareWorktrees(Git git) {
        this.git = git;
    }

    /// Makes a spare worktree in `folder`, which must be missing or empty, with the files of `at`. Empty, and nothing
    /// done, where git could not move such a worktree: it has submodules.
    public Optional<Checkout> make(Path folder, CommitId at) {
        boolean hasSubmodules =
                git.call("cat-file", "-e").with(at + ":.gitmodules").answer().exit() == 0;
        return hasSubmodules
                ? Optional.empty()
                : Optional.of(git.worktrees().addDetached(folder, at));
    }

    /// Makes a used worktree a spare one in another place, as if it had been made there anew at `at`. Its work must be
    /// committed or rescued before. Empty where that is not possible: it has submodules, or settings and the like of its
    /// own, so that it should be removed.
    public Optional<Checkout> giveBack(Checkout used, Path to, CommitId at) {
        if (!isReusable(used)) {
            return Optional.empty();
        }
        used.resetDetached(at);
        return lay(used, to);
    }

    /// Makes a worktree that stands on no branch, with nothing in it but its commit, a spare one in another place. Empty
    /// where that is not possible: it has submodules.
    public Optional<Checkout> lay(Checkout used, Path to) {
        if (hasSubmodules(used)) {
            return Optional.empty();
        }
        TRACES.forEach(name -> Leftovers.delete(used.gitFolder().resolve(name)));
        return Optional.of(git.worktrees().move(used, to));
    }

    /// Whether nothing was changed in a worktree that a reset would not undo: settings, locks, a sparse checkout,
    /// submodules.
    public boolean isReusable(Checkout used) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(used.gitFolder())) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                boolean isUndone =
                        NEW.contains(name)
                                || TRACES.contains(name)
                                || Checkout.UNFINISHED.contains(name);
                if (!isUndone) {
                    return false;
                }
            }
            return !hasSubmodules(used);
        } catch (IOException e) {
            throw new UncheckedIOException(used.gitFolder() + " can't be read", e);
        }
    }

    /// Moves a spare worktree to its task's place, which must be missing or empty.
    public Checkout take(Checkout spare, Path to) {
        return git.worktrees().move(spare, to);
    }

    /// Puts a spare worktree, or one just added, on the new branch `branch` at `at`. False, and nothing done, where
    /// that is not possible: there is such a branch, or somebody changed the worktree. [Checkout#reset] then can.
    public boolean begin(Checkout taken, BranchName branch, CommitId at) {
        trustIndex(taken);
        // with any option more (--quiet, --no-track) git would look at every file, though none is
        // to change
        GitCall call =
                taken.call("checkout", "-b").with(branch).setting("branch.autoSetupMerge=false");
        if (!taken.isDetachedAt(at)) {
            call.with(at);
        }
        return git.lock().holding(call::answer).exit() == 0;
    }

    /// Git reads each file again whose last change is not older, by whole seconds, than the index, since it might have
    /// been changed after the index was written: after a checkout that is every file. A spare worktree was not touched
    /// since, so that its index is as good as if it were written now; any change from now on has a later time than the
    /// index has noted for the file.
    private static void trustIndex(Checkout spare) {
        Path index = spare.gitFolder().resolve("index");
        try {
            Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
            if (Files.getLastModifiedTime(index).toInstant().isBefore(now)) {
                Files.setLastModifiedTime(index, FileTime.from(now));
            }
        } catch (NoSuchFileException _) {
            // no index: git makes one and reads every file
        } catch (IOException e) {
            throw new UncheckedIOException(index + " can't be reached", e);
        }
    }

    private static boolean hasSubmodules(Checkout used) {
        return Files.exists(used.folder().resolve(".gitmodules"), LinkOption.NOFOLLOW_LINKS);
    }
}
