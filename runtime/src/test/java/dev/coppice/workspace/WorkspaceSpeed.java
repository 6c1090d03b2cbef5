package dev.coppice.workspace;

import dev.coppice.git.Authorship;
import dev.coppice.git.CommitMessage;
import dev.coppice.git.Identity;
import dev.coppice.git.Leftovers;
import dev.coppice.merge.ConflictPolicy;
import dev.coppice.merge.Incoming;
import dev.coppice.merge.JoinOrder;
import dev.coppice.merge.Joining;
import dev.coppice.merge.Merges;
import dev.coppice.model.CommitId;
import dev.coppice.model.Settings;
import dev.coppice.process.Command;
import dev.coppice.process.Finished;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;

/// Measures what a workspace costs, each against what a plain script would do, in turns:
/// a workspace from the pool against `git worktree add`; a Python environment against
/// `python3 -m venv`; and 16 no-op tasks in 4 slots, from workspace to merge, against a script that
/// adds a worktree, commits and merges for each.
///
/// Run it by hand, with the folder whose disk counts as its argument.
final class WorkspaceSpeed {
    private static final int ROUNDS = 7;
    private static final int TASKS = 16;
    private static final int SLOTS = 4;
    private static final Settings.Environment PYTHON =
            new Settings.Environment(
                    List.of(), List.of(), List.of(), Optional.of(List.of()), List.of(), 0);

    private final Path folder;
    private int number;

