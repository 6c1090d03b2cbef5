package dev.coppice.client;

import java.time.Instant;

/// What a server does now.
///
/// @param status `running`, or `stopping` while it lays its jobs down
/// @param repository the checkout that it works for
/// @param jobs all there are
/// @param openJobs those that are not over
/// @param followers open streams of events and logs
public record ServerStatus(
        String status,
        String version,
        Instant startedAt,
        String repository,
        int jobs,
        int openJobs,
        int maxConcurrentJobs,
        int followers) {}
