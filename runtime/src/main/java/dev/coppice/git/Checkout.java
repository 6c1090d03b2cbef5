package dev.coppice.git;

import dev.coppice.model.CommitId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// One checkout of a repository: the user's own, or a worktree of ours.
///
/// Looking never writes, not even git's index. What writes (`commit`, `rescue`, `reset`, `beginMerge`) is for
/// worktrees of ours in which no process works; they refuse the user's checkout. The commands keep to the checkout
/// even if an agent deleted or changed its `.git`. One thread at a time for a worktree.
public final class Checkout {
    /// What a git command that was killed, or an operation that was left half done, leaves in a worktree's git folder.
    static final List<String> UNFINISHED =
            List.of(
                    "index.lock",
                    "HEAD.lock",
                    "MERGE_HEAD",
                    "MERGE_MODE",
                    "MERGE_MSG",
                    "AUTO_MERGE",
                    "SQUASH_MSG",
                    "CHERRY_PICK_HEAD",
                    "REVERT_HEAD",
                    "BISECT_START",
                    "BISECT_LOG",
                    "BISECT_NAMES",
                    "sequencer",
                    "rebase-merge",
                    "rebase-apply");

    private static final String WORKERS =
            "checkout.workers=" + Runtime.getRuntime().availableProcessors();

    private final Git git;
    private final Path folder;
    private final Path gitFolder;

    Checkout(Git git, Path folder, Path gitFolder) {
        this.git = git;
        this.folder = folder;
        this.gitFolder = gitFolder;
    }

    /// The checkout's top folder, without links in its path.
    public Path folder() {
        return folder;
    }

    Path gitFolder() {
        return gitFolder;
    }

    GitCall call(String... arguments) {
        return git.callIn(folder, gitFolder, arguments);
    }

    // ---- looking

    /// Where the checkout stands.
    public Head head() {
        return Heads.read(
                call("symbolic-ref", "--quiet", "HEAD").answer(),
                call("rev-parse", "--verify", "--quiet", "HEAD^{commit}").answer());
    }

    /// The files that are not as the commit has them, untracked ones too, ignored ones not.
    public SortedSet<String> uncommitted() {
        SortedSet<String> paths = new TreeSet<>();
        status().entries().forEach(entry -> paths.add(entry.path()));
        return paths;
    }

    /// Whether git tracks `file`; it tracks none outside of the checkout, and refuses to be asked for one.
    public boolean isTracked(Path file) {
        return file.startsWith(folder)
                && !call("ls-files", "-z", "--").with(file).done().fields().isEmpty();
    }

    /// Whether it stands on this branch and all that is in it is committed, but for what `exclusions` name and what git
    /// ignores. Files that git was told not to look at may have changed: with such files it is never so.
    public boolean isCommittedOn(BranchName branch, Exclusions exclusions) {
        Status status = status();
        return status.head().on().equals(Optional.of(branch)) && isClean(status, exclusions);
    }

    /// Whether it stands on this commit and on no branch, and nothing is in it but for what `exclusions` name and what git
    /// ignores.
    public boolean isUntouchedAt(CommitId commit, Exclusions exclusions) {
        Status status = status();
        return status.head().equals(new Head.Detached(commit)) && isClean(status, exclusions);
    }

    private boolean isClean(Status status, Exclusions exclusions) {
        return status.entries().stream().allMatch(entry -> exclusions.covers(entry.path()))
                && hidden().isEmpty();
    }

    /// What the checkout is like now.
    public Fingerprint fingerprint() {
        Status status = status();
        SortedMap<String, String> states = new TreeMap<>();
        for (Status.Entry entry : status.entries()) {
            states.put(entry.path(), state(entry));
        }
        return new Fingerprint(status.head(), states);
    }

    private String state(Status.Entry entry) {
        String kind =
                switch (entry) {
                    case Status.Tracked tracked -> tracked.code();
                    case Status.Unmerged _ -> "unmerged";
                    case Status.Untracked _ -> "untracked";
                };
        try {
            BasicFileAttributes file =
                    Files.readAttributes(
                            folder.resolve(entry.path()),
                            BasicFileAttributes.class,
                            LinkOption.NOFOLLOW_LINKS);
            return kind + " " + file.size() + " " + file.lastModifiedTime();
        } catch (IOException e) {
            return kind + " absent";
        }
    }

