package dev.coppice.report;

import static dev.coppice.report.Html.escape;

import dev.coppice.model.Event;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.report.Analytics.TaskFigures;
import dev.coppice.report.AttemptView.Phase;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Writes `report.html`: one file that needs nothing but a browser. It holds no script, loads
/// nothing, and says so to the browser, which then refuses both, whatever an agent has printed.
public final class HtmlReport {
    private static final int ERROR_LINES_MAX = 15;

    private static final String STYLE =
            """
            :root { color-scheme: light dark; --ground: #fbfaf7; --card: #ffffff; --ink: #22261f;
              --soft: #666d60; --line: #dfddd3; --accent: #3f7a4e; --good: #2f7d46; --bad: #bb3529;
              --warn: #96660c; --preparing: #a99bd6; --working: #4c9f63; --checking: #dca437;
              --integrating: #4a88bd; --waiting: #d6d4ca; }
            @media (prefers-color-scheme: dark) { :root { --ground: #161914; --card: #1e221c;
              --ink: #e6e8e0; --soft: #9aa392; --line: #343a30; --accent: #7fc08f; --good: #79c48c;
              --bad: #f08a7e; --warn: #e2b45c; --preparing: #8577b8; --working: #4a9460;
              --checking: #b98a2f; --integrating: #4580ae; --waiting: #3d4338; } }
            * { box-sizing: border-box; }
            body { margin: 0; background: var(--ground); color: var(--ink);
              font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
            main { max-width: 1120px; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
            h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .4rem; overflow-wrap: anywhere; }
            h2 { font-size: 1.1rem; margin: 2.4rem 0 .8rem; }
            h3 { font-size: 1rem; margin: 1.4rem 0 .4rem; }
            p { margin: .4rem 0; }
            code, pre { font: .86em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
            code { overflow-wrap: anywhere; }
            pre { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
              padding: .8rem 1rem; margin: .5rem 0; overflow: auto; max-height: 26rem;
              white-space: pre-wrap; overflow-wrap: anywhere; }
            a { color: var(--accent); }
            .prose { font: inherit; }
            .soft { color: var(--soft); }
            .status { display: inline-block; border-radius: 99px; padding: 0 .6em; font-size: .82em;
              font-weight: 600; border: 1px solid currentColor; white-space: nowrap; }
            .good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
            .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(158px, 1fr));
              gap: .75rem; margin: 1.4rem 0 0; padding: 0; }
            .tiles div { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
              padding: .7rem .9rem; }
            .tiles dt { color: var(--soft); font-size: .8rem; }
            .tiles dd { margin: 0; font-size: 1.25rem; font-weight: 600;
              font-variant-numeric: tabular-nums; }
            .scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line);
              border-radius: 10px; }
            table { border-collapse: collapse; width: 100%; font-size: .9rem; }
            th, td { text-align: left; padding: .45rem .7rem; vertical-align: top;
              border-top: 1px solid var(--line); }
            thead th { border-top: 0; color: var(--soft); font-weight: 500; font-size: .8rem;
              white-space: nowrap; }
            .number, thead .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
            svg { display: block; width: 100%; min-width: 640px; height: auto; padding: .8rem; }
            svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
            svg .axis { fill: var(--soft); font-size: 11px; }
            svg .grid { stroke: var(--line); } svg .end { stroke: var(--bad); stroke-width: 3; }
            svg .critical { font-weight: 700; }
            .waiting { fill: var(--waiting); background: var(--waiting); }
            .preparing { fill: var(--preparing); background: var(--preparing); }
            .working { fill: var(--working); background: var(--working); }
            .checking { fill: var(--checking); background: var(--checking); }
            .integrating { fill: var(--integrating); background: var(--integrating); }
            .legend { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; font-size: .85rem;
              margin: .6rem 0 0; color: var(--soft); }
            .legend i { display: inline-block; width: .8em; height: .8em; border-radius: 2px;
              margin-right: .4em; }
            """;

    private final JobView job;
    private final Lineage lineage;
    private final Instant now;
    private final ZoneId zone;
    private final Analytics analytics;
    private final StringBuilder page = new StringBuilder();

    private HtmlReport(Lineage lineage, Instant now, ZoneId zone) {
        this.job = lineage.job();
        this.lineage = lineage;
        this.now = now;
        this.zone = zone;
        analytics = Analytics.of(job, now);
    }

