package dev.coppice.library.orchestrator;

/// Tasks can't be added as they are. The message has every problem, a line each.
public final class InvalidTaskException extends OrchestrationException {
    private static final long serialVersionUID = 1;

    InvalidTaskException(String problems) {
        super(problems);
    }
}
