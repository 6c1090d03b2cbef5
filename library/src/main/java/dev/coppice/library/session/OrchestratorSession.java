package dev.coppice.library.session;

import dev.coppice.git.Discovery;
import dev.coppice.git.Git;
import dev.coppice.git.GitException;
import dev.coppice.git.Repositories;
import dev.coppice.process.Processes;
import dev.coppice.runtime.Surroundings;
import dev.coppice.workspace.WorkspaceException;
import dev.coppice.workspace.Workspaces;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// What the processes of one pattern have in common, after document 002: a working directory, a model, and a folder
/// for their logs, `<log directory>/<session id>/`, with `session.log` and `<process id>.log`. Nothing in it is ever
/// erased, and git does not see it.
///
/// It holds nothing open, so there is nothing to close. Safe for use by many threads.
///
/// ```
/// OrchestratorSession session = new OrchestratorSession("parallel-agents");
/// List<ProcessResult> results =
///         Patterns.parallel(
///                 List.of(
///                         session.createProcess("Analyze security", "security"),
///                         session.createProcess("Analyze performance", "performance")));
/// ```
public final class OrchestratorSession {
    private static final Path LOGS = Path.of(".claude", "runtime", "logs");
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("uuuuMMdd_HHmmss", Locale.ROOT);
    private static final int CHANCE = 1 << 24;

    private final String patternName;
    private final String sessionId;
    private final Surroundings surroundings;
    private final Optional<String> model;
    private final Optional<Duration> timeout;
    private final boolean streamOutput;
    private final Journal journal;
    private final AtomicInteger created = new AtomicInteger();
    private final AtomicInteger unnamed = new AtomicInteger();

    /// A session in the current folder, with its logs in `.claude/runtime/logs` there, and with the agent's own model.
    ///
    /// @throws IllegalArgumentException if the name is blank
    /// @throws UncheckedIOException if the folder of its logs can't be made; with an [InterruptedIOException] where the thread is
    ///     interrupted, which it stays
    public OrchestratorSession(String patternName) {
        this(new Builder(patternName));
    }

    private OrchestratorSession(Builder builder) {
        this.patternName = builder.patternName;
        this.surroundings = builder.surroundings;
        this.model = builder.model;
        this.timeout = builder.timeout;
        this.streamOutput = builder.streamOutput;
        Path directory = makeDirectory(baseLogDirectory(builder));
        this.sessionId = String.valueOf(directory.getFileName());
        this.journal =
                Journal.ofSession(
                        directory,
                        List.of(
                                "Session ID: " + sessionId,
                                "Pattern: " + patternName,
                                "Working Directory: " + surroundings.folder(),
                                "Log Directory: " + directory,
                                "Model: " + model.orElse("default")),
                        surroundings.clock());
    }

    /// A session that says more than its name.
    public static Builder named(String patternName) {
        return new Builder(patternName);
    }

    /// Collects what a session is made with; used by one thread.
    public static final class Builder {
        private final String patternName;
        private Surroundings surroundings = Surroundings.ofThisProcess();
        private Optional<Path> baseLogDirectory = Optional.empty();
        private Optional<String> model = Optional.empty();
        private Optional<Duration> timeout = Optional.empty();
        private boolean streamOutput = true;

        private Builder(String patternName) {
            if (patternName.isBlank()) {
                throw new IllegalArgumentException("a session needs a name that is not blank");
            }
            this.patternName = patternName;
        }

        /// Where the processes stand; default: the current folder.
        public Builder workingDirectory(Path folder) {
            surroundings = surroundings.in(folder);
            return this;
        }

        /// Where the folder of the session's logs is made; default: `.claude/runtime/logs` in the working directory.
        public Builder baseLogDirectory(Path folder) {
            baseLogDirectory = Optional.of(folder.toAbsolutePath());
            return this;
        }

        /// The model of the session's processes; default: the agent's own.
        public Builder model(String name) {
            model = Optional.of(name);
            return this;
        }

        /// The longest time that each of the session's processes may take; default: none.
        public Builder timeout(Duration each) {
            timeout = Optional.of(each);
            return this;
        }

        /// Whether what the session's processes print is passed on to our own standard output and errors; default: true.
        public Builder streamOutput(boolean isStreamed) {
            streamOutput = isStreamed;
            return this;
        }

        /// In another environment than this process's, whose folder becomes the working directory.
        public Builder surroundings(Surroundings others) {
            surroundings = others;
            return this;
        }

        /// Begins the session.
        ///
        /// @throws UncheckedIOException if the folder of its logs can't be made; with an [InterruptedIOException] where the
        ///     thread is interrupted, which it stays
        public OrchestratorSession open() {
            return new OrchestratorSession(this);
        }
    }

