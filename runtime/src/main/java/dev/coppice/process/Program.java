package dev.coppice.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// One program about to start, with its executable found and its directory seen: what a [Starter] is given.
///
/// @param executable the file to execute
/// @param argv the vector as it was asked for; its first element is only a name
/// @param stdin file or device to read from
/// @param stdout existing file to append to
/// @param stderr existing file to append to
record Program(
        Path executable,
        List<String> argv,
        Path directory,
        Map<String, String> environment,
        Path stdin,
        Path stdout,
        Path stderr) {

    static final Path NO_INPUT = Path.of("/dev/null");

    /// What `execvp` would search where there is no `PATH`.
    private static final String PATH_WITHOUT_PATH = "/usr/bin:/bin";

    String name() {
        return argv.getFirst();
    }

    /// Finds the file that `program` names, by this environment's `PATH` unless it has a slash.
    ///
    /// @throws CannotStartException when it or the directory is missing
    static Path find(String program, Path directory, Map<String, String> environment) {
        if (!Files.isDirectory(directory)) {
            throw CannotStartException.directoryMissing(program, directory);
        }
        if (program.indexOf('/') >= 0) {
            Path file = directory.resolve(program);
            if (isExecutable(file)) {
                return file;
            }
            throw CannotStartException.programMissing(program, directory.toString());
        }
        String searched = environment.getOrDefault("PATH", PATH_WITHOUT_PATH);
        for (String entry : searched.split(":", -1)) {
            Path file = directory.resolve(entry).resolve(program);
            if (isExecutable(file)) {
                return file;
            }
        }
        throw CannotStartException.programMissing(program, "PATH " + searched);
    }

    private static boolean isExecutable(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}
