package dev.coppice.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What standard output goes to.
///
/// @param isTerminal whether a person watches, on something that can redraw lines
/// @param hasColour whether colours may be used
/// @param columns how wide it is
/// @param rows how high it is; a guess where it is no terminal
record Screen(boolean isTerminal, boolean hasColour, int columns, int rows) {
    /// Where nothing says how wide it is.
    static final int COLUMNS = 100;

    private static final int COLUMNS_MIN = 40;
    private static final int ROWS = 24;
    private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,3}) ([1-9][0-9]{0,3})");

    /// @param isTerminal as the launcher saw it
    static Screen of(boolean isTerminal, Map<String, String> environment) {
        boolean isDumb = environment.getOrDefault("TERM", "dumb").equals("dumb");
        boolean noColour = !environment.getOrDefault("NO_COLOR", "").isEmpty();
        boolean redraws = isTerminal && !isDumb;
        Screen told = new Screen(redraws, redraws && !noColour, told(environment), ROWS);
        return isTerminal ? told.asked() : told;
    }

    /// As wide and high as the terminal is now.
    Screen again() {
        return isTerminal ? asked() : this;
    }

    private static int told(Map<String, String> environment) {
        String told = environment.getOrDefault("COLUMNS", "");
        return told.matches("[1-9][0-9]{0,3}")
                ? Math.max(COLUMNS_MIN, Integer.parseInt(told))
                : COLUMNS;
    }

    private Screen asked() {
        try {
            Process stty =
                    new ProcessBuilder("stty", "size")
                            .redirectInput(new File("/dev/tty"))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            String size =
                    new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            Matcher form = SIZE.matcher(size.strip());
            return form.matches()
                    ? new Screen(
                            isTerminal,
                            hasColour,
                            Math.max(COLUMNS_MIN, Integer.parseInt(form.group(2))),
                            Integer.parseInt(form.group(1)))
                    : this;
        } catch (IOException noTerminalToAsk) {
            return this;
        }
    }
}
