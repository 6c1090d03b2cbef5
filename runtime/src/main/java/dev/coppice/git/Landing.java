package dev.coppice.git;

import dev.coppice.model.CommitId;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Merges a result into a branch of the user's. Safe for use by many threads, in this process and others.
///
/// A target that is checked out is merged there, by git's own `merge`, and only if no file is touched that the user is
/// working on. Any other target is merged in memory and its ref moved. A ref never moves beneath its checkout.
public final class Landing {
    private final Git git;

    Landing(Git git) {
        this.git = git;
    }

    /// Merges as ordered, always with a merge commit.
    ///
    /// @throws GitException if there is no such target branch
    public Landed merge(LandingOrder order) {
        return git.lock().holding(() -> mergeHeld(order));
    }

    private Landed mergeHeld(LandingOrder order) {
        CommitId tip =
                git.refs()
                        .commit(order.target().ref())
                        .orElseThrow(
                                () -> new GitException("there is no branch " + order.target()));
        if (git.commits().isContained(order.result(), tip)) {
            return new Landed.AlreadyThere();
        }
        Optional<Path> place = git.worktrees().checkedOut(order.target());
        String command = command(order, place);
        Optional<String> user = git.worktrees().userOf(order.target());
        if (place.isEmpty() && user.isPresent()) {
            return new Landed.Busy(order.target() + " is in use in " + user.get(), command);
        }
        Checkout checkout = place.map(this::checkoutAt).orElseGet(git::checkout);
        MergedTree merged = git.mergeCommands().merge(checkout, tip, order.result());
        if (!merged.isClean()) {
            return new Landed.Conflicts(merged.conflictedPaths(), command);
        }
        return place.isPresent()
                ? mergeIn(checkout, tip, order, merged.tree(), command)
                : moveRef(tip, order, merged.tree(), command);
    }

    private Checkout checkoutAt(Path folder) {
        return folder.equals(git.topLevel())
                ? git.checkout()
                : git.worktrees()
                        .gitFolder(folder)
                        .map(gitFolder -> new Checkout(git, folder, gitFolder))
                        .orElseGet(() -> new Checkout(git, folder, git.commonFolder()));
    }

    private static String command(LandingOrder order, Optional<Path> place) {
        String merge = "merge --no-ff " + quoted(order.resultBranch().value());
        return place.map(folder -> "git -C " + quoted(folder.toString()) + " " + merge)
                .orElseGet(
                        () -> "git switch " + quoted(order.target().value()) + " && git " + merge);
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private Landed moveRef(CommitId tip, LandingOrder order, TreeId tree, String command) {
        CommitId commit =
                git.commits()
                        .write(
                                new CommitDraft(
                                        tree,
                                        List.of(tip, order.result()),
                                        order.authorship(),
                                        order.message()));
        return switch (git.refs()
                .update(List.of(RefUpdate.move(order.target().ref(), tip, commit)))) {
            case RefsUpdated.Done _ -> new Landed.Merged(commit);
            case RefsUpdated.Refused(String reason) -> new Landed.Busy(reason, command);
        };
    }

    private Landed mergeIn(
            Checkout checkout, CommitId tip, LandingOrder order, TreeId tree, String command) {
        Status status = checkout.status();
        List<TreeChange> changes = TreeChange.between(git, tip.value(), tree.value());
        NavigableSet<String> touched = touched(checkout.folder(), status, changes);
        if (!touched.isEmpty()) {
            return new Landed.WouldTouch(List.copyOf(touched), command);
        }
        Optional<String> unfinished = checkout.unfinishedOperation();
        if (unfinished.isPresent()) {
            return new Landed.Busy(
                    unfinished.get() + " is not finished in " + checkout.folder(), command);
        }
        checkout.mergeByGit(order, tip, changes);
        return new Landed.Merged(
                checkout.head()
                        .at()
                        .orElseThrow(() -> new GitException("no commit in " + checkout.folder())));
    }

    /// The files of the user's that a merge would run over: changed ones that it changes too, all that is staged
    /// (git merges onto a clean index only), and whatever lies untracked, even ignored, where it puts a new file.
    private static NavigableSet<String> touched(
            Path folder, Status status, List<TreeChange> changes) {
        Set<String> changed = new TreeSet<>();
        changes.forEach(change -> changed.add(change.path()));
        NavigableSet<String> touched = new TreeSet<>();
        for (Status.Entry entry : status.entries()) {
            boolean isTouched =
                    switch (entry) {
                        case Status.Tracked file ->
                                file.isStaged() || changed.contains(file.path());
                        case Status.Unmerged _ -> true;
                        case Status.Untracked _ -> false;
                    };
            if (isTouched) {
                touched.add(entry.path());
            }
        }
        for (TreeChange change : changes) {
            if (change.kind() == TreeChange.Kind.CREATED) {
                obstacle(folder, change.path(), changed).ifPresent(touched::add);
            }
        }
        return touched;
    }

    /// What lies where a new file is to come: a file of that name, a file in the place of one of its folders, or a
    /// folder with files that the merge does not take away.
    private static Optional<String> obstacle(Path folder, String path, Set<String> changed) {
        for (int end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1)) {
            String above = path.substring(0, end);
            Path place = folder.resolve(above);
            if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
            if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
                return changed.contains(above) ? Optional.empty() : Optional.of(above);
            }
        }
        Path place = folder.resolve(path);
        if (Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            return Leftovers.filesIn(place).stream()
                    .map(file -> path + "/" + file)
                    .filter(file -> !changed.contains(file))
                    .findFirst();
        }
        return Files.exists(place, LinkOption.NOFOLLOW_LINKS)
                ? Optional.of(path)
                : Optional.empty();
    }
}
