package dev.coppice.client;

import java.util.Optional;

/// The server still had no room after all tries (429).
public final class TooManyRequestsException extends CoppiceClientException {
    private static final long serialVersionUID = 1L;

    TooManyRequestsException(String message, Optional<ProblemDocument> problem) {
        super(message, problem);
    }
}
