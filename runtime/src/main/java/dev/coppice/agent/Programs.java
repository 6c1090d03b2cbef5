package dev.coppice.agent;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Looks for programs without starting them.
final class Programs {
    private Programs() {}

    /// The program in this environment's `PATH`, or from `directory` where its name has a slash.
    static Availability find(String program, Path directory, Map<String, String> environment) {
        if (program.contains("/")) {
            Path file = directory.resolve(program);
            return isProgram(file)
                    ? new Availability.Usable(file, Optional.empty())
                    : new Availability.Missing(program, "there is no program " + file);
        }
        for (String entry : environment.getOrDefault("PATH", "").split(":", -1)) {
            Path file = directory.resolve(entry).resolve(program);
            if (isProgram(file)) {
                return new Availability.Usable(file, Optional.empty());
            }
        }
        return new Availability.Missing(
                program, "install it, or put the folder that it is in into PATH");
    }

    private static boolean isProgram(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}
