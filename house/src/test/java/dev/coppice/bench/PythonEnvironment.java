package dev.coppice.bench;

import dev.coppice.testkit.Wheels;
import dev.coppice.workspace.Requirements;
import dev.coppice.workspace.VirtualEnvironments;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A Python environment of a task's own. That pip can install into it is made sure of in each round, outside the time.
record PythonEnvironment(Goal goal) implements Row {
    private static final Requirements NOTHING = new Requirements(List.of(), List.of());
    private static final int ROUNDS = 5;
    private static final int ENVIRONMENTS = 20;
    private static final String PACKAGE = "elm";

    @Override
    public int number() {
        return 4;
    }

    @Override
    public String what() {
        return "a Python environment that pip can install into";
    }

    @Override
    public String against() {
        return "python3 -m venv";
    }

    @Override
    public String unit() {
        return "ms";
    }

    @Override
    public Measurement measure(Bench bench) throws Exception {
        Path folder = bench.folder();
        VirtualEnvironments environments = VirtualEnvironments.under(folder.resolve("home"));
        Path wheels = folder.resolve("wheels");
        Wheels.write(wheels, PACKAGE, "1.0");
        Map<String, String> variables = new HashMap<>(System.getenv());
        variables.putAll(Wheels.environment(wheels));
        return bench.inTurns(
                ROUNDS, () -> ours(bench, environments, variables), () -> theirs(bench, variables));
    }

    private static double ours(
            Bench bench, VirtualEnvironments environments, Map<String, String> variables)
            throws Exception {
        List<Path> folders = new ArrayList<>();
        for (int i = 0; i < ENVIRONMENTS; i++) {
            folders.add(bench.folder());
        }
        Path log = Files.createTempFile(bench.folder(), "python", ".log");
        double millis =
                Bench.millis(() -> {
                    for (Path folder : folders) {
                        environments.make(bench.processes(), folder, NOTHING, variables, log);
                    }
                });
        requireUsable(bench, folders.getLast(), variables);
        return millis / ENVIRONMENTS;
    }

    private static double theirs(Bench bench, Map<String, String> variables) throws Exception {
        Path folder = bench.folder();
        double millis =
                Bench.millis(() ->
                        bench.run(folder, variables, List.of("python3", "-m", "venv", ".venv")));
        requireUsable(bench, folder, variables);
        return millis;
    }

    private static void requireUsable(Bench bench, Path folder, Map<String, String> variables)
            throws InterruptedException {
        String python = folder.resolve(VirtualEnvironments.FOLDER).resolve("bin/python").toString();
        bench.run(folder, variables, List.of(python, "-m", "pip", "install", "-q", PACKAGE));
        String where =
                bench.run(
                        folder,
                        variables,
                        List.of(python, "-c", "import elm; print(elm.__file__)"));
        if (!where.startsWith(folder.toString())) {
            throw new IllegalStateException("pip installed into " + where);
        }
    }
}
