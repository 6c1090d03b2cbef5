package dev.coppice.report;

import static dev.coppice.report.Markdown.code;
import static dev.coppice.report.Markdown.inline;

import dev.coppice.model.Event;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.report.NextSteps.Step;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Writes `FINAL_RESULT.md`: what was asked, what became of it, what to do now, who did what.
public final class FinalResult {
    private static final int ERROR_LINES_MAX = 15;

    private final JobView job;
    private final List<JobView> descendants;
    private final Instant now;
    private final ZoneId zone;
    private final Markdown text = new Markdown();

    private FinalResult(JobView job, List<JobView> descendants, Instant now, ZoneId zone) {
        this.job = job;
        this.descendants = descendants;
        this.now = now;
        this.zone = zone;
    }

    /// The report on `job` as it stands at `now`.
    ///
    /// @param zone in which times are shown
    public static String render(JobView job, Instant now, ZoneId zone) {
        return render(job, List.of(), now, zone);
    }

    /// The report on `job` and the jobs that came of it.
    public static String render(JobView job, List<JobView> descendants, Instant now, ZoneId zone) {
        FinalResult report = new FinalResult(job, descendants, now, zone);
        report.summary();
        report.next();
        report.tasks();
        report.children();
        report.failures();
        report.discoveries();
        report.files();
        report.notes();
        report.time();
        return report.text.toString();
    }

    private void summary() {
        text.heading(1, job.goal().strip().lines().findFirst().orElse("Job " + job.id()));
        text.paragraph("**" + job.status().wire() + "**: " + inline(Headline.of(job, now)));
        if (!job.why().isBlank()) {
            text.paragraph(inline(job.why()));
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("Job", code(job.id().value())));
        job.request()
                .parent()
                .ifPresent(parent ->
                        rows.add(
                                List.of(
                                        "Started by",
                                        "%s of job %s, level %s"
                                                .formatted(
                                                        code(parent.task().value()),
                                                        code(parent.job().value()),
                                                        job.request().depth()))));
        rows.add(List.of("Repository", code(job.request().repository())));
        job.request().base().ifPresent(base -> rows.add(List.of("Base", code(base.value()))));
        job.resultBranch().ifPresent(branch -> rows.add(List.of("Branch", code(branch))));
        job.resultCommit().ifPresent(commit -> rows.add(List.of("Commit", code(commit.value()))));
        rows.add(List.of("Submitted", Figures.moment(job.submittedAt(), zone)));
        job.endedAt().ifPresent(at -> rows.add(List.of("Ended", Figures.moment(at, zone))));
        text.table(List.of("", ""), rows);
        text.heading(2, "Request").block(job.request().request());
    }

    private void next() {
        List<Step> steps = NextSteps.of(job);
        if (!steps.isEmpty()) {
            text.heading(2, "What now");
            text.list(
                    steps.stream()
                            .map(step ->
                                    inline(step.text())
                                            + step.command()
                                                    .map(command -> " " + code(command))
                                                    .orElse(""))
                            .toList());
        }
    }

    private void tasks() {
        if (job.tasks().isEmpty()) {
            return;
        }
        text.heading(2, "Tasks");
        text.table(
                List.of(
                        "",
                        "Task",
                        "Status",
                        "Agent",
                        "Attempts",
                        "Time",
                        "Cost",
                        "Files",
                        "Branch"),
                job.tasks().stream().map(this::row).toList());
        text.paragraph(
                job.request().depth() == 0
                        ? "More on each of them: [the level's report](depth_0/LEVEL_0_REPORT.md), "
                                + "[timeline](reports/report.html)."
                        : "More on each of them: [the level's report](../LEVEL_%d_REPORT.md), [timeline](reports/report.html)."
                                .formatted(job.request().depth()));
    }

    private void children() {
        if (descendants.isEmpty()) {
            return;
        }
        text.heading(2, "Jobs that workers started");
        Lineage lineage = new Lineage(job, descendants);
        text.table(
                List.of("Level", "Job", "Started by", "Status", "Tasks", "Time", "Cost", "Branch"),
                descendants.stream().map(child -> child(lineage, child)).toList());
        int deepest =
                descendants.stream().mapToInt(child -> child.request().depth()).max().orElse(0);
        text.paragraph(
                "More on each level: "
                        + IntStream.rangeClosed(job.request().depth() + 1, deepest)
                                .mapToObj(level ->
                                        "[%1$d](%2$sdepth_%1$d/LEVEL_%1$d_REPORT.md)"
                                                .formatted(level, lineage.top()))
                                .collect(Collectors.joining(", "))
                        + ".");
    }

    private List<String> child(Lineage lineage, JobView child) {
        return List.of(
                Integer.toString(child.request().depth()),
                "[%s](%sFINAL_RESULT.md) ".formatted(child.id(), lineage.folder(child))
                        + inline(Plain.firstLine(child.goal())),
                inline(lineage.starter(child)),
                child.status().wire(),
                child.counts().completed() + " of " + child.counts().total(),
                Figures.duration(child.elapsed(now)),
                Figures.usd(child.usage().usd()),
                child.resultBranch().map(Markdown::code).orElse(""));
    }

