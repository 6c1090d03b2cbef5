package dev.coppice.library.envelope;

/// What this room could not do, with what to do about it. Not checked.
public class EnvelopeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    EnvelopeException(String message) {
        super(message);
    }

    /// A program was ended since it wrote too much.
    static EnvelopeException tooLong(String program, long bytesMax) {
        return new EnvelopeException(
                program
                        + " wrote more than "
                        + (bytesMax >> 20)
                        + " MiB and was ended. Let it write into a file.");
    }

    EnvelopeException(String message, Throwable cause) {
        super(message, cause);
    }
}
