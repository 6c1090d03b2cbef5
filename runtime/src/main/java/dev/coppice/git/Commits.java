package dev.coppice.git;

import dev.coppice.model.CommitId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.NavigableSet;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The commits of a repository: reading, comparing and writing them without any checkout. Safe for use by many
/// threads.
public final class Commits {
    private final Git git;

    Commits(Git git) {
        this.git = git;
    }

    /// Whether `commit` is `container` or one of its ancestors.
    public boolean isContained(CommitId commit, CommitId container) {
        return git.call("merge-base", "--is-ancestor").with(commit, container).holds();
    }

    /// Those of `commits` that are neither one of `containers` nor an ancestor of one, by one process.
    public Set<CommitId> notContained(
            Collection<CommitId> commits, Collection<CommitId> containers) {
        Set<CommitId> beyond = new HashSet<>(commits);
        if (!beyond.isEmpty() && !containers.isEmpty()) {
            beyond.retainAll(beyond(commits, containers).keySet());
        }
        return beyond;
    }

    /// Every commit that one of `heads` contains and `floor` does not, each before its parents, with its parents;
    /// by one process.
    public SequencedMap<CommitId, List<CommitId>> above(
            Collection<CommitId> heads, CommitId floor) {
        return beyond(heads, List.of(floor));
    }

    private SequencedMap<CommitId, List<CommitId>> beyond(
            Collection<CommitId> heads, Collection<CommitId> floors) {
        String revisions =
                Stream.concat(
                                heads.stream().map(CommitId::value),
                                floors.stream().map(floor -> "^" + floor))
                        .map(revision -> revision + "\n")
                        .collect(Collectors.joining());
        SequencedMap<CommitId, List<CommitId>> parents = new LinkedHashMap<>();
        GitCall call = git.call("rev-list", "--topo-order", "--parents", "--stdin");
        for (String line : call.input(revisions).done().lines()) {
            List<CommitId> ids = new ArrayList<>();
            for (String id : line.split(" ", -1)) {
                ids.add(new CommitId(id));
            }
            parents.put(ids.getFirst(), List.copyOf(ids.subList(1, ids.size())));
        }
        return parents;
    }

    /// What leads from one commit to another, as git shows it to people: a patch, binary files left out.
    public String patch(CommitId from, CommitId to) {
        return git.call("diff", "--no-color", "--no-ext-diff", "--no-textconv")
                .with(from.value(), to.value())
                .done()
                .text();
    }

    /// The files in which `to` differs from `from`.
    public Changes changes(CommitId from, CommitId to) {
        List<String> created = new ArrayList<>();
        List<String> modified = new ArrayList<>();
        List<String> deleted = new ArrayList<>();
        for (TreeChange change : TreeChange.between(git, from.value(), to.value())) {
            switch (change.kind()) {
                case CREATED -> created.add(change.path());
                case MODIFIED -> modified.add(change.path());
                case DELETED -> deleted.add(change.path());
            }
        }
        return new Changes(created, modified, deleted);
    }

    /// The tracked files of a commit, of which at most `filesMax` are listed.
    public Outline outline(CommitId commit, int filesMax) {
        List<String> files =
                git.call("ls-tree", "-r", "-z", "--name-only", "--full-tree")
                        .with(commit)
                        .done()
                        .fields();
        return new Outline(files.subList(0, Math.min(filesMax, files.size())), files.size());
    }

    /// Says of paths from the top whether a commit has a file or folder there; by one process, once it is first asked.
    /// For one thread.
    public Predicate<String> paths(CommitId commit) {
        NavigableSet<String> files = new TreeSet<>();
        return path -> {
            if (files.isEmpty()) {
                files.addAll(outline(commit, Integer.MAX_VALUE).files());
            }
            String name = Path.of("/", path).normalize().toString().substring(1);
            String folder = name.isEmpty() ? "" : name + "/";
            String within = files.ceiling(folder);
            return files.contains(name) || (within != null && within.startsWith(folder));
        };
    }

    /// The size of a commit's files together: what a checkout of it takes on disk, at least.
    ///
    /// @throws GitException also where files are not here, as in a partial clone: none is fetched for this
    public long bytes(CommitId commit) {
        return git
                .call("ls-tree", "-r", "-l", "-z", "--full-tree")
                .variable("GIT_NO_LAZY_FETCH", 1)
                .with(commit)
                .done()
                .fields()
                .stream()
                .map(field -> field.substring(0, field.indexOf('\t')).split(" +", -1)[3])
                .filter(size -> !size.equals("-"))
                .mapToLong(Long::parseLong)
                .sum();
    }

    /// The trailers at the end of a commit's message, in their order.
    public List<CommitMessage.Trailer> trailers(CommitId commit) {
        String lines =
                git.call("rev-list", "--max-count=1", "--no-commit-header")
                        .with("--format=%(trailers:only,unfold)", commit)
                        .done()
                        .text();
        return lines.lines()
                .map(line -> line.split(": ", 2))
                .filter(parts -> parts.length == 2)
                .map(parts -> new CommitMessage.Trailer(parts[0], parts[1]))
                .toList();
    }

    /// The tree of a commit.
    public TreeId tree(CommitId commit) {
        return trees(List.of(commit)).getFirst();
    }

    /// The tree of each commit, in their order; by one process.
    public List<TreeId> trees(List<CommitId> commits) {
        return git
                .call("rev-parse")
                .with(commits.stream().map(commit -> commit + "^{tree}").toList())
                .done()
                .lines()
                .stream()
                .map(TreeId::new)
                .toList();
    }

    /// Writes a commit, unsigned, and gives its id. No ref is touched.
    public CommitId write(CommitDraft draft) {
        return writeObject(draft.object().getBytes(StandardCharsets.UTF_8));
    }

    CommitId writeObject(byte[] object) {
        return new CommitId(
                git.call("hash-object", "-t", "commit", "-w", "--stdin")
                        .input(object)
                        .done()
                        .text());
    }
}
