package dev.coppice.report;

import static dev.coppice.report.Html.escape;

import dev.coppice.model.TaskId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Draws a timeline as SVG: a line for each task, a bar for each stretch of its time. Colours come
/// from the page's style, by the names of the phases.
final class TimelinePicture {
    private static final int WIDTH = 1080;
    private static final int LABELS = 220;
    private static final int ROW = 26;
    private static final int BAR = 16;
    private static final int AXIS = 24;

    /// More lines than a person looks at; a page stays small enough for a browser.
    private static final int ROWS_MAX = 400;

    private static final int LABEL_COLUMNS = 30;
    private static final int TICKS_MAX = 8;
    private static final long[] TICK_SECONDS = {
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400
    };

    private final Timeline timeline;
    private final double millis;
    private final StringBuilder svg = new StringBuilder();

    private TimelinePicture(Timeline timeline) {
        this.timeline = timeline;
        millis = Math.max(1, Duration.between(timeline.from(), timeline.to()).toMillis());
    }

    static String draw(Timeline timeline, JobView job, List<TaskId> criticalPath) {
        TimelinePicture picture = new TimelinePicture(timeline);
        List<Timeline.Row> rows = timeline.rows().stream().limit(ROWS_MAX).toList();
        int height = AXIS + rows.size() * ROW + 6;
        picture.svg.append(
                "<svg viewBox=\"0 0 %s %s\" role=\"img\" aria-label=\"Timeline of %s\">\n"
                        .formatted(WIDTH, height, Figures.number(timeline.rows().size(), "task")));
        picture.axis(height);
        Set<TaskId> critical = new HashSet<>(criticalPath);
        for (int i = 0; i < rows.size(); i++) {
            int top = AXIS + i * ROW;
            picture.row(rows.get(i), critical.contains(rows.get(i).task()), top);
            job.task(rows.get(i).task()).ifPresent(task -> picture.failures(task, top));
        }
        picture.svg.append("</svg>\n");
        if (rows.size() < timeline.rows().size()) {
            picture.svg.append(
                    "<p class=\"soft\">The first %s of %s tasks.</p>\n"
                            .formatted(rows.size(), timeline.rows().size()));
        }
        return picture.svg.toString();
    }

    private void axis(int height) {
        long step = tickSeconds();
        for (long at = 0; at * 1000 <= millis; at += step) {
            String x = number(x(timeline.from().plusSeconds(at)));
            element(
                    "<line class=\"grid\" x1=\"%1$s\" x2=\"%1$s\" y1=\"18\" y2=\"%2$s\"/>"
                            .formatted(x, height));
            element(
                    "<text class=\"axis\" x=\"%s\" y=\"12\" text-anchor=\"middle\">%s</text>"
                            .formatted(x, tick(at)));
        }
    }

    private long tickSeconds() {
        for (long step : TICK_SECONDS) {
            if (millis / 1000 / step <= TICKS_MAX) {
                return step;
            }
        }
        long day = TICK_SECONDS[TICK_SECONDS.length - 1];
        return day * (1 + (long) (millis / 1000 / day / TICKS_MAX));
    }

    private static String tick(long seconds) {
        if (seconds < 60) {
            return seconds + " s";
        }
        return seconds < 3600
                ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
                : String.format(
                        Locale.ROOT,
                        "%d:%02d:%02d",
                        seconds / 3600,
                        seconds / 60 % 60,
                        seconds % 60);
    }

    private void row(Timeline.Row row, boolean critical, int top) {
        element(
                "<text x=\"0\" y=\"%s\"%s>%s<title>%s</title></text>"
                        .formatted(
                                top + BAR + 1,
                                critical ? " class=\"critical\"" : "",
                                escape(Plain.fit(label(row.task()), LABEL_COLUMNS)),
                                escape(
                                        row.workerId()
                                                + ": "
                                                + row.name()
                                                + " ("
                                                + row.status().wire()
                                                + ")")));
        for (Timeline.Bar bar : row.bars()) {
            double from = x(bar.span().from());
            element(
                    ("<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"2\">"
                                    + "<title>%s</title></rect>")
                            .formatted(
                                    bar.span().phase().wire(),
                                    number(from),
                                    top + 4,
                                    number(Math.max(1, x(bar.span().to()) - from)),
                                    BAR,
                                    escape(
                                            "%s, attempt %s by %s: %s for %s"
                                                    .formatted(
                                                            row.task(),
                                                            bar.attempt(),
                                                            bar.agent(),
                                                            bar.span().phase().wire(),
                                                            Figures.duration(
                                                                    bar.span().length())))));
        }
    }

    /// A job that a task started is no task to who looks at it.
    private static String label(TaskId task) {
        return task.value().replaceFirst("^@child-", "└ job ");
    }

    private void failures(TaskView task, int top) {
        for (AttemptView attempt : task.attempts()) {
            if (attempt.reason().isPresent() && attempt.endedAt().isPresent()) {
                element(
                        "<line class=\"end\" x1=\"%1$s\" x2=\"%1$s\" y1=\"%2$s\" y2=\"%3$s\"/>"
                                .formatted(
                                        number(x(attempt.endedAt().get())),
                                        top + 2,
                                        top + BAR + 6));
            }
        }
    }

    private double x(Instant at) {
        double share = Duration.between(timeline.from(), at).toMillis() / millis;
        return LABELS + Math.clamp(share, 0, 1) * (WIDTH - LABELS - 20);
    }

    private static String number(double x) {
        return String.format(Locale.ROOT, "%.1f", x);
    }

    private void element(String element) {
        svg.append(element).append('\n');
    }
}
