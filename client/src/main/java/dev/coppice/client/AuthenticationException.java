package dev.coppice.client;

import java.util.Optional;

/// The key is missing or wrong, or may not do this (401, 403). It is not tried again.
public final class AuthenticationException extends CoppiceClientException {
    private static final long serialVersionUID = 1L;

    AuthenticationException(String message, Optional<ProblemDocument> problem) {
        super(message, problem);
    }
}
