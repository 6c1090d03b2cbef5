package dev.coppice.report;

import dev.coppice.model.AgentName;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.report.AttemptView.Phase;
import dev.coppice.report.AttemptView.Span;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// What each task's time went to, from the job's submission on.
///
/// @param to the job's end, or the moment of looking
/// @param rows a row for each task that was attempted, in the order in which they could begin; a job that a task started
///     stands below it
public record Timeline(Instant from, Instant to, List<Row> rows) {
    public Timeline {
        rows = List.copyOf(rows);
    }

    /// One task's time.
    public record Row(
            TaskId task, String workerId, String name, TaskStatus status, List<Bar> bars) {
        public Row {
            bars = List.copyOf(bars);
        }
    }

    /// A stretch of one attempt.
    public record Bar(int attempt, AgentName agent, Span span) {}

    /// The timeline of `job` as it looks at `now`.
    public static Timeline of(JobView job, Instant now) {
        Instant to = job.endedAt().orElse(now);
        List<Row> rows =
                job.all()
                        .filter(task -> !task.attempts().isEmpty() && task.child().isEmpty())
                        .sorted(Comparator.comparing(task -> task.attempts().getFirst().dueAt()))
                        .flatMap(task -> Stream.concat(Stream.of(task), started(job, task)))
                        .map(task -> row(task, to))
                        .toList();
        return new Timeline(job.submittedAt(), to, rows);
    }

    private static Stream<TaskView> started(JobView job, TaskView by) {
        return by.id().isOwn()
                ? Stream.empty()
                : job.children(by.id()).stream().filter(task -> !task.attempts().isEmpty());
    }

    private static Row row(TaskView task, Instant now) {
        return new Row(
                task.id(), task.workerId(), task.task().name(), task.status(), bars(task, now));
    }

    private static List<Bar> bars(TaskView task, Instant now) {
        List<Bar> bars = new ArrayList<>();
        for (AttemptView attempt : task.attempts()) {
            for (Span span : attempt.allSpans(now)) {
                bars.add(new Bar(attempt.number(), attempt.agent(), span));
            }
        }
        return bars;
    }

    /// The most attempts that were under way at once.
    public int peak() {
        List<Instant> starts = new ArrayList<>();
        List<Instant> ends = new ArrayList<>();
        for (Row row : rows) {
            for (Bar bar : row.bars()) {
                if (bar.span().phase() != Phase.WAITING) {
                    starts.add(bar.span().from());
                    ends.add(bar.span().to());
                }
            }
        }
        starts.sort(null);
        ends.sort(null);
        int peak = 0;
        int ended = 0;
        for (int started = 0; started < starts.size(); started++) {
            while (!ends.get(ended).isAfter(starts.get(started))) {
                ended++;
            }
            peak = Math.max(peak, started + 1 - ended);
        }
        return peak;
    }
}
