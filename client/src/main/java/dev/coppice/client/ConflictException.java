package dev.coppice.client;

import java.util.Optional;

/// The job is not in a state for this (409): results before its end, a cancel after it.
public final class ConflictException extends CoppiceClientException {
    private static final long serialVersionUID = 1L;

    ConflictException(String message, Optional<ProblemDocument> problem) {
        super(message, problem);
    }
}
