package dev.coppice.workspace;

import dev.coppice.git.Authorship;
import dev.coppice.git.Checkout;
import dev.coppice.git.CommitMessage;
import dev.coppice.git.Committed;
import dev.coppice.git.Discovery;
import dev.coppice.git.Git;
import dev.coppice.git.Identity;
import dev.coppice.git.Repositories;
import dev.coppice.git.WorkOrder;
import dev.coppice.model.CommitId;
import dev.coppice.model.JobId;
import dev.coppice.model.Settings;
import dev.coppice.model.TaskId;
import dev.coppice.process.Command;
import dev.coppice.process.Finished;
import dev.coppice.process.Marker;
import dev.coppice.process.Processes;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A scratch repository and the workspaces of one job on it.
final class Scene implements AutoCloseable {
    static final JobId JOB = new JobId("0123456789ab");
    static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    static final BranchTemplate TEMPLATE = new BranchTemplate("coppice/<job>/<n>-<slug>");

    final ScratchRepository repository;
    final Processes processes = Processes.open();
    final Git git;
    final Path root;
    final Path home;
    Workspaces workspaces;

    Scene(ScratchRepository repository, Path root) {
        this.repository = repository;
        this.root = root;
        this.home = repository.path().resolveSibling("home");
        Repositories repositories = new Repositories(processes, repository.environment());
        this.git = repositories.open((Discovery.Found) repositories.discover(repository.path()));
        this.workspaces = open();
    }

    /// A repository with `README.md`, `src/Main.java` and a `.gitignore` for `*.log`, `.env*` and `node_modules/`.
    static Scene in(Path folder) {
        ScratchRepository repository = ScratchRepository.in(folder.resolve("a repository ü"));
        repository.write("src/Main.java", "class Main {}\n");
        repository.write(".gitignore", "*.log\n.env*\nnode_modules/\n");
        repository.commit("Begin");
        return new Scene(repository, repository.path().resolve(".coppice").resolve("workspace"));
    }

    Workspaces open() {
        return Workspaces.open(git, processes, root, home, 4, () -> NOW);
    }

    /// Closes the workspaces and opens them again, as another process would later.
    void openAgain() {
        workspaces.close();
        workspaces = open();
    }

    CommitId head() {
        return new CommitId(repository.head());
    }

    Map<String, String> variables() {
        Map<String, String> variables = new HashMap<>(repository.environment());
        variables.put("HOME", home.toString());
        return variables;
    }

    WorkspaceRequest request(int number, int attempt) {
        return request(number, attempt, head(), Settings.Environment.NONE);
    }

    /// For a task that brings no commit.
    WorkspaceRequest withoutBranch(int number, int attempt) {
        return request(number, attempt, head(), Settings.Environment.NONE, false);
    }

    WorkspaceRequest request(
            int number, int attempt, CommitId base, Settings.Environment environment) {
        return request(number, attempt, base, environment, true);
    }

    private WorkspaceRequest request(
            int number,
            int attempt,
            CommitId base,
            Settings.Environment environment,
            boolean hasBranch) {
        TaskId task = new TaskId("part-" + number);
        Slug slug = Slug.of(task, "");
        Path worker = root.resolve(JOB.folder()).resolve("depth_0").resolve("worker_" + number);
        return new WorkspaceRequest(
                JOB,
                task,
                number,
                attempt,
                slug,
                hasBranch ? Optional.of(TEMPLATE.branch(JOB, number, slug)) : Optional.empty(),
                "trunk",
                base,
                worker.resolve("worktree"),
                environment,
                List.of("task_envelope.json"),
                variables(),
                new Marker("COPPICE_TEST_RUN", JOB + "-" + number + "-" + attempt),
                worker.resolve("attempt_" + attempt).resolve("setup.log"));
    }

    Workspace acquire(Settings.Environment environment) throws InterruptedException {
        return workspaces.acquire(request(1, 1, head(), environment));
    }

    /// Commits the work in a workspace as the orchestrator does.
    String commit(Workspace workspace) {
        Identity worker = new Identity("worker_1", "worker_1@coppice.invalid");
        Checkout checkout = git.worktrees().at(workspace.path());
        Committed committed =
                checkout.commit(
                        new WorkOrder(
                                workspace.branch(),
                                workspace.base(),
                                workspace.exclusions(),
                                List.of(),
                                new Authorship(worker, worker, NOW),
                                CommitMessage.of("Work")));
        return ((Committed.Done) committed).commit().toString();
    }

    /// What a git command prints that an agent runs in its workspace.
    String agentGit(Workspace workspace, String... arguments) throws InterruptedException {
        List<String> argv = new ArrayList<>(List.of("git"));
        argv.addAll(List.of(arguments));
        Finished finished =
                processes.run(Command.of(workspace.path(), workspace.variables(), argv));
        if (!finished.isSuccess()) {
            throw new IllegalStateException(String.join(" ", argv) + ": " + finished);
        }
        return finished.stdoutText().stripTrailing();
    }

    static Path write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The files of a commit, sorted.
    List<String> files(String revision) {
        return repository.git("ls-tree", "-r", "--name-only", revision).lines().toList();
    }

    @Override
    public void close() {
        workspaces.close();
        processes.close();
    }
}