    /// In a working directory that is absent nothing is made: its processes fail, and say so in the current folder.
    private static Path baseLogDirectory(Builder builder) {
        Path there = builder.surroundings.folder();
        Path folder = Files.isDirectory(there) ? there : Path.of("").toAbsolutePath();
        return builder.baseLogDirectory.orElseGet(() -> folder.resolve(LOGS));
    }

    private Path makeDirectory(Path base) {
        Path made = makeUnseen(base);
        SecureRandom chance = new SecureRandom();
        LocalDateTime now =
                LocalDateTime.ofInstant(surroundings.clock().instant(), ZoneId.systemDefault());
        String begin = Journal.fileName(patternName) + "_" + SECOND.format(now) + "_";
        while (true) {
            try {
                String id = begin + String.format(Locale.ROOT, "%06x", chance.nextInt(CHANCE));
                return Files.createDirectory(made.resolve(id));
            } catch (FileAlreadyExistsException _) {
                // another session has this id
            } catch (IOException e) {
                throw new UncheckedIOException("no folder for logs can be made in " + base, e);
            }
        }
    }

    /// Makes the folder so that git does not see it.
    private Path makeUnseen(Path folder) {
        if (!Files.isDirectory(surroundings.folder())) {
            return Workspaces.makeFolder(Optional.empty(), folder);
        }
        try (Processes processes = Processes.open()) {
            Repositories repositories = new Repositories(processes, surroundings.environment());
            Optional<Git> git =
                    repositories.discover(surroundings.folder()) instanceof Discovery.Found found
                            ? Optional.of(repositories.open(found))
                            : Optional.empty();
            return Workspaces.makeFolder(git, folder);
        } catch (GitException | WorkspaceException e) {
            throw new UncheckedIOException(
                    "no folder for logs can be made in " + folder, interruptedOr(e));
        }
    }

    /// The thread stays interrupted.
    private static IOException interruptedOr(RuntimeException e) {
        IOException cause =
                Thread.currentThread().isInterrupted()
                        ? new InterruptedIOException("the thread was interrupted")
                        : new IOException(e.getMessage());
        cause.initCause(e);
        return cause;
    }

    /// The name that it was opened with.
    public String patternName() {
        return patternName;
    }

    /// The pattern's name, the second in which the session began, and six digits that tell it from every other.
    public String sessionId() {
        return sessionId;
    }

    /// The folder that its processes work in.
    public Path workingDirectory() {
        return surroundings.folder();
    }

    /// The folder that its logs are in.
    public Path logDirectory() {
        return journal.directory();
    }

    /// The model of its processes; empty: the one that the agent takes by itself.
    public Optional<String> model() {
        return model;
    }

    /// A process called `process_001`, `process_002` …
    public AgentProcess createProcess(String prompt) {
        return createProcess(
                prompt, String.format(Locale.ROOT, "process_%03d", unnamed.incrementAndGet()));
    }

    /// A process with the session's model, timeout and streaming, which its `with` methods change.
    ///
    /// @param processId the name of its log and the id of its results
    /// @throws IllegalArgumentException for a blank prompt or id
    public AgentProcess createProcess(String prompt, String processId) {
        AgentProcess process =
                new AgentProcess(
                        journal, surroundings, prompt, processId, model, streamOutput, timeout);
        created.incrementAndGet();
        return process;
    }

    /// The same with another timeout.
    ///
    /// @throws IllegalArgumentException unless the timeout is more than zero
    public AgentProcess createProcess(String prompt, String processId, Duration timeout) {
        return createProcess(prompt, processId).withTimeout(timeout);
    }

    /// Writes a line into `session.log`: `[15:30:02] [INFO] text`.
    public void log(String text) {
        log(text, "INFO");
    }

    /// Writes a line of this level into `session.log`.
    ///
    /// @param level INFO, WARNING or ERROR
    public void log(String text, String level) {
        journal.log(level, text);
    }

    /// The log of the whole session.
    public Path sessionLog() {
        return logDirectory().resolve(Journal.SESSION_LOG);
    }

    /// The log of one of its processes.
    public Path processLog(String processId) {
        return journal.processLog(processId);
    }

    /// What the session is and what its processes came to, for people.
    public String summarize() {
        List<String> runs = journal.runs();
        StringBuilder text = new StringBuilder();
        text.append("Session Summary:\n");
        text.append("  ID: ").append(sessionId).append('\n');
        text.append("  Pattern: ").append(patternName).append('\n');
        text.append("  Working Dir: ").append(workingDirectory()).append('\n');
        text.append("  Log Dir: ").append(logDirectory()).append('\n');
        text.append("  Processes Created: ").append(created.get()).append('\n');
        text.append("  Runs: ").append(runs.size()).append('\n');
        runs.forEach(run -> text.append("    ").append(run).append('\n'));
        return text.toString();
    }

    @Override
    public String toString() {
        return sessionId;
    }
}
