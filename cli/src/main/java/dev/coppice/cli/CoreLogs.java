package dev.coppice.cli;

import java.text.MessageFormat;
import java.util.Locale;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends what the core logs, which knows the JDK alone, where all else is logged. The JDK finds this class
/// by its service file.
public final class CoreLogs extends System.LoggerFinder {
    @Override
    public System.Logger getLogger(String name, Module module) {
        return new Forwarding(LoggerFactory.getLogger(name));
    }

    private record Forwarding(Logger to) implements System.Logger {
        @Override
        public String getName() {
            return to.getName();
        }

        @Override
        public boolean isLoggable(Level level) {
            return switch (level) {
                case OFF -> false;
                case ALL, TRACE, DEBUG, INFO, WARNING, ERROR -> to.isEnabledForLevel(plain(level));
            };
        }

        @Override
        public void log(
                Level level,
                @Nullable ResourceBundle bundle,
                String text,
                @Nullable Throwable cause) {
            if (isLoggable(level)) {
                to.atLevel(plain(level)).setCause(cause).log(text);
            }
        }

        @Override
        public void log(
                Level level,
                @Nullable ResourceBundle bundle,
                String format,
                @Nullable Object... values) {
            if (isLoggable(level)) {
                boolean isPlain = values == null || values.length == 0;
                to.atLevel(plain(level))
                        .log(
                                isPlain
                                        ? format
                                        : new MessageFormat(format, Locale.ROOT).format(values));
            }
        }

        private static org.slf4j.event.Level plain(Level level) {
            return switch (level) {
                case ALL, TRACE -> org.slf4j.event.Level.TRACE;
                case DEBUG -> org.slf4j.event.Level.DEBUG;
                case INFO -> org.slf4j.event.Level.INFO;
                case WARNING -> org.slf4j.event.Level.WARN;
                case ERROR, OFF -> org.slf4j.event.Level.ERROR;
            };
        }
    }
}
