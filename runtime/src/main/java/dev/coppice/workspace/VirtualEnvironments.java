package dev.coppice.workspace;

import dev.coppice.git.Leftovers;
import dev.coppice.model.Sha256;
import dev.coppice.process.Marker;
import dev.coppice.process.Processes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Python environments from a cache. A template is made once for each Python (`python3 -m venv`, pip
/// upgraded) and once more for each set of requirements (pip's work); a workspace then gets a
/// [VenvSkeleton] of its own over the template, which takes a millisecond.
///
/// The cache holds, for each template, a folder named by the hash of all that went into it, in which
/// `.complete` says that it is whole, and beside it `.lock` while one process makes it.
public final class VirtualEnvironments {
    /// The folder of an environment in its workspace.
    public static final String FOLDER = ".venv";

    /// What each call of pip may take, and the making of an empty environment.
    static final Duration PIP_TIMEOUT = Duration.ofMinutes(10);

    private static final Duration ASK_TIMEOUT = Duration.ofMinutes(1);
    private static final String COMPLETE = ".complete";

    /// What Python says of itself: all that a template depends on.
    private static final String WHO =
            "import sys; print(getattr(sys, '_base_executable', sys.executable), sys.version)";

    private final Path cache;
    private final Duration pipTimeout;
    private final Map<String, String> pythons = new ConcurrentHashMap<>();

    VirtualEnvironments(Path cache) {
        this(cache, PIP_TIMEOUT);
    }

    VirtualEnvironments(Path cache, Duration pipTimeout) {
        this.cache = cache;
        this.pipTimeout = pipTimeout;
    }

    /// The environments whose cache lies in what is kept per user.
    public static VirtualEnvironments under(Path home) {
        return new VirtualEnvironments(home.resolve("cache").resolve("python"));
    }

    /// Makes the environment `.venv` in any folder, in place of any that is there.
    ///
    /// @param variables the environment of Python and pip
    /// @param log what they print is added here
    /// @return what a person should know
    /// @throws WorkspaceException if there is no Python, or pip fails
    public List<String> make(
            Processes processes,
            Path folder,
            Requirements asked,
            Map<String, String> variables,
            Path log)
            throws InterruptedException {
        Marker marker = new Marker("COPPICE_PYTHON", UUID.randomUUID().toString());
        return make(
                new Programs(processes, Launching.by(processes), marker, folder, variables, log),
                asked);
    }

    /// Makes the environment `.venv` in a workspace, in place of any that is there.
    ///
    /// @param given runs its programs; the `PATH` among their variables says which `python3`
    /// @return what a person should know
    /// @throws WorkspaceException if there is no Python, or pip fails
    List<String> make(Programs given, Requirements asked) throws InterruptedException {
        // either variable would make another environment's packages visible in this one
        Programs programs = given.without("PYTHONHOME", "PYTHONPATH");
        Path workspace = programs.workspace();
        List<String> warnings = new ArrayList<>();
        Requirements requirements = asked.presentIn(workspace);
        String python = python(programs);
        Path base =
                template(
                        programs, "python-" + hash(python), at -> makeBase(programs, at, warnings));
        boolean isShared = requirements.isShareable(workspace);
        Path template = base;
        if (isShared && !requirements.isEmpty()) {
            String key =
                    String.join(
                            "\n",
                            python,
                            requirements.fingerprint(workspace),
                            settings(programs.variables()));
            template =
                    template(
                            programs,
                            "packages-" + hash(key),
                            at -> {
                                VenvSkeleton.over(base).writeTo(at);
                                install(programs, at, requirements);
                            });
        }
        Path own = workspace.resolve(FOLDER);
        try {
            VenvSkeleton.over(template).writeTo(own);
        } catch (IOException e) {
            throw new WorkspaceException("the environment " + own + " can't be made: " + e, e);
        }
        if (!isShared) {
            install(programs, own, requirements);
        }
        return warnings;
    }

    /// Which Python it is: asked once for each path and each choice that pyenv and its like would make.
    private String python(Programs programs) throws InterruptedException {
        try {
            Path choice = programs.workspace().resolve(".python-version");
            String key =
                    programs.variables().getOrDefault("PATH", "")
                            + '\n'
                            + (Files.isRegularFile(choice) ? Files.readString(choice) : "");
            Optional<String> known = Optional.ofNullable(pythons.get(key));
            if (known.isPresent()) {
                return known.get();
            }
            String answer = programs.ask(ASK_TIMEOUT, List.of("python3", "-c", WHO)).strip();
            pythons.put(key, answer);
            return answer;
        } catch (IOException e) {
            throw new WorkspaceException("the choice of Python can't be read: " + e, e);
        }
    }

    @FunctionalInterface
    private interface Maker {
        void makeAt(Path folder) throws IOException, InterruptedException;
    }

    private Path template(Programs programs, String name, Maker maker) throws InterruptedException {
        Path folder = cache.resolve(name);
        Path complete = folder.resolve(COMPLETE);
        if (Files.exists(complete)) {
            return folder;
        }
        return new MachineLock(cache.resolve(name + ".lock"))
                .holding(
                        Patience.of(programs.launching()),
                        () -> {
                            if (!Files.exists(complete)) {
                                Leftovers.delete(folder);
                                maker.makeAt(folder);
                                Files.createFile(complete);
                            }
                            return folder;
                        });
    }

    private void makeBase(Programs programs, Path at, List<String> warnings)
            throws IOException, InterruptedException {
        programs.run(pipTimeout, List.of("python3", "-m", "venv", at.toString()));
        Optional<String> failure =
                programs.failureOf(
                        pipTimeout, pip(at, List.of("--upgrade", "--retries", "0", "pip")));
        failure.ifPresent(why -> warnings.add("pip could not be upgraded: " + why));
    }

    private void install(Programs programs, Path environment, Requirements requirements)
            throws InterruptedException {
        if (!requirements.isEmpty()) {
            programs.run(pipTimeout, pip(environment, requirements.arguments()));
        }
    }

    private static List<String> pip(Path environment, List<String> arguments) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                environment.resolve("bin").resolve("python").toString(),
                                "-m",
                                "pip",
                                "--disable-pip-version-check",
                                "--no-input",
                                "install"));
        command.addAll(arguments);
        return command;
    }

    /// pip's settings in the environment: another index may have other packages.
    private static String settings(Map<String, String> variables) {
        TreeMap<String, String> settings = new TreeMap<>(variables);
        settings.keySet().removeIf(name -> !name.startsWith("PIP_"));
        return settings.toString();
    }

    /// Half of the digits: enough for a folder's name.
    private static String hash(String text) {
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8)).hex().substring(0, 32);
    }
}
