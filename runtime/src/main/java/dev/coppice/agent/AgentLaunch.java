package dev.coppice.agent;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// How an agent's program is started: an argument vector that no shell reads, variables that are set on top of what
/// [AgentEnvironment] lets through, and what it finds on its standard input.
///
/// @param files to be written before, for the owner alone
public record AgentLaunch(
        List<String> argv, Map<String, String> environment, Map<Path, String> files, Input stdin) {
    /// Stands above every prompt, so that none begins with what a program would take for a command of its own
    /// (a leading `/`, `@`, `-`, …).
    public static final String FIRST_LINE = "A task from Coppice; it begins below this line.";

    public AgentLaunch {
        argv = List.copyOf(argv);
        environment = Map.copyOf(environment);
        files = Map.copyOf(files);
    }

    /// What stands on a standard input, which then ends.
    public sealed interface Input {
        /// These characters, as UTF-8.
        record Text(String text) implements Input {}

        /// The bytes of this file.
        record File(Path path) implements Input {}

        /// Nothing.
        record Nothing() implements Input {}
    }

    /// The prompt, unchanged, below [#FIRST_LINE].
    static Input prompt(String prompt) {
        return new Input.Text(FIRST_LINE + "\n\n" + prompt);
    }
}
