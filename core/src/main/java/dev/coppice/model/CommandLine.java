package dev.coppice.model;

import java.util.List;

/// A command as a person writes it: a line for `/bin/sh -c`, or an argument vector.
///
/// @param argv what is started; never empty
public record CommandLine(List<String> argv) {
    private static final List<String> SHELL = List.of("/bin/sh", "-c");

    public CommandLine {
        argv = List.copyOf(argv);
        if (argv.isEmpty() || argv.getFirst().isBlank()) {
            throw new IllegalArgumentException("a command needs a program");
        }
    }

    /// A line that the user wrote for the shell.
    public static CommandLine shell(String line) {
        if (line.isBlank()) {
            throw new IllegalArgumentException("a command needs a program");
        }
        return new CommandLine(List.of(SHELL.get(0), SHELL.get(1), line));
    }

    /// Whether this is a line for the shell.
    public boolean isShell() {
        return argv.size() == 3 && argv.subList(0, 2).equals(SHELL);
    }

    /// The command for people: the line, or the arguments with spaces between.
    @Override
    public String toString() {
        return isShell() ? argv.get(2) : String.join(" ", argv);
    }
}
