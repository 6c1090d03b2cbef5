package dev.coppice.workspace;

/// A workspace could not be prepared, kept or given up. The message says what was wrong with which path or
/// command; after a command that failed it ends with the end of what it printed.
public sealed class WorkspaceException extends RuntimeException permits TimeUpException {
    private static final long serialVersionUID = 1L;

    WorkspaceException(String message) {
        super(message);
    }

    WorkspaceException(String message, Throwable cause) {
        super(message, cause);
    }
}
