package dev.coppice.client;

import java.util.Optional;

/// The server still failed after all tries (5xx).
public final class ServerException extends CoppiceClientException {
    private static final long serialVersionUID = 1L;

    ServerException(String message, Optional<ProblemDocument> problem) {
        super(message, problem);
    }
}