    /// The page on `job` as it stands at `now`.
    ///
    /// @param descendants the jobs that came of it, whose own pages it leads to
    /// @param zone in which times are shown
    public static String render(JobView job, List<JobView> descendants, Instant now, ZoneId zone) {
        HtmlReport report = new HtmlReport(new Lineage(job, descendants), now, zone);
        report.begin();
        report.head();
        report.tiles();
        report.next();
        report.timeline();
        report.tasks();
        report.children();
        report.failures();
        report.discoveries();
        report.times();
        report.files();
        report.notes();
        return report.page.append("</main>\n</body>\n</html>\n").toString();
    }

    private void begin() {
        page.append(
                """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%s</title>
                <style>
                %s</style>
                </head>
                <body>
                <main>
                """
                        .formatted(escape(title()), STYLE));
    }

    private String title() {
        String goal = Plain.firstLine(job.goal());
        return goal.isEmpty() ? "Job " + job.id() : goal;
    }

    private void head() {
        line("<h1>%s</h1>".formatted(escape(title())));
        line(
                "<p>%s %s</p>"
                        .formatted(
                                badge(job.status().wire(), tone(job)),
                                escape(Headline.of(job, now))));
        line(
                "<p class=\"soft\">Job <code>%s</code> in <code>%s</code>, submitted %s%s</p>"
                        .formatted(
                                escape(job.id().value()),
                                escape(job.request().repository()),
                                Figures.moment(job.submittedAt(), zone),
                                job.endedAt()
                                        .map(at -> ", ended " + Figures.moment(at, zone))
                                        .orElse("")));
        job.request()
                .parent()
                .ifPresent(parent ->
                        line(
                                "<p class=\"soft\">Level %s, started by <b>%s</b> of job <code>%s</code>; %s</p>"
                                        .formatted(
                                                job.request().depth(),
                                                escape(parent.task().value()),
                                                escape(parent.job().value()),
                                                link(lineage.top(), "the whole"))));
        if (!job.why().isBlank()) {
            line("<p>%s</p>".formatted(escape(job.why())));
        }
        if (!job.request().request().strip().equals(title())) {
            line(
                    "<pre class=\"prose\">%s</pre>"
                            .formatted(escape(job.request().request().strip())));
        }
    }

    private void tiles() {
        Counts counts = job.counts();
        page.append("<dl class=\"tiles\">\n");
        tile("Tasks completed", counts.completed() + " of " + counts.total());
        tile("Time", Figures.duration(job.elapsed(now)));
        tile("Time saved", Figures.duration(analytics.sequentialSaved()));
        tile("Parallel efficiency", Figures.percent(analytics.efficiency()));
        tile("Cost", Figures.usd(analytics.usage().usd()));
        tile("Tokens", Figures.count(analytics.usage().tokens()));
        page.append("</dl>\n");
    }

    private void tile(String name, String value) {
        line("<div><dt>%s</dt><dd>%s</dd></div>".formatted(escape(name), escape(value)));
    }

    private void next() {
        List<NextSteps.Step> steps = NextSteps.of(job);
        if (steps.isEmpty()) {
            return;
        }
        page.append("<h2>What now</h2>\n<ul>\n");
        for (NextSteps.Step step : steps) {
            line(
                    "<li>%s%s</li>"
                            .formatted(
                                    escape(step.text()),
                                    step.command()
                                            .map(command -> " <code>" + escape(command) + "</code>")
                                            .orElse("")));
        }
        page.append("</ul>\n");
    }

    private void timeline() {
        Timeline timeline = Timeline.of(job, now);
        if (timeline.rows().isEmpty()) {
            return;
        }
        page.append("<h2>Timeline</h2>\n<div class=\"scroll\">\n");
        page.append(TimelinePicture.draw(timeline, job, analytics.criticalPath()));
        page.append("</div>\n<p class=\"legend\">");
        for (Phase phase : Phase.values()) {
            page.append("<span><i class=\"%1$s\"></i>%1$s</span>".formatted(phase.wire()));
        }
        page.append("<span>bold: on the critical path</span>");
        page.append("<span><span class=\"bad\">|</span> an attempt that failed</span></p>\n");
    }

