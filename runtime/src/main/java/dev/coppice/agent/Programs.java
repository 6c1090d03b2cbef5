package dev.coppice.agent;

import dev.coppice.process.Processes;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Looks for programs without starting them.
final class Programs {
    private Programs() {}

    /// The program in this environment's `PATH`, or from `directory` where its name has a slash.
    static Availability find(String program, Path directory, Map<String, String> environment) {
        return Processes.find(program, directory, environment)
                .<Availability>map(file -> new Availability.Usable(file, Optional.empty()))
                .orElseGet(() -> new Availability.Missing(program, advice(program, directory)));
    }

    private static String advice(String program, Path directory) {
        return program.contains("/")
                ? "there is no program " + directory.resolve(program)
                : "install it, or put the folder that it is in into PATH";
    }
}