    private List<String> row(TaskView task) {
        return List.of(
                Integer.toString(task.worker()),
                "**" + inline(task.id().value()) + "** " + inline(task.task().name()),
                inline(Headline.standing(task)),
                inline(task.agent().value()),
                Integer.toString(task.attempts().size()),
                task.attempts().isEmpty() ? "" : Figures.duration(task.duration(now)),
                Headline.cost(task),
                Integer.toString(task.files().size()),
                task.branch().map(Markdown::code).orElse("")
                        + (task.isIntegrated() ? ", in the result" : ""));
    }

    private void failures() {
        List<TaskView> failed = job.all().filter(TaskView::isUnsuccessful).toList();
        if (failed.isEmpty()) {
            return;
        }
        text.heading(2, "What did not succeed");
        for (TaskView task : failed) {
            text.heading(3, task.workerId() + ": " + task.id());
            text.paragraph(inline(sentence(task)));
            List<String> errors = task.lastErrors(ERROR_LINES_MAX);
            if (task.status() != TaskStatus.BLOCKED && !errors.isEmpty()) {
                text.block(String.join("\n", errors));
            }
            if (!task.rescues().isEmpty()) {
                text.paragraph(
                        "Its work is kept: "
                                + task.rescues().stream()
                                        .map(Markdown::code)
                                        .collect(Collectors.joining(", ")));
            }
        }
    }

    private static String sentence(TaskView task) {
        return Headline.standing(task)
                + (task.attempts().isEmpty()
                        ? ", never attempted"
                        : " after " + Figures.number(task.attempts().size(), "attempt"))
                + (task.message().isBlank() ? "." : ": " + task.message());
    }

    private void discoveries() {
        if (!job.discoveries().isEmpty()) {
            text.heading(2, "Discoveries");
            text.list(
                    job.discoveries().stream()
                            .map(found ->
                                    "%s: %s%s"
                                            .formatted(
                                                    inline(found.task().value()),
                                                    inline(found.discovery().content()),
                                                    tags(found.discovery().tags())))
                            .toList());
        }
    }

    private static String tags(List<String> tags) {
        return tags.isEmpty() ? "" : " (" + inline(String.join(", ", tags)) + ")";
    }

    private void files() {
        List<Provenance.Row> rows = Provenance.of(job, descendants).rows();
        if (rows.isEmpty()) {
            return;
        }
        text.heading(2, "Files");
        text.table(
                List.of(
                        "File",
                        "Change",
                        "Worker",
                        "Task",
                        "Agent",
                        "Attempt",
                        "Commit",
                        "In the result"),
                rows.stream().map(FinalResult::file).toList());
    }

    private static List<String> file(Provenance.Row row) {
        return List.of(
                code(row.path()),
                row.kind().name().toLowerCase(Locale.ROOT),
                inline(row.workerId()),
                inline(row.task().value()),
                inline(row.agent().value()),
                Integer.toString(row.attempt()),
                row.commit().map(commit -> code(commit.abbreviated())).orElse(""),
                row.integrated() ? "yes" : "no");
    }

    private void notes() {
        List<String> notes = new ArrayList<>();
        job.notes().stream()
                .filter(note -> note.level() != Event.Level.INFO)
                .forEach(note ->
                        notes.add(
                                note.task()
                                                .map(TaskId::value)
                                                .map(id -> inline(id) + ": ")
                                                .orElse("")
                                        + inline(note.text())));
        if (!job.checkoutChanges().isEmpty()) {
            notes.add(
                    "Changed in your checkout while the job ran: "
                            + job.checkoutChanges().stream()
                                    .map(Markdown::code)
                                    .collect(Collectors.joining(", ")));
        }
        if (!notes.isEmpty()) {
            text.heading(2, "Worth knowing").list(notes);
        }
    }

    private void time() {
        Analytics figures = Analytics.of(job, now);
        if (!figures.makespan().isPositive()) {
            return;
        }
        List<String> lines = new ArrayList<>();
        lines.add(
                "The tasks took %s, one after the other they would have taken %s (saved: %s)."
                        .formatted(
                                Figures.duration(figures.makespan()),
                                Figures.duration(figures.work()),
                                Figures.duration(figures.sequentialSaved())));
        lines.add(
                "Parallel efficiency %s: with %s no order of work takes less than %s. At most %s at once."
                        .formatted(
                                Figures.percent(figures.efficiency()),
                                Figures.number(figures.slots(), "slot"),
                                Figures.duration(figures.lowerBound()),
                                Figures.number(figures.peak(), "attempt")));
        if (!figures.criticalPath().isEmpty()) {
            lines.add(
                    "Critical path (%s): %s."
                            .formatted(
                                    Figures.duration(figures.criticalPathLength()),
                                    figures.criticalPath().stream()
                                            .map(task -> inline(task.value()))
                                            .collect(Collectors.joining(" → "))));
        }
        figures.bottleneck()
                .ifPresent(bottleneck ->
                        lines.add(
                                "Bottleneck: %s, up to %s could be saved there."
                                        .formatted(
                                                inline(bottleneck.task().value()),
                                                Figures.duration(bottleneck.saves()))));
        if (figures.cpu().compareTo(Duration.ZERO) > 0) {
            String memory = Figures.memory(figures.peakMemoryBytes());
            lines.add(
                    "Processor time "
                            + Figures.duration(figures.cpu())
                            + (memory.isEmpty()
                                    ? "."
                                    : ", at most " + memory + " of memory held by one attempt."));
        }
        text.heading(2, "Time").list(lines);
    }
}
