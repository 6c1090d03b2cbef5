package dev.coppice.git;

import dev.coppice.process.CannotStartException;
import dev.coppice.process.Command;
import dev.coppice.process.Finished;
import dev.coppice.process.Identity;
import dev.coppice.process.Marker;
import dev.coppice.process.Processes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The git program, and how it is always run here. Safe for use by many threads.
final class GitProgram {
    /// Ends what hangs (a dead network file system); a checkout of a huge repository takes minutes.
    private static final Duration TIMEOUT = Duration.ofMinutes(15);

    /// Room for the list of files of the largest repositories: a million paths take about 100 MB.
    private static final long OUTPUT_BYTES_MAX = 1L << 30;

    /// Another git process may hold a lock file for as long as it takes to write an index: with waits that
    /// double from 10 ms up to 1 s, twelve tries wait 5.6 s.
    private static final int TRIES_MAX = 12;

    private static final Duration WAIT_FIRST = Duration.ofMillis(10);
    private static final Duration WAIT_MAX = Duration.ofSeconds(1);

    private static final Pattern LOCKED =
            Pattern.compile("\\.lock': File exists|could not lock config file .*: File exists");

    /// No hook and no monitor is started by our commands, and nothing depends on habits. Filters, text conversions and
    /// merge drivers that the configuration names do run: without them files would be other files. So they, and whatever
    /// an agent may have named there, see no more of the user's environment than git needs.
    private static final List<String> ALWAYS =
            List.of(
                    "core.hooksPath=/dev/null",
                    "core.fsmonitor=false",
                    "core.quotePath=false",
                    "core.safecrlf=false",
                    "gc.auto=0",
                    "maintenance.auto=false",
                    "rerere.enabled=false",
                    "merge.conflictStyle=merge",
                    "submodule.recurse=false");

    /// What git needs: its programs and configuration, room for temporary files, who the user is; for git-lfs, which
    /// fetches what is missing, the way into the network. All other variables of git's would point our commands
    /// elsewhere, and no others are any business of programs that git starts.
    private static final Set<String> KEPT =
            Set.of(
                    "PATH",
                    "HOME",
                    "TMPDIR",
                    "TZ",
                    "HTTP_PROXY",
                    "HTTPS_PROXY",
                    "ALL_PROXY",
                    "NO_PROXY",
                    "http_proxy",
                    "https_proxy",
                    "all_proxy",
                    "no_proxy",
                    "SSL_CERT_FILE",
                    "SSL_CERT_DIR",
                    "GIT_CONFIG_GLOBAL",
                    "GIT_CONFIG_SYSTEM",
                    "GIT_CONFIG_NOSYSTEM",
                    "GIT_EXEC_PATH",
                    "GIT_AUTHOR_NAME",
                    "GIT_AUTHOR_EMAIL",
                    "GIT_COMMITTER_NAME",
                    "GIT_COMMITTER_EMAIL");

    /// Where a user configured git-lfs and then lost the program, git would refuse every checkout and commit: large
    /// files stay pointers instead.
    private static final List<String> WITHOUT_LFS =
            List.of(
                    "filter.lfs.smudge=",
                    "filter.lfs.clean=",
                    "filter.lfs.process=",
                    "filter.lfs.required=false");

    private static final String MARK = "COPPICE_GIT_MARK";

    private final Processes processes;
    private final Identity self;
    private final Map<String, String> environment;
    private final List<String> always;

    GitProgram(Processes processes, Map<String, String> usersEnvironment) {
        this.processes = processes;
        this.self = processes.self();
        this.environment = environmentFrom(usersEnvironment);
        this.always =
                Stream.concat(ALWAYS.stream(), hasLfs() ? Stream.of() : WITHOUT_LFS.stream())
                        .toList();
    }

    /// Whether the git-lfs program is on the path.
    boolean hasLfs() {
        return Stream.of(variable("PATH").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "git-lfs")));
    }

    private static Map<String, String> environmentFrom(Map<String, String> users) {
        Map<String, String> variables = new HashMap<>(users);
        variables.keySet().removeIf(name -> !KEPT.contains(name) && !name.startsWith("XDG_"));
        variables.put("LC_ALL", "C.UTF-8");
        variables.put("GIT_TERMINAL_PROMPT", "0");
        variables.put("GIT_OPTIONAL_LOCKS", "0");
        variables.put("GIT_EDITOR", ":");
        return Map.copyOf(variables);
    }

    /// The mark of commands on a repository that may be ended once this process no longer lives.
    Marker marker(Path commonFolder) {
        return new Marker(MARK, self + " " + commonFolder);
    }

    /// Ends what processes that no longer live had marked so for a repository.
    ///
    /// @return how many could not be ended
    int endOrphans(Path commonFolder, Duration grace) {
        return processes.marked(MARK).values().stream()
                .distinct()
                .filter(mark -> mark.endsWith(" " + commonFolder) && !isOwned(mark))
                .mapToInt(mark ->
                        processes.reap(Optional.empty(), new Marker(MARK, mark), grace).survivors())
                .sum();
    }

    private boolean isOwned(String mark) {
        return Identity.parse(mark.split(" ", 2)[0]).filter(processes::isAlive).isPresent();
    }

    /// A variable of the environment that commands get.
    String variable(String name) {
        return environment.getOrDefault(name, "");
    }

    /// A command that will run in `folder`.
    GitCall in(Path folder, String... arguments) {
        return new GitCall(this, folder, List.of(arguments));
    }

    GitAnswer run(
            Path folder,
            Map<String, String> variables,
            List<String> settings,
            List<String> arguments,
            byte[] input) {
        List<String> vector = new ArrayList<>();
        vector.add("git");
        for (String setting : always) {
            vector.add("-c");
            vector.add(setting);
        }
        for (String setting : settings) {
            vector.add("-c");
            vector.add(setting);
        }
        vector.addAll(arguments);
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(variables);
        Command command =
                Command.of(folder, all, vector)
                        .withStdin(input)
                        .withTimeout(TIMEOUT)
                        .withOutputBytesMax(OUTPUT_BYTES_MAX);
        try {
            return untilNotLocked(command);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GitException("git " + String.join(" ", arguments) + " was interrupted", e);
        } catch (CannotStartException e) {
            throw switch (e.reason()) {
                case PROGRAM_MISSING -> e;
                // the folder may have gone meanwhile: another has taken the worktree
                case DIRECTORY_MISSING, STREAM_FILE, REFUSED ->
                        new GitException("git can't be started in " + folder, e);
            };
        }
    }

    private GitAnswer untilNotLocked(Command command) throws InterruptedException {
        Duration wait = WAIT_FIRST;
        for (int tried = 1; ; tried++) {
            Finished finished = processes.run(command);
            boolean locked = !finished.isSuccess() && LOCKED.matcher(finished.stderr()).find();
            if (!locked || tried == TRIES_MAX) {
                return new GitAnswer(finished.exitCode(), finished.stdout(), finished.stderr());
            }
            Thread.sleep(wait);
            Duration twice = wait.multipliedBy(2);
            wait = twice.compareTo(WAIT_MAX) > 0 ? WAIT_MAX : twice;
        }
    }
}
