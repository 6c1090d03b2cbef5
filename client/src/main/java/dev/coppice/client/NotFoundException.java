package dev.coppice.client;

import java.util.Optional;

/// There is no such job, worker or file (404).
public final class NotFoundException extends CoppiceClientException {
    private static final long serialVersionUID = 1L;

    NotFoundException(String message, Optional<ProblemDocument> problem) {
        super(message, problem);
    }
}
