package dev.coppice.library.envelope;

import java.time.Duration;

/// An operation did not end within its time; what it had started was ended.
public final class OperationTimedOutException extends EnvelopeException {
    private static final long serialVersionUID = 1;

    OperationTimedOutException(String operation, Duration after) {
        super(operation + " timed out after " + Seconds.text(after));
    }
}
