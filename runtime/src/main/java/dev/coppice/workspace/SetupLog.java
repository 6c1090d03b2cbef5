package dev.coppice.workspace;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The log of the programs that made a workspace or a Python environment ready: for each a line `$ <command>`, and below
/// it what it printed.
public final class SetupLog {
    private static final String PROMPT = "$ ";

    private SetupLog() {}

    /// The line above what a program prints.
    static String line(String command) {
        return PROMPT + command + "\n";
    }

    /// The command lines in a log, in order. A log that is not there has none.
    public static List<String> commands(Path log) throws IOException {
        if (!Files.exists(log)) {
            return List.of();
        }
        return new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(PROMPT))
                .map(line -> line.substring(PROMPT.length()))
                .toList();
    }
}
