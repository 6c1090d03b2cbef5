package dev.coppice.server.access;

/// Keys can't be read or kept.
public final class AccessException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param message a whole sentence that names the file
    public AccessException(String message, Throwable cause) {
        super(message, cause);
    }
}
