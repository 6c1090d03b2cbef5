package dev.coppice.folder;

import dev.coppice.report.JobView;
import dev.coppice.report.Timeline;
import java.time.Instant;
import java.util.List;

/// timeline.json: when each attempt of each task was in which phase.
record TimelineDocument(String jobId, Instant from, Instant to, int peakParallel, List<Row> tasks) {
    record Row(String id, String workerId, String name, String status, List<Bar> spans) {}

    record Bar(int attempt, String agent, String phase, Instant from, Instant to, double seconds) {}

    static TimelineDocument of(JobView job, Instant now) {
        Timeline timeline = Timeline.of(job, now);
        return new TimelineDocument(
                job.id().value(),
                timeline.from(),
                timeline.to(),
                timeline.peak(),
                timeline.rows().stream().map(TimelineDocument::row).toList());
    }

    private static Row row(Timeline.Row row) {
        return new Row(
                row.task().value(),
                row.workerId(),
                row.name(),
                JsonValues.status(row.status()),
                row.bars().stream()
                        .map(bar ->
                                new Bar(
                                        bar.attempt(),
                                        bar.agent().value(),
                                        bar.span().phase().wire(),
                                        bar.span().from(),
                                        bar.span().to(),
                                        JsonValues.seconds(bar.span().length())))
                        .toList());
    }
}
