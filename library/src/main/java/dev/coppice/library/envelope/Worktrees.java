package dev.coppice.library.envelope;

import dev.coppice.git.Authorship;
import dev.coppice.git.BranchName;
import dev.coppice.git.CommitMessage;
import dev.coppice.git.Git;
import dev.coppice.git.Identity;
import dev.coppice.git.Landed;
import dev.coppice.git.LandingOrder;
import dev.coppice.git.RefName;
import dev.coppice.model.CommitId;
import dev.coppice.model.JobId;
import dev.coppice.model.Settings;
import dev.coppice.model.TaskId;
import dev.coppice.process.Marker;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Surroundings;
import dev.coppice.workspace.Slug;
import dev.coppice.workspace.VirtualEnvironments;
import dev.coppice.workspace.WorkspaceRequest;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/// Worktrees that no job works in, known by their branches. All paths are absolute. Safe for use by many threads.
final class Worktrees {
    private static final Path FOLDER = Path.of(".coppice", "worktrees");
    private static final TaskId TASK = new TaskId("worktree");
    private static final List<String> RESERVED =
            List.of(VirtualEnvironments.FOLDER, "task_envelope.json", "task_result.json");

    private final Surroundings surroundings;
    private final OpenRepositories repositories;
    private final SecureRandom chance = new SecureRandom();

    Worktrees(Surroundings surroundings, OpenRepositories repositories) {
        this.surroundings = surroundings;
        this.repositories = repositories;
    }

    /// Where they are unless something else is said.
    static Path in(Path repository) {
        return repository.resolve(FOLDER);
    }

    /// A new one, in place of what has its name.
    Path create(String branchName, Path repository, Path base) throws InterruptedException {
        Coppice coppice = repositories.made(repository);
        coppice.makeFolder(base);
        return coppice.workspaces().acquire(request(coppice, branchName, base)).path();
    }

    /// Removes one and its branch; gives what was rescued of them.
    Optional<RefName> remove(String branchName, Path repository, Path base)
            throws InterruptedException {
        if (!repositories.isThere(repository)) {
            return Optional.empty();
        }
        Coppice coppice = repositories.at(repository);
        return coppice.workspaces().discard(request(coppice, branchName, base));
    }

    private WorkspaceRequest request(Coppice coppice, String branchName, Path base) {
        Git git = coppice.git();
        BranchName branch = new BranchName(branchName);
        CommitId head =
                git.refs()
                        .resolve("HEAD")
                        .orElseThrow(() -> new EnvelopeException("The repository has no commit."));
        JobId label = JobId.of(surroundings.clock().instant(), chance.nextLong());
        Path path = base.resolve(branchName);
        return new WorkspaceRequest(
                label,
                TASK,
                1,
                1,
                Slug.of(TASK, branchName),
                Optional.of(branch),
                git.refs().defaultBranch().map(BranchName::value).orElse(head.value()),
                head,
                path,
                Settings.Environment.NONE,
                RESERVED,
                surroundings.environment(),
                new Marker("COPPICE_ATTEMPT_MARK", label + "/" + TASK + "/1"),
                path.resolveSibling(path.getFileName() + ".log"));
    }

    /// Merges a branch, with a merge commit.
    ///
    /// @param target absent: `main` or, where there is none, the default branch
    /// @throws EnvelopeException if there is no such branch
    Landed merge(String branchName, Path repository, Optional<String> target) {
        Git git = repositories.at(repository).git();
        BranchName branch = new BranchName(branchName);
        CommitId tip =
                git.refs()
                        .commit(branch.ref())
                        .orElseThrow(() ->
                                new EnvelopeException("There is no branch " + branchName + "."));
        Identity user = git.committer();
        return git.landing()
                .merge(
                        new LandingOrder(
                                target.map(BranchName::new).orElseGet(() -> usualTarget(git)),
                                tip,
                                branch,
                                new Authorship(user, user, surroundings.clock().instant()),
                                CommitMessage.of("Merge agent work from " + branchName)));
    }

    private static BranchName usualTarget(Git git) {
        BranchName main = new BranchName(Orchestration.DEFAULT_TARGET_BRANCH);
        return git.refs().commit(main.ref()).isPresent()
                ? main
                : git.refs().defaultBranch().orElse(main);
    }
}