    private void tasks() {
        if (job.tasks().isEmpty()) {
            return;
        }
        table(
                "Tasks",
                words("", "Task", "Status", "Agent")
                        + numbers("Attempts", "Time", "Cost")
                        + words("Branch"),
                job.tasks().stream().map(this::task));
    }

    private String task(TaskView task) {
        return cell(Integer.toString(task.worker()))
                + "<td><b>%s</b> %s</td>"
                        .formatted(escape(task.id().value()), escape(task.task().name()))
                + "<td>"
                + badge(Headline.standing(task), tone(task.status()))
                + "</td>"
                + cell(task.agent().value())
                + number(Integer.toString(task.attempts().size()))
                + number(task.attempts().isEmpty() ? "" : Figures.duration(task.duration(now)))
                + number(Figures.usd(task.usage().usd()))
                + "<td>"
                + task.branch().map(HtmlReport::code).orElse("")
                + "</td>";
    }

    private void children() {
        if (lineage.descendants().isEmpty()) {
            return;
        }
        table(
                "Jobs that workers started",
                words("Level", "Job", "Started by", "Status")
                        + numbers("Tasks", "Time", "Cost")
                        + words("Branch"),
                lineage.descendants().stream().map(this::child));
    }

    private String child(JobView child) {
        return cell(Integer.toString(child.request().depth()))
                + "<td>%s %s</td>"
                        .formatted(
                                link(lineage.folder(child), child.id().value()),
                                escape(Plain.firstLine(child.goal())))
                + cell(lineage.starter(child))
                + "<td>"
                + badge(child.status().wire(), tone(child))
                + "</td>"
                + number(child.counts().completed() + " of " + child.counts().total())
                + number(Figures.duration(child.elapsed(now)))
                + number(Figures.usd(child.usage().usd()))
                + "<td>"
                + child.resultBranch().map(HtmlReport::code).orElse("")
                + "</td>";
    }

    /// A link to the page of the job in `folder`, as seen from the job's own.
    private static String link(String folder, String text) {
        return "<a href=\"../%sreports/report.html\">%s</a>".formatted(folder, escape(text));
    }

    private void failures() {
        List<TaskView> failed =
                job.all()
                        .filter(TaskView::isUnsuccessful)
                        .filter(task -> !task.message().isBlank())
                        .toList();
        if (failed.isEmpty()) {
            return;
        }
        page.append("<h2>What did not succeed</h2>\n");
        for (TaskView task : failed) {
            line("<h3>%s: %s</h3>".formatted(escape(task.workerId()), escape(task.id().value())));
            line("<p>%s</p>".formatted(escape(Headline.standing(task) + ": " + task.message())));
            if (task.status() != TaskStatus.BLOCKED) {
                line(
                        "<pre>%s</pre>"
                                .formatted(
                                        escape(
                                                String.join(
                                                        "\n", task.lastErrors(ERROR_LINES_MAX)))));
            }
            task.rescues().forEach(ref -> line("<p>Its work is kept: %s</p>".formatted(code(ref))));
        }
    }

    private void discoveries() {
        if (job.discoveries().isEmpty()) {
            return;
        }
        page.append("<h2>Discoveries</h2>\n<ul>\n");
        job.discoveries()
                .forEach(found ->
                        line(
                                "<li><b>%s</b> %s</li>"
                                        .formatted(
                                                escape(found.task().value()),
                                                escape(found.discovery().content()))));
        page.append("</ul>\n");
    }

    private void times() {
        if (analytics.tasks().isEmpty()) {
            return;
        }
        table(
                "Where the time and money went",
                words("Task")
                        + numbers("Waiting", "Preparing", "Working", "Checking", "Integrating")
                        + numbers("Processor", "Memory", "Tokens", "Cost"),
                analytics.tasks().stream().map(this::times));
        if (!analytics.criticalPath().isEmpty()) {
            line(
                    "<p>Critical path, %s: %s. With %s no order of work takes less than %s.</p>"
                            .formatted(
                                    Figures.duration(analytics.criticalPathLength()),
                                    analytics.criticalPath().stream()
                                            .map(id -> "<b>" + escape(id.value()) + "</b>")
                                            .collect(Collectors.joining(" → ")),
                                    Figures.number(analytics.slots(), "slot"),
                                    Figures.duration(analytics.lowerBound())));
        }
        analytics
                .bottleneck()
                .ifPresent(found ->
                        line(
                                "<p>Bottleneck: <b>%s</b>, up to %s could be saved there.</p>"
                                        .formatted(
                                                escape(found.task().value()),
                                                Figures.duration(found.saves()))));
    }

