package dev.coppice.folder;

/// A file of a job could not be written or read; the message names it.
public final class FolderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FolderException(String message, Throwable cause) {
        super(message, cause);
    }

    FolderException(String message) {
        super(message);
    }
}
