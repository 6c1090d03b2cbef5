package dev.coppice.git;

/// A git command did what nobody expected: it failed, or its answer can't be read. The message has the
/// command and git's own words.
public final class GitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GitException(String message) {
        super(message);
    }

    GitException(String message, Throwable cause) {
        super(message, cause);
    }
}
