package dev.coppice.process;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// One program about to start, with its executable found, its directory seen and its files made:
/// what a [Starter] is given.
///
/// @param name the program as it was asked for
/// @param executable the file to execute
/// @param argv the whole vector; its first element is only a name
/// @param stdin file or device to read from
/// @param stdout existing file to append to
/// @param stderr existing file to append to
record Program(
        String name,
        Path executable,
        List<String> argv,
        Path directory,
        Map<String, String> environment,
        Path stdin,
        Path stdout,
        Path stderr) {

    static final Path NO_INPUT = Path.of("/dev/null");

    /// Output may hold secrets.
    static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /// What `execvp` would search where there is no `PATH`.
    private static final String PATH_WITHOUT_PATH = "/usr/bin:/bin";

    private static final Path SHELL = Path.of("/bin/sh");

    /// Runs its arguments and writes down how that ended, in the file that is its own name. It
    /// outlives this process.
    private static final String WRITE_EXIT_CODE = "\"$@\"; echo $? >\"$0\"";

    /// The program of a command, with streams in these existing files.
    ///
    /// @throws CannotStartException when it or its directory is missing
    static Program of(Command command, Path stdin, Path stdout, Path stderr) {
        String name = command.argv().getFirst();
        return new Program(
                name,
                find(name, command.directory(), command.environment()),
                command.argv(),
                command.directory(),
                command.environment(),
                stdin,
                stdout,
                stderr);
    }

    /// The program of a launch; makes its files.
    ///
    /// @throws CannotStartException when it, its directory or a file is missing
    static Program of(Launch launch) {
        String name = launch.argv().getFirst();
        Path executable = find(name, launch.directory(), launch.environment());
        ChildFiles files = launch.files();
        make(name, files);
        List<String> argv = launch.argv();
        if (files.exitCode().isPresent()) {
            argv = new ArrayList<>(List.of("sh", "-c", WRITE_EXIT_CODE));
            argv.add(files.exitCode().get().toString());
            argv.add(executable.toString());
            argv.addAll(launch.argv().subList(1, launch.argv().size()));
            executable = SHELL;
        }
        return new Program(
                name,
                executable,
                argv,
                launch.directory(),
                launch.environment(),
                files.stdin(),
                files.stdout(),
                files.stderr());
    }

    /// Finds the file that `program` names, by this environment's `PATH` unless it has a slash.
    private static Path find(String program, Path directory, Map<String, String> environment) {
        if (!Files.isDirectory(directory)) {
            throw CannotStartException.directoryMissing(program, directory);
        }
        return search(program, directory, environment)
                .orElseThrow(() ->
                        CannotStartException.programMissing(
                                program,
                                program.indexOf('/') >= 0
                                        ? directory.toString()
                                        : "PATH " + path(environment)));
    }

    /// The file that `program` names, if it is one that can be started.
    static Optional<Path> search(String program, Path directory, Map<String, String> environment) {
        return program.indexOf('/') >= 0
                ? executable(directory.resolve(program))
                : Stream.of(path(environment).split(":", -1))
                        .flatMap(entry ->
                                executable(directory.resolve(entry).resolve(program)).stream())
                        .findFirst();
    }

    private static String path(Map<String, String> environment) {
        return environment.getOrDefault("PATH", PATH_WITHOUT_PATH);
    }

    private static Optional<Path> executable(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file)
                ? Optional.of(file)
                : Optional.empty();
    }

    private static void make(String program, ChildFiles files) {
        if (!Files.isReadable(files.stdin())) {
            throw CannotStartException.streamFile(program, files.stdin());
        }
        make(program, files.stdout());
        make(program, files.stderr());
        if (files.exitCode().isPresent()) {
            try {
                Files.deleteIfExists(files.exitCode().get());
            } catch (IOException e) {
                throw CannotStartException.streamFile(program, files.exitCode().get(), e);
            }
        }
    }

    private static void make(String program, Path output) {
        try {
            Files.createFile(output, OWNER_ONLY);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isWritable(output)) {
                throw CannotStartException.streamFile(program, output, e);
            }
        } catch (IOException e) {
            throw CannotStartException.streamFile(program, output, e);
        }
    }
}
