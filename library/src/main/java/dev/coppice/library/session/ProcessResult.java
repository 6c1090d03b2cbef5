package dev.coppice.library.session;

import dev.coppice.model.Reason;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// What became of a run of an [AgentProcess], after document 002; without secrets, as everything that leaves a job.
///
/// @param exitCode the program's own, 128 and the signal's number where a signal ended it; [#NOT_RUN] where it was
///     stopped at a limit or could not run
/// @param output the last part, at most [#TEXT_BYTES_MAX], of what it printed; all of it is in
///     the process's log
/// @param stderr the same of its errors; where it was stopped or could not run, why, and what to do about it
/// @param duration from the program's start to its end
/// @param processId the id of the process whose result this is
/// @param reason why it did not succeed; empty with exit code 0
public record ProcessResult(
        int exitCode,
        String output,
        String stderr,
        Duration duration,
        String processId,
        Optional<Reason> reason) {
    /// The exit code of what was stopped at a limit or could not run.
    public static final int NOT_RUN = -1;

    /// What is kept in memory of a process's output, and of its errors: 8 MiB each.
    public static final int TEXT_BYTES_MAX = 8 << 20;

    /// Whether it ended with exit code 0.
    public boolean isSuccess() {
        return exitCode == 0;
    }

    /// The duration in seconds, for printing.
    public double seconds() {
        return duration.toNanos() / 1e9;
    }

    /// In a few words: `exit code -1 after 300.0 s (wall_timeout)`.
    public String summary() {
        return String.format(
                Locale.ROOT,
                "exit code %d after %.1f s%s",
                exitCode,
                seconds(),
                reason.map(why -> " (" + why.wire() + ")").orElse(""));
    }

    /// The same with another text as its errors.
    public ProcessResult withStderr(String text) {
        return new ProcessResult(exitCode, output, text, duration, processId, reason);
    }
}
