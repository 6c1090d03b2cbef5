package dev.coppice.bench;

import dev.coppice.model.JobId;
import dev.coppice.model.Settings;
import dev.coppice.model.TaskId;
import dev.coppice.process.Marker;
import dev.coppice.workspace.BranchTemplate;
import dev.coppice.workspace.Slug;
import dev.coppice.workspace.Workspace;
import dev.coppice.workspace.WorkspaceRequest;
import dev.coppice.workspace.Workspaces;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// A workspace for a task, out of the pool.
///
/// @param files of the repository
record PooledWorkspace(int files, Goal goal) implements Row {
    private static final JobId JOB = new JobId("0123456789ab");
    private static final BranchTemplate TEMPLATE = new BranchTemplate("coppice/<job>/<n>-<slug>");
    private static final int ROUNDS = 7;
    private static final int SPARES = 2;

    @Override
    public int number() {
        return 2;
    }

    @Override
    public String what() {
        return "a workspace out of the pool, %,d files".formatted(files);
    }

    @Override
    public String against() {
        return "git worktree add";
    }

    @Override
    public String unit() {
        return "ms";
    }

    @Override
    public Measurement measure(Bench bench) throws Exception {
        GitScene scene = bench.repository(files);
        Path folder = bench.folder();
        int[] number = {0};
        try (Workspaces workspaces =
                Workspaces.open(
                        scene.git(),
                        bench.processes(),
                        folder.resolve("workspaces"),
                        folder.resolve("home"),
                        SPARES,
                        InstantSource.system())) {
            return bench.inTurns(
                    ROUNDS,
                    () -> acquire(workspaces, request(scene, folder, ++number[0])),
                    () -> add(scene, folder.resolve("by-hand-" + ++number[0])));
        }
    }

    private double acquire(Workspaces workspaces, WorkspaceRequest request) throws Exception {
        workspaces.warm(SPARES, request.base());
        Stillness.await();
        Workspace[] acquired = new Workspace[1];
        double millis = Bench.millis(() -> acquired[0] = workspaces.acquire(request));
        workspaces.release(acquired[0]);
        Stillness.await();
        return millis;
    }

    private double add(GitScene scene, Path worktree) throws Exception {
        String branch = worktree.getFileName() + "-of-" + files;
        double millis =
                Bench.millis(() ->
                        scene.scratch()
                                .git("worktree", "add", "-q", "-b", branch, worktree.toString()));
        scene.scratch().git("worktree", "remove", worktree.toString());
        return millis;
    }

    private static WorkspaceRequest request(GitScene scene, Path folder, int number)
            throws IOException {
        TaskId task = new TaskId("part-" + number);
        Slug slug = Slug.of(task, "");
        Path worker = folder.toRealPath().resolve("jobs").resolve("worker_" + number);
        return new WorkspaceRequest(
                JOB,
                task,
                number,
                1,
                slug,
                Optional.of(TEMPLATE.branch(JOB, number, slug)),
                "trunk",
                scene.head(),
                worker.resolve("worktree"),
                Settings.Environment.NONE,
                List.of(),
                scene.scratch().environment(),
                new Marker("COPPICE_BENCH", "worker-" + number),
                worker.resolve("setup.log"));
    }
}
