package dev.coppice.git;

import dev.coppice.model.CommitId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The refs of a repository: what names mean, and moving them. Safe for use by many threads.
public final class Refs {
    private static final RefName ORIGIN_HEAD = new RefName("refs/remotes/origin/HEAD");

    private final Git git;

    Refs(Git git) {
        this.git = git;
    }

    /// The commit that a revision of the user's words names (`HEAD~2`, a tag, a branch, an id), if it names one.
    public Optional<CommitId> resolve(String revision) {
        if (revision.indexOf('\0') >= 0) {
            return Optional.empty();
        }
        GitAnswer answer =
                git.call("rev-parse", "--verify", "--quiet", "--end-of-options")
                        .with(revision + "^{commit}")
                        .answer();
        return answer.exit() == 0 ? Optional.of(new CommitId(answer.text())) : Optional.empty();
    }

    /// The commit that a ref names, if there is such a ref.
    public Optional<CommitId> commit(RefName ref) {
        return resolve(ref.value());
    }

    /// The refs whose full names begin with `folder` (`refs/heads/coppice/`) and their commits, by one process.
    /// Refs that name no commit are left out.
    public SortedMap<RefName, CommitId> under(String folder) {
        SortedMap<RefName, CommitId> refs = new TreeMap<>();
        // a tag is an object of its own; its commit stands in the third field
        String format =
                "--format=%(refname) %(objectname) %(*objectname) %(objecttype) %(*objecttype)";
        for (String line : git.call("for-each-ref", format, folder).done().lines()) {
            String[] fields = line.split(" ", -1);
            if (fields[3].equals("commit")) {
                refs.put(new RefName(fields[0]), new CommitId(fields[1]));
            } else if (fields[4].equals("commit")) {
                refs.put(new RefName(fields[0]), new CommitId(fields[2]));
            }
        }
        return Collections.unmodifiableSortedMap(refs);
    }

    /// A commit and when it was committed, to the second.
    public record Dated(CommitId commit, Instant when) {}

    /// As [#under], with the commits' times.
    public SortedMap<RefName, Dated> dated(String folder) {
        SortedMap<RefName, Dated> refs = new TreeMap<>();
        String format = "--format=%(refname) %(objectname) %(committerdate:unix)";
        for (String line : git.call("for-each-ref", format, folder).done().lines()) {
            String[] fields = line.split(" ", -1);
            if (!fields[2].isEmpty()) {
                Instant when = Instant.ofEpochSecond(Long.parseLong(fields[2]));
                refs.put(new RefName(fields[0]), new Dated(new CommitId(fields[1]), when));
            }
        }
        return Collections.unmodifiableSortedMap(refs);
    }

    /// The first existing branch that makes a branch called `wanted` impossible, because one of the names is a
    /// folder of the other. A branch of that very name is none.
    public Optional<BranchName> blocking(BranchName wanted) {
        return under(BranchName.FOLDER).keySet().stream()
                .flatMap(ref -> ref.branch().stream())
                .filter(branch ->
                        wanted.value().startsWith(branch + "/")
                                || branch.value().startsWith(wanted + "/"))
                .findFirst();
    }

    /// The branch that work goes to by default: the one the user stands on; else origin's, `init.defaultBranch`,
    /// `main` or `master`, the first of them that exists here.
    public Optional<BranchName> defaultBranch() {
        Optional<BranchName> current = git.checkout().head().on();
        if (current.isPresent()) {
            return current;
        }
        GitAnswer origin = git.call("symbolic-ref", "--quiet", ORIGIN_HEAD.value()).answer();
        GitAnswer configured = git.call("config", "--get", "init.defaultBranch").answer();
        return List.of(
                        origin.text().replaceFirst("^refs/remotes/origin/", ""),
                        configured.text(),
                        "main",
                        "master")
                .stream()
                .filter(name -> BranchName.problem(name).isEmpty())
                .map(BranchName::new)
                .filter(branch -> commit(branch.ref()).isPresent())
                .findFirst();
    }

