package dev.coppice.client;

import java.time.Duration;
import java.util.Optional;

/// A job was not over after the time that one was ready to wait. It goes on.
public final class WaitTimedOutException extends CoppiceClientException {
    private static final long serialVersionUID = 1L;

    WaitTimedOutException(String jobId, Duration waited) {
        super(
                "Job " + jobId + " is not over after " + waited.toSeconds() + " s.",
                Optional.empty());
    }
}
