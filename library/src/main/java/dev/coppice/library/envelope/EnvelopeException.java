package dev.coppice.library.envelope;

/// What this room could not do, with what to do about it. Not checked.
public class EnvelopeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    EnvelopeException(String message) {
        super(message);
    }

    EnvelopeException(String message, Throwable cause) {
        super(message, cause);
    }
}
