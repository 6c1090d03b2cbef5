package dev.coppice.client;

import java.util.Optional;

/// The request can't be carried out as it stands (400, 413, 422 and their like); [#problem] has every problem at once.
public final class InvalidRequestException extends CoppiceClientException {
    private static final long serialVersionUID = 1L;

    InvalidRequestException(String message, Optional<ProblemDocument> problem) {
        super(message, problem);
    }
}
