package dev.coppice.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.coppice.config.Configuration.Logging;
import dev.coppice.runtime.Coppice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.LoggerFactory;

/// Where the program's own log goes: nowhere until a command opens the file that is configured, and never
/// to the terminal. Logback finds this class by its service file.
public final class LogFile extends ContextAwareBase implements Configurator {
    private static final String PATTERN =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} %msg%n%ex";

    @Override
    public ExecutionStatus configure(LoggerContext loggers) {
        loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /// Writes what happens from now on into the file that `coppice` is configured with, and returns its folder.
    static Path open(Coppice coppice) {
        Logging logging = coppice.configuration().logging();
        Path folder = coppice.makeFolder(coppice.root().resolve(logging.directory()));
        if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext loggers)) {
            return folder;
        }
        Path log = folder.resolve(logging.isStructured() ? "coppice.jsonl" : "coppice.log");
        makeForItsOwner(log);
        FileAppender<ILoggingEvent> file = new FileAppender<>();
        file.setContext(loggers);
        file.setEncoder(encoder(loggers, logging.isStructured()));
        file.setFile(log.toString());
        file.start();
        Logger root = loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(file);
        root.setLevel(
                switch (logging.level()) {
                    case DEBUG -> Level.DEBUG;
                    case INFO -> Level.INFO;
                    case WARNING -> Level.WARN;
                    case ERROR -> Level.ERROR;
                });
        return folder;
    }

    /// The folder may be one that others can read.
    private static void makeForItsOwner(Path log) {
        try {
            Files.createFile(
                    log,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        } catch (IOException _) {
            // It is there already; or it can't be made, which must not keep a job from running.
        }
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext loggers, boolean isStructured) {
        if (isStructured) {
            JsonEncoder json = new JsonEncoder();
            json.setContext(loggers);
            json.start();
            return json;
        }
        PatternLayoutEncoder lines = new PatternLayoutEncoder();
        lines.setContext(loggers);
        lines.setPattern(PATTERN);
        lines.start();
        return lines;
    }
}
