package dev.coppice.git;

import dev.coppice.model.CommitId;
import dev.coppice.process.Processes;
import dev.coppice.testkit.ScratchRepository;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A scratch repository and the same one through our door, with the words that tests of git share.
public final class OpenedRepository implements AutoCloseable {
    public static final Authorship AUTHORSHIP =
            new Authorship(
                    new Identity("worker_1", "worker_1@coppice.invalid"),
                    new Identity("Ada Tester", "ada@example.org"),
                    Instant.ofEpochSecond(1_760_000_000));

    private final Processes processes = Processes.open();
    private final ScratchRepository scratch;
    private final Git git;

    /// Opens a repository as a user whose variables point git elsewhere and who has no locale.
    public OpenedRepository(ScratchRepository scratch) {
        this(scratch, Map.of());
    }

    /// As the other, with more variables.
    public OpenedRepository(ScratchRepository scratch, Map<String, String> variables) {
        this.scratch = scratch;
        Map<String, String> environment = new HashMap<>(scratch.environment());
        environment.put("GIT_DIR", "/nonexistent");
        environment.put("GIT_INDEX_FILE", "/nonexistent/index");
        environment.remove("LC_ALL");
        environment.remove("LANG");
        environment.putAll(variables);
        Repositories repositories = new Repositories(processes, environment);
        if (repositories.discover(scratch.path()) instanceof Discovery.Found found) {
            this.git = repositories.open(found);
        } else {
            throw new IllegalStateException("no repository in " + scratch.path());
        }
    }

    /// Our door.
    public Git git() {
        return git;
    }

    /// The repository as git itself shows it.
    public ScratchRepository scratch() {
        return scratch;
    }

    /// The commit the user stands on.
    public CommitId head() {
        return new CommitId(scratch.head());
    }

    /// Makes a branch with one commit of these files, see [ScratchRepository#branch].
    public CommitId branch(String name, CommitId base, Map<String, String> files) {
        return new CommitId(scratch.branch(name, base.value(), files));
    }

    /// Adds a worktree beside the repository on a new branch at the user's commit.
    public Checkout worktree(String branch) {
        Path folder =
                scratch.path()
                        .resolveSibling("worktrees of ours")
                        .resolve(branch.replace('/', '-'));
        return git.worktrees().add(folder, new BranchName(branch), head());
    }

    /// What to commit on `branch`, based on `base`.
    public WorkOrder order(String branch, CommitId base, String... excluded) {
        return new WorkOrder(
                new BranchName(branch),
                base,
                Exclusions.of(List.of(excluded)),
                List.of(),
                AUTHORSHIP,
                new CommitMessage(
                        "Do the task", List.of(new CommitMessage.Trailer("Coppice-Task", "t1"))));
    }

    /// The files of a revision, sorted as git does, one a line.
    public String files(CommitId commit) {
        return scratch.git("ls-tree", "-r", "--name-only", commit.value());
    }

    @Override
    public void close() {
        processes.close();
    }
}
