package dev.coppice.client;

import java.util.Optional;

/// A call did not bring what was asked for. The subclass says why.
public class CoppiceClientException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Optional<ProblemDocument> problem;

    CoppiceClientException(String message, Optional<ProblemDocument> problem) {
        super(message);
        this.problem = problem;
    }

    CoppiceClientException(String message, Throwable cause) {
        super(message, cause);
        this.problem = Optional.empty();
    }

    /// What the server said, with each single problem; empty where it did not answer, or not in its own words.
    public Optional<ProblemDocument> problem() {
        return problem;
    }
}
