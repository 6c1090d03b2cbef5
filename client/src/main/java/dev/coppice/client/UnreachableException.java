package dev.coppice.client;

/// No answer came after all tries. Whether the server took the last one is not known.
public final class UnreachableException extends CoppiceClientException {
    private static final long serialVersionUID = 1L;

    UnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
