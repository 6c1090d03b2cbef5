package dev.coppice.library.session;

import dev.coppice.folder.Secrets;
import dev.coppice.runtime.Coppice;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// The log files of document 002: `session.log`, and `<process>.log` for each process. Each is appended to, and secrets
/// are masked. A process without a session has no `session.log`. Safe for use by many threads.
final class Journal {
    private static final String RULE = "-".repeat(80);
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    /// What a file's name takes of a process's id, in characters: one has up to four bytes, and a name 255, of which the
    /// digits and the ending have 13.
    private static final int NAME_MAX = 60;

    static final String SESSION_LOG = "session.log";

    private static final String SESSION = "session";

    private final Path directory;
    private final Optional<Path> sessionLog;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();

    /// What each run came to, in words: what it printed would stay in memory for as long as the session.
    private final List<String> runs = new ArrayList<>();

    private volatile Secrets secrets = new Secrets(List.of());

    private Journal(Path directory, Optional<Path> sessionLog, InstantSource clock) {
        this.directory = directory;
        this.sessionLog = sessionLog;
        this.clock = clock;
    }

    static Journal withoutSession(Path directory) {
        return new Journal(directory, Optional.empty(), InstantSource.system());
    }

    /// Begins the log of a session.
    ///
    /// @param header what stands above the rule
    static Journal ofSession(Path directory, List<String> header, InstantSource clock) {
        Path file = directory.resolve(SESSION_LOG);
        Journal journal = new Journal(directory, Optional.of(file), clock);
        List<String> lines = new ArrayList<>(header);
        lines.add(journal.started());
        append(file, journal.header(lines));
        return journal;
    }

    Path directory() {
        return directory;
    }

    Path processLog(String processId) {
        return directory.resolve(logName(processId) + ".log");
    }

    /// Masks what is secret here, too, and makes the folder where no session has made it.
    void prepare(Coppice coppice) {
        secrets = coppice.secrets();
        if (sessionLog.isEmpty()) {
            coppice.makeFolder(directory);
        }
    }

    String masked(String text) {
        return secrets.mask(text);
    }

    /// Writes a line into the session's log, where there is one.
    void log(String level, String text) {
        sessionLog.ifPresent(file -> {
            lock.lock();
            try {
                append(file, line(level, text));
            } finally {
                lock.unlock();
            }
        });
    }

    /// Begins to tell of a run in the process's log.
    ///
    /// @param argv what is started
    ProcessLog begin(AgentProcess process, List<String> argv) {
        try {
            Files.createDirectories(directory);
            ProcessLog log =
                    new ProcessLog(
                            new BufferedWriter(
                                    new OutputStreamWriter(
                                            Files.newOutputStream(
                                                    processLog(process.processId()),
                                                    StandardOpenOption.CREATE,
                                                    StandardOpenOption.APPEND),
                                            StandardCharsets.UTF_8)));
            log.write(
                    header(
                            List.of(
                                    "Process: " + process.processId(),
                                    started(),
                                    "Command: " + argv,
                                    "Prompt: " + process.prompt())));
            return log;
        } catch (IOException e) {
            throw new UncheckedIOException("a log can't be written in " + directory, e);
        }
    }

    /// Takes what became of a run.
    void ended(ProcessResult result) {
        String run = result.processId() + ": " + result.summary();
        if (sessionLog.isPresent()) {
            lock.lock();
            try {
                runs.add(run);
            } finally {
                lock.unlock();
            }
        }
        log(result.isSuccess() ? "INFO" : "WARNING", run);
    }

    /// What the session's runs so far came to, a line each.
    List<String> runs() {
        lock.lock();
        try {
            return List.copyOf(runs);
        } finally {
            lock.unlock();
        }
    }

    private String started() {
        return "Started: " + MOMENT.format(now());
    }

    private String header(List<String> lines) {
        return secrets.mask(String.join("\n", lines)) + "\n" + RULE + "\n";
    }

    private String line(String level, String text) {
        return "[" + TIME.format(now()) + "] [" + level + "] " + secrets.mask(text) + "\n";
    }

    private LocalDateTime now() {
        return LocalDateTime.ofInstant(clock.instant(), ZoneId.systemDefault());
    }

    private static void append(Path file, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("the log " + file + " can't be written", e);
        }
    }

    /// The id, where a file can have it for a name; else what is left of it and digits of its own, so that `a b` and `a_b`
    /// have two logs, and none has the session's.
    private static String logName(String processId) {
        String name = fileName(processId);
        return name.equals(processId) && !name.equals(SESSION)
                ? name
                : name + "-" + HexFormat.of().toHexDigits(processId.hashCode());
    }

    /// The id as the name of a file, also where it has slashes or control characters.
    static String fileName(String id) {
        String safe = id.replaceAll("[^\\p{L}\\p{M}\\p{N}._-]", "_").replaceFirst("^\\.", "_");
        return safe.codePointCount(0, safe.length()) > NAME_MAX
                ? safe.substring(0, safe.offsetByCodePoints(0, NAME_MAX))
                : safe;
    }

    /// The part of a process's log that tells of one run. Safe for use by many threads.
    final class ProcessLog implements AutoCloseable {
        private final BufferedWriter file;
        private final ReentrantLock writing = new ReentrantLock();

        private ProcessLog(BufferedWriter file) {
            this.file = file;
        }

        void log(String level, String text) {
            write(line(level, text));
        }

        private void write(String text) {
            writing.lock();
            try {
                file.write(text);
                file.flush();
            } catch (IOException e) {
                throw new UncheckedIOException("a log in " + directory + " can't be written", e);
            } finally {
                writing.unlock();
            }
        }

        @Override
        public void close() {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException("a log in " + directory + " can't be closed", e);
            }
        }
    }
}