    private String times(TaskFigures task) {
        StringBuilder row = new StringBuilder(cell(task.task().value()));
        for (Phase phase : Phase.values()) {
            row.append(
                    number(
                            task.spentOn(phase).isZero()
                                    ? ""
                                    : Figures.duration(task.spentOn(phase))));
        }
        return row.append(number(Figures.duration(task.cpu())))
                .append(number(Figures.memory(task.peakMemoryBytes())))
                .append(number(Figures.count(task.usage().tokens())))
                .append(number(Figures.usd(task.usage().usd())))
                .toString();
    }

    private void files() {
        List<Provenance.Row> rows = Provenance.of(job, lineage.descendants()).rows();
        if (rows.isEmpty()) {
            return;
        }
        table(
                "Files",
                words("File", "Change", "Worker", "Task", "Agent")
                        + numbers("Attempt")
                        + words("Commit", "In the result"),
                rows.stream().map(HtmlReport::file));
    }

    private static String file(Provenance.Row row) {
        return "<td>"
                + code(row.path())
                + "</td>"
                + cell(row.kind().name().toLowerCase(Locale.ROOT))
                + cell(row.workerId())
                + cell(row.task().value())
                + cell(row.agent().value())
                + number(Integer.toString(row.attempt()))
                + "<td>"
                + row.commit().map(commit -> code(commit.abbreviated())).orElse("")
                + "</td>"
                + cell(row.integrated() ? "yes" : "no");
    }

    private void notes() {
        List<JobView.Note> notes =
                job.notes().stream().filter(note -> note.level() != Event.Level.INFO).toList();
        if (notes.isEmpty() && job.checkoutChanges().isEmpty()) {
            return;
        }
        page.append("<h2>Worth knowing</h2>\n<ul>\n");
        notes.forEach(note ->
                line(
                        "<li>%s%s</li>"
                                .formatted(
                                        note.task()
                                                .map(TaskId::value)
                                                .map(id -> escape(id) + ": ")
                                                .orElse(""),
                                        escape(note.text()))));
        if (!job.checkoutChanges().isEmpty()) {
            line(
                    "<li>Changed in your checkout while the job ran: %s</li>"
                            .formatted(
                                    job.checkoutChanges().stream()
                                            .map(HtmlReport::code)
                                            .collect(Collectors.joining(", "))));
        }
        page.append("</ul>\n");
    }

    private void table(String title, String header, Stream<String> rows) {
        line("<h2>%s</h2>".formatted(escape(title)));
        page.append("<div class=\"scroll\"><table>\n<thead><tr>");
        page.append(header).append("</tr></thead>\n<tbody>\n");
        rows.forEach(row -> page.append("<tr>").append(row).append("</tr>\n"));
        page.append("</tbody></table></div>\n");
    }

    private void line(String html) {
        page.append(html).append('\n');
    }

    private static String words(String... names) {
        return Stream.of(names).map("<th>%s</th>"::formatted).collect(Collectors.joining());
    }

    private static String numbers(String... names) {
        return Stream.of(names)
                .map("<th class=\"number\">%s</th>"::formatted)
                .collect(Collectors.joining());
    }

    private static String cell(String text) {
        return "<td>" + escape(text) + "</td>";
    }

    private static String number(String text) {
        return "<td class=\"number\">" + escape(text) + "</td>";
    }

    private static String code(String text) {
        return "<code>" + escape(text) + "</code>";
    }

    private static String badge(String text, String tone) {
        return "<span class=\"status %s\">%s</span>".formatted(tone, escape(text));
    }

    private static String tone(JobView job) {
        return switch (job.status()) {
            case SUBMITTED, PLANNING, RUNNING -> "soft";
            case COMPLETED -> "good";
            case PARTIAL, CANCELED -> "warn";
            case FAILED -> "bad";
        };
    }

    private static String tone(TaskStatus status) {
        return switch (status) {
            case PENDING, READY, RUNNING -> "soft";
            case COMPLETED -> "good";
            case RETRYING, BLOCKED, CANCELED -> "warn";
            case FAILED, TIMEOUT -> "bad";
        };
    }
}
