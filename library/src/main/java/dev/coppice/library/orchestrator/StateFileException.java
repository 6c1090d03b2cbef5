package dev.coppice.library.orchestrator;

/// A state file can't be read or written. The message names the file, and every place that is wrong.
public final class StateFileException extends OrchestrationException {
    private static final long serialVersionUID = 1;

    StateFileException(String message) {
        super(message);
    }

    StateFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
