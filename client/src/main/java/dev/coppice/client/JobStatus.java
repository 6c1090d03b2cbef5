package dev.coppice.client;

import java.util.Optional;
import java.util.Set;

/// Where a job stands.
///
/// @param status `submitted`, `planning`, `running`, `completed`, `partial`, `failed` or `canceled`
/// @param interrupted whether it is not over and nobody drives it
/// @param why what was said of its end; empty before it
/// @param progress counts of its tasks
public record JobStatus(
        String jobId,
        String status,
        boolean interrupted,
        Optional<String> why,
        JobProgress progress) {
    private static final Set<String> OPEN = Set.of("submitted", "planning", "running");

    public JobStatus {
        why = why.filter(text -> !text.isEmpty());
    }

    /// Whether nothing more will happen to the job.
    public boolean isOver() {
        return !OPEN.contains(status);
    }
}