    /// Changes refs, all or none, each only if it is as expected. A branch that is checked out anywhere is never
    /// touched.
    public RefsUpdated update(List<RefUpdate> updates) {
        return git.lock()
                .holding(() -> {
                    Optional<String> inUse = inUse(updates);
                    return inUse.isPresent()
                            ? new RefsUpdated.Refused(inUse.get())
                            : write(updates);
                });
    }

    private Optional<String> inUse(List<RefUpdate> updates) {
        List<BranchName> branches =
                updates.stream().flatMap(update -> update.ref().branch().stream()).toList();
        if (branches.isEmpty()) {
            return Optional.empty();
        }
        Map<BranchName, String> users = git.worktrees().users();
        return branches.stream()
                .filter(users::containsKey)
                .map(branch -> branch.ref() + " is in use in " + users.get(branch))
                .findFirst();
    }

    /// As [#update(List)], also for a branch that is checked out: the caller sees to its checkout.
    RefsUpdated write(List<RefUpdate> updates) {
        if (updates.isEmpty()) {
            return new RefsUpdated.Done();
        }
        String lines = updates.stream().map(RefUpdate::line).collect(Collectors.joining());
        GitCall call = git.call("update-ref", "--stdin", "-z").input(lines);
        GitAnswer answer = git.lock().holding(call::answer);
        if (answer.exit() == 0) {
            return new RefsUpdated.Done();
        }
        if (answer.errors().contains("cannot lock ref")) {
            return new RefsUpdated.Refused(answer.errors().strip());
        }
        throw call.failure(answer);
    }

    /// As [#write(List)], where a refusal means that somebody interfered.
    void writeOrFail(RefUpdate update) {
        switch (write(List.of(update))) {
            case RefsUpdated.Done _ -> {}
            case RefsUpdated.Refused(String reason) -> throw new GitException(reason);
        }
    }

    /// Deletes branches that their callers know to be kept elsewhere, each only as long as it stands on the commit
    /// given and is checked out nowhere. By three processes, however many they are.
    ///
    /// @return those that stay, and why
    public SortedMap<BranchName, String> delete(SortedMap<BranchName, CommitId> branches) {
        if (branches.isEmpty()) {
            return Collections.emptySortedMap();
        }
        return git.lock()
                .holding(() -> {
                    SortedMap<BranchName, String> stay = new TreeMap<>();
                    Map<BranchName, String> users = git.worktrees().users();
                    SortedMap<RefName, CommitId> now = under(BranchName.FOLDER);
                    List<RefUpdate> deletions = new ArrayList<>();
                    branches.forEach((branch, tip) -> {
                        if (users.containsKey(branch)) {
                            stay.put(branch, "it is in use in " + users.get(branch));
                        } else if (tip.equals(now.get(branch.ref()))) {
                            deletions.add(RefUpdate.delete(branch.ref(), tip));
                        } else {
                            stay.put(branch, "it was moved meanwhile");
                        }
                    });
                    if (write(deletions) instanceof RefsUpdated.Refused(String reason)) {
                        branches.keySet().forEach(branch -> stay.putIfAbsent(branch, reason));
                    }
                    return stay;
                });
    }

    /// Deletes a branch, but only one that is checked out nowhere and whose every commit `target` contains.
    public RefsUpdated deleteContained(BranchName branch, CommitId target) {
        Optional<CommitId> tip = commit(branch.ref());
        if (tip.isEmpty()) {
            return new RefsUpdated.Refused("there is no branch " + branch);
        }
        if (!git.commits().isContained(tip.get(), target)) {
            return new RefsUpdated.Refused(
                    branch + " has commits that " + target.abbreviated() + " does not contain");
        }
        return update(List.of(RefUpdate.delete(branch.ref(), tip.get())));
    }
}