    /// Why an agent must not be started here, if so: its own git would not find this worktree, standing on `branch`, or on
    /// none, but something else.
    public Optional<String> whyNotIsolated(Optional<BranchName> branch) {
        if (gitFolder.equals(git.commonFolder()) || folder.equals(git.topLevel())) {
            return Optional.of(folder + " is the user's own checkout");
        }
        GitAnswer answer =
                git.discovering(
                                folder,
                                "rev-parse",
                                "--path-format=absolute",
                                "--show-toplevel",
                                "--absolute-git-dir",
                                "--git-common-dir")
                        .answer();
        if (answer.exit() != 0) {
            return Optional.of(folder + " is no worktree: " + answer.errors().strip());
        }
        List<String> expected =
                List.of(folder.toString(), gitFolder.toString(), git.commonFolder().toString());
        if (!answer.lines().equals(expected)) {
            return Optional.of(
                    "in " + folder + " git finds " + answer.lines() + " instead of " + expected);
        }
        String on = symbolicHead();
        boolean isThere =
                branch.map(name -> on.equals(name.ref().value()))
                        .orElseGet(() -> !on.startsWith("refs/"));
        return isThere
                ? Optional.empty()
                : Optional.of(
                        folder
                                + " stands on "
                                + on
                                + " instead of "
                                + branch.map(BranchName::value).orElse("no branch"));
    }

    /// What HEAD is. `rev-parse` would not tell where somebody has a branch called `HEAD`.
    private String symbolicHead() {
        String text = headFile();
        boolean isElsewhere = text.equals("ref: refs/heads/.invalid"); // refs are in one table
        return isElsewhere
                ? call("symbolic-ref", "--quiet", "HEAD").answer().text()
                : text.replaceFirst("^ref: ", "");
    }

