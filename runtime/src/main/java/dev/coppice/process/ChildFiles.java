package dev.coppice.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The files that stand for a child's streams. They outlive the child and this process.
///
/// @param stdin what the child reads; `/dev/null` for nothing
/// @param stdout what it prints is appended here; made, readable by its owner only, when missing
/// @param stderr the same for its errors; may be the same file
/// @param exitCode where a small parent of the child, `/bin/sh`, writes its exit code when it ends,
///     so that the code is known also when this process was gone by then. Without it a child starts
///     in half the time, but can't be adopted. The shell drops variables whose names are no
///     identifiers
public record ChildFiles(Path stdin, Path stdout, Path stderr, Optional<Path> exitCode) {
    public ChildFiles {
        stdin = stdin.toAbsolutePath();
        stdout = stdout.toAbsolutePath();
        stderr = stderr.toAbsolutePath();
        exitCode = exitCode.map(Path::toAbsolutePath);
    }

    /// Files under their usual names in a directory: `output.log`, `error.log`, `exit_code`.
    public static ChildFiles in(Path directory, Path stdin) {
        return new ChildFiles(
                stdin,
                directory.resolve("output.log"),
                directory.resolve("error.log"),
                Optional.of(directory.resolve("exit_code")));
    }

    /// The same without an exit code's file, for what need not be adopted.
    public ChildFiles withoutExitCode() {
        return new ChildFiles(stdin, stdout, stderr, Optional.empty());
    }

    /// How the child ended, as its parent wrote it down; nothing before, and nothing when that
    /// parent was killed.
    public Optional<Exit> exit() {
        return exitCode.flatMap(ChildFiles::read);
    }

    /// The file is one line with a number. It is empty for a moment, while being written.
    private static Optional<Exit> read(Path file) {
        try {
            String line = Files.readString(file);
            return line.endsWith("\n")
                    ? Optional.of(Exit.fromShell(Integer.parseInt(line.strip())))
                    : Optional.empty();
        } catch (IOException | NumberFormatException notWritten) {
            return Optional.empty();
        }
    }

    /// How much was printed so far.
    long outputBytes() {
        long bytes = stdout.toFile().length(); // 0 when missing
        return stderr.equals(stdout) ? bytes : bytes + stderr.toFile().length();
    }
}
