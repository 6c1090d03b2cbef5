package dev.coppice.library.envelope;

/// A command ended with an exit code other than 0.
public final class CommandFailedException extends EnvelopeException {
    private static final long serialVersionUID = 1;

    private final CompletedProcess process;

    CommandFailedException(CompletedProcess process) {
        super(
                String.join(" ", process.command())
                        + " ended with exit code "
                        + process.exitCode()
                        + "\noutput: "
                        + process.output().strip()
                        + "\nerrors: "
                        + process.errors().strip());
        this.process = process;
    }

    /// How it ended, with all it wrote.
    public CompletedProcess process() {
        return process;
    }
}
