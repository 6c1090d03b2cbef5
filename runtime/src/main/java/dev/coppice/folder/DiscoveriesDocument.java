package dev.coppice.folder;

import dev.coppice.report.JobView;
import java.time.Instant;
import java.util.List;

/// What the workers found so far, oldest first.
record DiscoveriesDocument(String jobId, List<Found> discoveries) {
    record Found(String task, int attempt, Instant at, String content, List<String> tags) {
        static Found of(JobView.Found found) {
            return new Found(
                    found.task().value(),
                    found.attempt(),
                    found.at(),
                    found.discovery().content(),
                    found.discovery().tags());
        }
    }

    static DiscoveriesDocument of(JobView job) {
        return new DiscoveriesDocument(
                job.id().value(), job.discoveries().stream().map(Found::of).toList());
    }
}
