package dev.coppice.library.envelope;

import dev.coppice.config.Configuration;
import dev.coppice.folder.Secrets;
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// `orchestrator_audit.log`, to which each line is appended as it comes, and the console, which gets the same. A line is
/// `2026-11-21T02:21:43.693000Z [INFO] orchestrator.create_worktree: message`; the stack trace of an error stands below
/// it. Secrets are masked. Safe for use by many threads.
final class AuditLog {
    /// How much a line matters, with its colour on a terminal.
    enum Level {
        DEBUG("\u001b[2m"),
        INFO(""),
        WARNING("\u001b[33m"),
        ERROR("\u001b[31m");

        private final String colour;

        Level(String colour) {
            this.colour = colour;
        }
    }

    private static final String PLAIN = "\u001b[0m";

    private final Path file;
    private final PrintStream console;
    private final boolean isColoured;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<String> known;
    private volatile Secrets secrets;

    AuditLog(Path file, PrintStream console, Map<String, String> environment, InstantSource clock) {
        this.file = file;
        this.console = console;
        this.isColoured =
                console.equals(System.out)
                        && Optional.ofNullable(System.console())
                                .filter(Console::isTerminal)
                                .isPresent()
                        && !environment.containsKey("NO_COLOR")
                        && !"dumb".equals(environment.get("TERM"));
        this.clock = clock;
        this.known = new HashSet<>(Configuration.secretsIn(environment));
        this.secrets = new Secrets(known);
    }

    /// From now on these secrets are masked, too.
    void mask(Set<String> more) {
        lock.lock();
        try {
            known.addAll(more);
            secrets = new Secrets(known);
        } finally {
            lock.unlock();
        }
    }

    String masked(String text) {
        return secrets.mask(text);
    }

    /// A JSON value whose texts are masked, to be written as JSON: there a secret may stand with escapes in it, by which
    /// it would not be known.
    Map<String, ?> maskedTexts(Map<String, ?> json) {
        return PythonJson.withTexts(json, secrets::mask);
    }

    void debug(String function, String message) {
        write(Level.DEBUG, clock.instant(), function, message);
    }

    void info(String function, String message) {
        write(Level.INFO, clock.instant(), function, message);
    }

    void warning(String function, String message) {
        write(Level.WARNING, clock.instant(), function, message);
    }

    void error(String function, String message) {
        write(Level.ERROR, clock.instant(), function, message);
    }

    void error(String function, Throwable cause) {
        StringWriter trace = new StringWriter();
        cause.printStackTrace(new PrintWriter(trace));
        write(Level.ERROR, clock.instant(), function, trace.toString().strip());
    }

    /// Writes what happened at `when`.
    ///
    /// @throws UncheckedIOException if the file can't be written
    void write(Level level, Instant when, String function, String message) {
        String line =
                secrets.mask(
                        "%s [%s] orchestrator.%s: %s"
                                .formatted(Seconds.moment(when), level, function, message));
        lock.lock();
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(
                    file,
                    (line + "\n").getBytes(StandardCharsets.UTF_8),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            console.println(
                    isColoured && !level.colour.isEmpty() ? level.colour + line + PLAIN : line);
        } catch (IOException e) {
            throw new UncheckedIOException("the audit log " + file + " can't be written", e);
        } finally {
            lock.unlock();
        }
    }
}