    private String headFile() {
        try {
            return Files.readString(gitFolder.resolve("HEAD")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(gitFolder + " can't be read", e);
        }
    }

    Status status() {
        return status(index());
    }

    private Status status(Path index) {
        return Status.read(
                call(
                                "status",
                                "--porcelain=v2",
                                "--branch",
                                "-z",
                                "--untracked-files=all",
                                "--no-renames",
                                "--no-ahead-behind")
                        .variable("GIT_INDEX_FILE", index)
                        .done()
                        .fields());
    }

    // ---- committing

    /// Commits all work in the worktree on the order's branch: what is uncommitted, and what the agent committed, on
    /// whatever branch. The new commit is there even if nothing changed. No hook runs, nothing is signed. Afterwards
    /// the worktree stands on the branch, and its index is the commit's.
    ///
    /// The agent's own commits stay as they are, unless one of them touched an excluded path: then they are written
    /// anew without it.
    public Committed commit(WorkOrder order) {
        requireOurs();
        dropLocks();
        Status status = status();
        Optional<CommitId> tip = tip(order.branch(), status.head());
        CommitId head = status.head().at().or(() -> tip).orElse(order.base());
        List<String> nested = nestedRepositories(status, order.base(), head, order.exclusions());
        if (!nested.isEmpty()) {
            return new Committed.NestedRepositories(nested);
        }
        Staging staging = new Staging(this, index());
        staging.stage(status, order.exclusions());
        Cleansing cleansing = new Cleansing(git, this);
        CommitId cleansed = cleansing.without(order.exclusions(), order.base(), head);
        if (!cleansed.equals(head)) {
            call("reset", "--quiet", "--no-refresh")
                    .with(cleansed, "--")
                    .with(order.exclusions().pathspecs())
                    .done();
        }
        List<CommitId> needed = new ArrayList<>(order.merged());
        needed.addFirst(order.base());
        tip.filter(left -> !left.equals(head))
                .map(left -> cleansing.without(order.exclusions(), order.base(), left))
                .ifPresent(needed::addFirst);
        CommitId commit =
                git.commits()
                        .write(
                                new CommitDraft(
                                        staging.writeTree(),
                                        parents(cleansed, needed),
                                        order.authorship(),
                                        order.message()));
        git.refs().writeOrFail(new RefUpdate(order.branch().ref(), tip, Optional.of(commit)));
        if (!status.head().on().equals(Optional.of(order.branch()))) {
            call("symbolic-ref", "HEAD", order.branch().ref().value()).done();
        }
        dropUnfinished();
        return new Committed.Done(commit);
    }

    private Optional<CommitId> tip(BranchName branch, Head head) {
        return head.on().equals(Optional.of(branch)) ? head.at() : git.refs().commit(branch.ref());
    }

    /// The work's own head, and what it must contain but left: what the agent committed on the branch before it went to
    /// another, and the base, where it amended that or began a history of its own. Such work could be joined with
    /// nothing, or would be joined against another commit than its changes are counted from.
    private List<CommitId> parents(CommitId head, List<CommitId> needed) {
        List<CommitId> parents = new ArrayList<>(List.of(head));
        for (CommitId commit : needed) {
            if (parents.stream().noneMatch(p -> isContained(commit, p))) {
                parents.add(commit);
            }
        }
        return parents;
    }

    private boolean isContained(CommitId commit, CommitId in) {
        return commit.equals(in) || git.commits().isContained(commit, in);
    }

    /// Repositories that lie in the worktree without being submodules, in files or in the agent's commits.
    private List<String> nestedRepositories(
            Status status, CommitId base, CommitId head, Exclusions exclusions) {
        NavigableSet<String> found = new TreeSet<>();
        List<String> links = new ArrayList<>();
        for (Status.Entry entry : status.entries()) {
            switch (entry) {
                case Status.Untracked file when file.isRepository() ->
                        found.add(file.path().substring(0, file.path().length() - 1));
                case Status.Tracked file
                        when file.inIndex().isRepository() && !file.inCommit().isRepository() ->
                        links.add(file.path());
                case Status.Tracked _, Status.Unmerged _, Status.Untracked _ -> {}
            }
        }
        if (!head.equals(base)) {
            for (TreeChange change : TreeChange.between(git, base.value(), head.value())) {
                if (change.after().isRepository() && !change.before().isRepository()) {
                    links.add(change.path());
                }
            }
        }
        if (!links.isEmpty()) {
            found.addAll(links);
            submodules().forEach(found::remove);
        }
        found.removeIf(exclusions::covers);
        return List.copyOf(found);
    }

    private List<String> submodules() {
        return call("config", "--file", ".gitmodules", "-z", "--get-regexp", "\\.path$")
                .answer()
                .fields()
                .stream()
                .map(field -> field.substring(field.indexOf('\n') + 1))
                .toList();
    }

    /// Keeps all work in the worktree as a commit that `ref` names: on top of what the agent committed, all that is
    /// uncommitted, untracked files and the files of nested repositories too (ignored ones not). The worktree, its
    /// index and its branch stay as they are. Empty if there is no work beyond `base`.
    ///
    /// What `ref` named before stays reachable from the new commit; the same work again makes no new one.
    public Optional<CommitId> rescue(
            RefName ref,
            CommitId base,
            Exclusions exclusions,
            Authorship authorship,
            CommitMessage message) {
        try (ScratchIndex index = ScratchIndex.copyOf(git, index())) {
            show(hidden(), index);
            Status status = status(index.file());
            CommitId head = status.head().at().orElse(base);
            Staging staging = new Staging(this, index.file());
            staging.stage(status, exclusions);
            staging.addNested(nestedRepositories(status, base, head, exclusions), exclusions);
            TreeId tree = staging.writeTree();
            if (head.equals(base) && tree.equals(git.commits().tree(base))) {
                return Optional.empty();
            }
            Optional<CommitId> before = git.refs().commit(ref);
            if (before.isPresent() && isKeptBy(before.get(), head, tree)) {
                return before;
            }
            List<CommitId> parents =
                    Stream.concat(Stream.of(head), before.stream()).distinct().toList();
            CommitId rescued =
                    git.commits().write(new CommitDraft(tree, parents, authorship, message));
            git.refs().writeOrFail(new RefUpdate(ref, before, Optional.of(rescued)));
            return Optional.of(rescued);
        }
    }

    /// Whether an earlier rescue kept these very files on top of the same commit.
    private boolean isKeptBy(CommitId rescued, CommitId head, TreeId tree) {
        return git.commits().tree(rescued).equals(tree)
                && git.refs().resolve(rescued + "^1").equals(Optional.of(head));
    }

    /// The files of a nested repository, by their paths in it: those that it tracks or does not ignore; a repository
    /// nested in it ends with `/`.
    List<String> filesOfNested(String repository) {
        GitAnswer answer =
                git.discovering(
                                folder.resolve(repository),
                                "ls-files",
                                "--cached",
                                "--others",
                                "--exclude-standard",
                                "-z")
                        .answer();
        return answer.exit() == 0 ? answer.fields() : Leftovers.filesIn(folder.resolve(repository));
    }

    // ---- giving a worktree another task

    /// Makes the worktree as if it had been added anew on `branch` at `at`: files, index, half-done operations and
    /// its `.git` are put right, and everything untracked or ignored goes, but for `kept`. The branch is made, or
    /// moved from wherever it was: what it had must be rescued before.
    ///
    /// @throws GitException if the branch is in use elsewhere
    public void reset(BranchName branch, CommitId at, Exclusions kept) {
        requireOurs();
        restoreLink();
        dropUnfinished();
        git.lock()
                .run(() -> {
                    Optional<String> user = git.worktrees().userOf(branch);
                    if (user.isPresent() && !user.get().equals(folder.toString())) {
                        throw new GitException(branch + " is in use in " + user.get());
                    }
                    git.refs()
                            .writeOrFail(
                                    new RefUpdate(
                                            branch.ref(),
                                            git.refs().commit(branch.ref()),
                                            Optional.of(at)));
                    call("symbolic-ref", "HEAD", branch.ref().value()).done();
                });
        refill(kept);
    }

    /// As [#reset], but on no branch.
    public void resetDetached(CommitId at) {
        requireOurs();
        restoreLink();
        dropUnfinished();
        call("update-ref", "--no-deref", "HEAD").with(at).done();
        refill(Exclusions.none());
    }

    /// Leaves its branch, or none, for a commit, as if it had been made there anew, provided that nothing is lost with
    /// that: all that is in it is committed on `branch`, or it stands on `at` and nothing was done in it, but for what
    /// `exclusions` name and what git ignores. It is git that refuses to lose a change, so that the files are looked
    /// through once, and not once to see and once to reset. Where this is false, what was excluded or ignored may be gone,
    /// and all else is as it was.
    public boolean leave(Optional<BranchName> branch, CommitId at, Exclusions exclusions) {
        requireOurs();
        if (!branch.map(this::standsOn).orElseGet(() -> isDetachedAt(at))) {
            return false;
        }
        Tagged tagged = tagged("--others", "--directory");
        if (!tagged.hidden().isEmpty()
                || !(covers(exclusions, tagged.others()) || covers(exclusions, unknown()))) {
            return false;
        }
        restoreLink();
        tagged.others().forEach(path -> Leftovers.delete(folder, path, Exclusions.none()));
        GitAnswer left = call("checkout", "--detach").with(at).setting(WORKERS).answer();
        if (left.exit() == 0 && left.text().isEmpty()) {
            dropUnfinished();
            return true;
        }
        if (left.exit() == 0 && branch.isPresent()) {
            call("checkout")
                    .with(branch.get(), "--")
                    .done(); // with the changes it had carried along
        }
        return false;
    }

    private boolean standsOn(BranchName branch) {
        return symbolicHead().equals(branch.ref().value());
    }

    private static boolean covers(Exclusions exclusions, List<String> paths) {
        return paths.stream().allMatch(exclusions::covers);
    }

    /// What git neither tracks nor ignores; a folder without any tracked file as a whole.
    private List<String> unknown() {
        return call("ls-files", "--others", "--exclude-standard", "--directory")
                .with("--no-empty-directory", "-z")
                .done()
                .fields();
    }

    /// Whether a merge was begun and neither committed nor given up.
    public boolean isMerging() {
        return Files.exists(gitFolder.resolve("MERGE_HEAD"));
    }

    /// Whether it stands on this commit and on no branch, by a look at one file.
    public boolean isDetachedAt(CommitId at) {
        return headFile().equals(at.toString());
    }

    private void refill(Exclusions kept) {
        if (!hidden().isEmpty()) {
            Leftovers.delete(index());
        }
        fill();
        for (String path : call("ls-files", "--others", "--directory", "-z").done().fields()) {
            Leftovers.delete(folder, path, kept);
        }
    }

    /// The files that git was told not to look at.
    private List<String> hidden() {
        return tagged().hidden();
    }

    /// Files that are not like most: told apart by the letter that git sets before a path.
    ///
    /// @param hidden what git was told not to look at; a sparse checkout does so by right
    /// @param others what git does not track, if that was asked for
    private record Tagged(List<String> hidden, List<String> others) {}

    private Tagged tagged(String... more) {
        boolean isSparse = Files.exists(gitFolder.resolve("info").resolve("sparse-checkout"));
        Tagged tagged = new Tagged(new ArrayList<>(), new ArrayList<>());
        GitCall call = call("ls-files", "-v", "-z", "--cached").with(List.of(more));
        for (String field : call.done().fieldsBut('H')) {
            char tag = field.charAt(0);
            String path = field.substring(2);
            if (tag == '?') {
                tagged.others().add(path);
            } else if (Character.isLowerCase(tag) || (tag == 'S' && !isSparse)) {
                tagged.hidden().add(path);
            }
        }
        return tagged;
    }

    private void show(List<String> hidden, ScratchIndex index) {
        if (!hidden.isEmpty()) {
            for (String flag : List.of("--no-assume-unchanged", "--no-skip-worktree")) {
                call("update-index", flag, "-z", "--stdin")
                        .input(String.join("\0", hidden) + "\0")
                        .variable("GIT_INDEX_FILE", index.file())
                        .done();
            }
        }
    }

    /// Writes the files of HEAD, on all cores where there are many.
    void fill() {
        call("reset", "--hard", "--quiet").setting(WORKERS).done();
    }

    private void restoreLink() {
        Path link = folder.resolve(".git");
        String text = "gitdir: " + gitFolder + "\n";
        try {
            if (!Files.isRegularFile(link, LinkOption.NOFOLLOW_LINKS)
                    || !Files.readString(link).equals(text)) {
                Leftovers.delete(link);
                Files.writeString(link, text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(link + " can't be put right", e);
        }
    }

    // ---- a conflicted merge to be resolved

    /// Starts to merge `incoming` into what the worktree stands on and stops before the commit: what could be merged
    /// is staged, conflicting files have markers in git's default form, as if a person had typed `git merge`.
    ///
    /// @param name what the markers call the incoming side: a revision that means `incoming`, such as its branch
    /// @return the files in conflict, sorted
    public List<String> beginMerge(CommitId incoming, String name) {
        requireOurs();
        boolean isName = git.refs().resolve(name).equals(Optional.of(incoming));
        // git asks who commits, though nothing is committed here
        Identity committer = git.committer();
        GitCall merge =
                call(
                                "merge",
                                "--no-ff",
                                "--no-commit",
                                "--no-edit",
                                "--no-autostash",
                                "--quiet",
                                "--")
                        .with(isName ? name : incoming.value())
                        .variable("GIT_COMMITTER_NAME", committer.name())
                        .variable("GIT_COMMITTER_EMAIL", committer.email());
        GitAnswer answer = merge.answer();
        List<String> conflicts = new ArrayList<>();
        for (Status.Entry entry : status().entries()) {
            if (entry instanceof Status.Unmerged(String path, TreeEntry _, String _)) {
                conflicts.add(path);
            }
        }
        if (answer.exit() != 0 && conflicts.isEmpty()) {
            throw merge.failure(answer);
        }
        return conflicts.stream().sorted().toList();
    }

    // ---- the user's checkout, when the user asked for it

    /// The operation of the user's that waits for its end, if there is one.
    Optional<String> unfinishedOperation() {
        return List.of(
                        "MERGE_HEAD",
                        "CHERRY_PICK_HEAD",
                        "REVERT_HEAD",
                        "rebase-merge",
                        "rebase-apply",
                        "sequencer")
                .stream()
                .filter(name -> Files.exists(gitFolder.resolve(name)))
                .findFirst();
    }

    /// Merges as `git merge` does, which the landing has found to be possible. If git sees it otherwise, or is ended
    /// while it merges, the checkout is put back as it was.
    ///
    /// @param tip what the checkout stands on
    /// @param changes what the merge brings, where the landing has found no work of the user's
    void mergeByGit(LandingOrder order, CommitId tip, List<TreeChange> changes) {
        Identity author = order.authorship().author();
        Identity committer = order.authorship().committer();
        String when = order.authorship().when().getEpochSecond() + " +0000";
        GitCall merge =
                call("merge", "--no-ff", "--quiet", "--no-edit", "--no-autostash", "--no-gpg-sign")
                        .with("--no-verify", "--no-signoff", "--no-stat", "--no-squash", "--commit")
                        .with("--no-verify-signatures", "--strategy=ort", "--cleanup=verbatim")
                        .with("-m", order.message(), "--", order.result())
                        .variable("GIT_AUTHOR_NAME", author.name())
                        .variable("GIT_AUTHOR_EMAIL", author.email())
                        .variable("GIT_AUTHOR_DATE", when)
                        .variable("GIT_COMMITTER_NAME", committer.name())
                        .variable("GIT_COMMITTER_EMAIL", committer.email())
                        .variable("GIT_COMMITTER_DATE", when);
        GitAnswer answer;
        try {
            answer = merge.answer();
        } catch (GitException e) {
            if (Thread.currentThread().isInterrupted()) { // git was ended
                uninterrupted(() -> putBack(tip, changes));
            }
            throw e;
        }
        if (answer.exit() != 0) {
            uninterrupted(() -> {
                if (answer.wasEnded()) {
                    putBack(tip, changes);
                } else if (isMerging()) {
                    call("merge", "--abort").done();
                }
            });
            throw merge.failure(answer);
        }
    }

    /// What puts things right must not be ended as well.
    private static void uninterrupted(Runnable putting) {
        boolean isInterrupted = Thread.interrupted();
        try {
            putting.run();
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Takes back what a merge that was ended had done. One that had come to its commit is whole, and stays.
    private void putBack(CommitId tip, List<TreeChange> changes) {
        if (!head().at().equals(Optional.of(tip))) {
            return;
        }
        if (isMerging()) {
            call("merge", "--abort").done();
            return;
        }
        call("read-tree", "-m")
                .with(tip)
                .done(); // the index alone: nothing of the user's was staged
        StringBuilder present = new StringBuilder();
        for (TreeChange change : changes) {
            if (change.kind() != TreeChange.Kind.CREATED) {
                present.append(change.path()).append('\0');
            } else if (!Files.isDirectory(
                    folder.resolve(change.path()), LinkOption.NOFOLLOW_LINKS)) {
                Leftovers.delete(folder.resolve(change.path()));
            }
        }
        if (!present.isEmpty()) {
            call("restore", "--worktree", "--pathspec-from-file=-", "--pathspec-file-nul")
                    .variable("GIT_LITERAL_PATHSPECS", 1)
                    .input(present.toString())
                    .done();
        }
    }

    // ---- what all of them need

    private void requireOurs() {
        git.worktrees().requireOurs(folder);
    }

    private Path index() {
        return gitFolder.resolve("index");
    }

    private void dropLocks() {
        UNFINISHED.stream()
                .filter(name -> name.endsWith(".lock"))
                .forEach(name -> Leftovers.delete(gitFolder.resolve(name)));
    }

    private void dropUnfinished() {
        UNFINISHED.forEach(name -> Leftovers.delete(gitFolder.resolve(name)));
    }
}
