package dev.coppice.workspace;

import dev.coppice.process.Exit;

/// A workspace was not ready before the time of its attempt was up. The message names the command that ran, or what was
/// waited for.
public final class TimeUpException extends WorkspaceException {
    private static final long serialVersionUID = 1L;

    private final Exit.Limit limit;

    TimeUpException(Exit.Limit limit, String message) {
        super(message);
        this.limit = limit;
    }

    /// Which of its clocks ran out.
    public Exit.Limit limit() {
        return limit;
    }
}