    private WorkspaceSpeed(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(arguments[0]), "workspace-speed");
        try {
            WorkspaceSpeed speed = new WorkspaceSpeed(folder);
            speed.measurePool(5_000);
            speed.measurePool(30_000);
            speed.measurePython();
            speed.measureTasks(Settings.Environment.NONE);
            speed.measureTasks(PYTHON);
        } finally {
            Leftovers.delete(folder);
        }
    }

    /// Removes what the plain ways left, outside of any measurement: hundreds of worktrees would slow both.
    private void clear(Scene scene) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, "plain-*")) {
            for (Path path : left) {
                scene.git.worktrees().remove(path);
                Leftovers.delete(path);
            }
        }
    }

    private Scene sceneOf(int files) {
        Path place = folder.resolve("with-" + files + "-files-" + number++);
        return new Scene(
                ScratchRepository.ofFiles(place.resolve("repository"), files),
                place.resolve("workspaces"));
    }

    /// How long each of two ways took, in all rounds.
    private record Comparison(List<Long> plain, List<Long> ours) {
        Comparison() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        void print(String what) {
            System.out.printf(
                    Locale.ROOT,
                    "%-44s %9.2f ms  plain %9.2f ms  ratio %.4f%n",
                    what,
                    median(ours) / 1e6,
                    median(plain) / 1e6,
                    (double) median(ours) / median(plain));
        }

        private static long median(List<Long> nanos) {
            return nanos.stream().sorted().toList().get(nanos.size() / 2);
        }
    }

    @FunctionalInterface
    private interface Work {
        void run() throws Exception;
    }

    private static void time(LongConsumer sink, Work work) throws Exception {
        long start = System.nanoTime();
        work.run();
        sink.accept(System.nanoTime() - start);
    }

    private void measurePool(int files) throws Exception {
        Comparison fresh = new Comparison();
        Comparison used = new Comparison();
        Comparison cold = new Comparison();
        try (Scene scene = sceneOf(files)) {
            for (int round = 0; round < ROUNDS; round++) {
                Path plain = folder.resolve("plain-" + number++);
                time(
                        nanos -> List.of(fresh, used, cold).forEach(c -> c.plain().add(nanos)),
                        () ->
                                git(
                                        scene,
                                        "worktree",
                                        "add",
                                        "-q",
                                        "-b",
                                        "b" + number,
                                        plain.toString()));
                try (Workspaces workspaces = scene.open()) {
                    Workspace first = acquire(scene, workspaces, cold.ours()::add);
                    workspaces.warm(1, scene.head());
                    settle();
                    Workspace second = acquire(scene, workspaces, fresh.ours()::add);
                    workspaces.release(second);
                    settle();
                    workspaces.release(acquire(scene, workspaces, used.ours()::add));
                    workspaces.release(first);
                }
                clear(scene);
            }
        }
        fresh.print("workspace from the pool, " + files + " files");
        used.print("  given on by another task");
        cold.print("  with an empty pool");
    }

    /// Lets the pool do its work, and the second pass in which the files were written.
    private static void settle() throws InterruptedException {
        Thread.sleep(Duration.ofMillis(3500));
    }

    private Workspace acquire(Scene scene, Workspaces workspaces, LongConsumer sink)
            throws Exception {
        WorkspaceRequest request = scene.request(number++, 1);
        List<Workspace> acquired = new ArrayList<>();
        time(sink, () -> acquired.add(workspaces.acquire(request)));
        return acquired.getFirst();
    }

    private void measurePython() throws Exception {
        Comparison environment = new Comparison();
        try (Scene scene = sceneOf(10)) {
            Path log = folder.resolve("python.log");
            Path place = Files.createDirectories(folder.resolve("python"));
            Requirements none = new Requirements(List.of(), List.of());
            VirtualEnvironments environments = VirtualEnvironments.under(folder.resolve("home"));
            environments.make(scene.processes, place, none, scene.variables(), log);
            for (int round = 0; round < 2 * ROUNDS; round++) {
                Path plain = folder.resolve("plain-" + number++);
                time(
                        environment.plain()::add,
                        () -> run(scene, folder, "python3", "-m", "venv", plain.toString()));
                Path ours = Files.createDirectories(folder.resolve("ours-" + number++));
                time(
                        environment.ours()::add,
                        () ->
                                environments.make(
                                        scene.processes, ours, none, scene.variables(), log));
            }
        }
        environment.print("Python environment");
    }

    private void measureTasks(Settings.Environment environment) throws Exception {
        Comparison warm = new Comparison();
        Comparison cold = new Comparison();
        String what =
                environment.requirements().isPresent() ? "no-op task with venv" : "no-op task";
        try (Scene scene = sceneOf(5_000)) {
            scene.workspaces.acquire(scene.request(number++, 1, scene.head(), environment));
            for (int round = 0; round < 3; round++) {
                time(
                        nanos -> List.of(warm, cold).forEach(c -> c.plain().add(nanos / TASKS)),
                        () -> script(scene, environment));
                try (Workspaces workspaces = scene.open()) {
                    time(
                            nanos -> cold.ours().add(nanos / TASKS),
                            () -> tasks(scene, workspaces, environment));
                }
                try (Workspaces workspaces = scene.open()) {
                    clear(scene);
                    workspaces.warm(SLOTS, scene.head());
                    settle();
                    time(
                            nanos -> warm.ours().add(nanos / TASKS),
                            () -> tasks(scene, workspaces, environment));
                }
            }
        }
        warm.print(what + ", warm");
        cold.print(what + ", cold");
    }

    private void tasks(Scene scene, Workspaces workspaces, Settings.Environment environment)
            throws Exception {
        List<Future<Incoming>> done = new ArrayList<>();
        CommitId base = scene.head();
        try (ExecutorService slots = Executors.newFixedThreadPool(SLOTS)) {
            for (int i = 0; i < TASKS; i++) {
                WorkspaceRequest request = scene.request(number++, 1, base, environment);
                done.add(slots.submit(() -> task(scene, workspaces, request)));
            }
        }
        List<Incoming> incoming = new ArrayList<>();
        for (Future<Incoming> each : done) {
            incoming.add(each.get());
        }
        Identity ours = Identity.COPPICE;
        Joining joined =
                new Merges(scene.git)
                        .join(
                                new JoinOrder(
                                        scene.git.checkout(),
                                        base,
                                        incoming,
                                        ConflictPolicy.OURS,
                                        new Authorship(ours, ours, Scene.NOW)));
        if (!(joined instanceof Joining.Joined)) {
            throw new IllegalStateException(joined.toString());
        }
    }

    private Incoming task(Scene scene, Workspaces workspaces, WorkspaceRequest request)
            throws Exception {
        Workspace workspace = workspaces.acquire(request);
        run(scene, workspace.path(), "/bin/sh", "-c", "echo x > made-" + request.number());
        CommitId commit = new CommitId(scene.commit(workspace));
        workspaces.release(workspace);
        return new Incoming(
                workspace.branch().value(), commit, "Work", List.<CommitMessage.Trailer>of());
    }

    /// The same by a script's means, in as many slots; the merges wait for each other.
    private void script(Scene scene, Settings.Environment environment) throws Exception {
        Path target = folder.resolve("plain-target-" + number++);
        git(scene, "worktree", "add", "-q", "--detach", target.toString());
        List<Future<String>> done = new ArrayList<>();
        try (ExecutorService slots = Executors.newFixedThreadPool(SLOTS)) {
            for (int i = 0; i < TASKS; i++) {
                int task = number++;
                done.add(slots.submit(() -> scriptedTask(scene, environment, task)));
            }
        }
        for (Future<String> branch : done) {
            run(scene, target, "git", "merge", "-q", "--no-ff", "-m", "Merge", branch.get());
        }
    }

    private String scriptedTask(Scene scene, Settings.Environment environment, int task)
            throws Exception {
        Path plain = folder.resolve("plain-" + task);
        git(scene, "worktree", "add", "-q", "-b", "script-" + task, plain.toString());
        if (environment.requirements().isPresent()) {
            run(
                    scene,
                    plain,
                    "python3",
                    "-m",
                    "venv",
                    plain.resolveSibling(plain.getFileName() + "-venv").toString());
        }
        run(scene, plain, "/bin/sh", "-c", "echo x > made-" + task);
        run(scene, plain, "git", "add", "-A");
        run(scene, plain, "git", "commit", "-qm", "Work");
        return "script-" + task;
    }

    private static void git(Scene scene, String... arguments) throws Exception {
        List<String> argv = new ArrayList<>(List.of("git"));
        argv.addAll(List.of(arguments));
        run(scene, scene.repository.path(), argv.toArray(String[]::new));
    }

    private static void run(Scene scene, Path where, String... argv)
            throws InterruptedException, IOException {
        Finished finished =
                scene.processes.run(Command.of(where, scene.variables(), List.of(argv)));
        if (!finished.isSuccess()) {
            throw new IOException(String.join(" ", argv) + ": " + finished);
        }
    }
}
