package dev.coppice.client;

import java.time.Instant;
import java.util.Optional;

/// A job in the list of jobs.
///
/// @param interrupted whether it is not over and nobody drives it
/// @param depth 0 for a root job
/// @param parentTask the task of the parent job that started it; empty for a root job
/// @param tasks of its plan, 0 while there is none
/// @param completed tasks that are completed
public record JobSummary(
        String jobId,
        String status,
        boolean interrupted,
        String request,
        int depth,
        Optional<String> parentJobId,
        Optional<String> parentTask,
        Instant submittedAt,
        Optional<Instant> endedAt,
        int tasks,
        int completed) {}
