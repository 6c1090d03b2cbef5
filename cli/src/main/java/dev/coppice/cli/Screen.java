package dev.coppice.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What standard output goes to.
///
/// @param isTerminal whether a person watches, on something that can redraw lines
/// @param hasColour whether colours may be used
/// @param columns how wide it is
record Screen(boolean isTerminal, boolean hasColour, int columns) {
    /// Where nothing says how wide it is.
    static final int COLUMNS = 100;

    private static final int COLUMNS_MIN = 40;

    /// @param isTerminal as the launcher saw it
    static Screen of(boolean isTerminal, Map<String, String> environment) {
        boolean isDumb = environment.getOrDefault("TERM", "dumb").equals("dumb");
        boolean noColour = !environment.getOrDefault("NO_COLOR", "").isEmpty();
        boolean redraws = isTerminal && !isDumb;
        return new Screen(
                redraws, redraws && !noColour, isTerminal ? ask(environment) : told(environment));
    }

    /// As wide as the terminal is now.
    Screen again(Map<String, String> environment) {
        return isTerminal ? new Screen(true, hasColour, ask(environment)) : this;
    }

    private static int told(Map<String, String> environment) {
        String told = environment.getOrDefault("COLUMNS", "");
        return told.matches("[1-9][0-9]{0,3}")
                ? Math.max(COLUMNS_MIN, Integer.parseInt(told))
                : COLUMNS;
    }

    private static int ask(Map<String, String> environment) {
        try {
            Process stty =
                    new ProcessBuilder("stty", "size")
                            .redirectInput(new File("/dev/tty"))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            String size =
                    new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            String columns = size.strip().replaceFirst("^[0-9]+ ", "");
            return columns.matches("[1-9][0-9]{0,3}")
                    ? Math.max(COLUMNS_MIN, Integer.parseInt(columns))
                    : told(environment);
        } catch (IOException noTerminalToAsk) {
            return told(environment);
        }
    }
}
