package dev.coppice.process;

import java.nio.file.Path;

/// A program could not be started, so nothing of it has run. The message names what is missing.
public final class CannotStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// Why a program could not be started.
    public enum Reason {
        /// There is no such program, or no right to execute it.
        PROGRAM_MISSING,
        /// The directory to start it in is missing, or none.
        DIRECTORY_MISSING,
        /// A file for its streams can't be opened.
        STREAM_FILE,
        /// The system refused: too many arguments, no memory, not an executable file.
        REFUSED
    }

    private final Reason reason;

    private CannotStartException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    private CannotStartException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    static CannotStartException programMissing(String program, String searched) {
        return new CannotStartException(
                Reason.PROGRAM_MISSING,
                "program not found: " + program + " (looked in " + searched + ")");
    }

    static CannotStartException directoryMissing(String program, Path directory) {
        return new CannotStartException(
                Reason.DIRECTORY_MISSING,
                "cannot start " + program + ": no such directory: " + directory);
    }

    static CannotStartException streamFile(String program, Path file) {
        return new CannotStartException(
                Reason.STREAM_FILE, "cannot start " + program + ": cannot open " + file);
    }

    static CannotStartException streamFile(String program, Path file, Throwable cause) {
        return new CannotStartException(
                Reason.STREAM_FILE, "cannot start " + program + ": cannot open " + file, cause);
    }

    static CannotStartException refused(String program, String why) {
        return new CannotStartException(Reason.REFUSED, "cannot start " + program + ": " + why);
    }

    static CannotStartException refused(String program, Throwable cause) {
        return new CannotStartException(
                Reason.REFUSED, "cannot start " + program + ": " + cause.getMessage(), cause);
    }

    public Reason reason() {
        return reason;
    }
}
