package dev.coppice.report;

import static dev.coppice.report.Markdown.code;
import static dev.coppice.report.Markdown.inline;

import dev.coppice.model.Excerpt;
import dev.coppice.model.FileChange;
import dev.coppice.model.Need;
import dev.coppice.model.Outcome;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Writes `LEVEL_n_REPORT.md`: what each worker of one level was asked, tried, checked and brought.
public final class LevelReport {
    /// What an agent said is shown up to here; the whole is in the attempt's `output.log`.
    private static final int OUTPUT_MAX = 4_000;

    private final JobView job;
    private final Instant now;
    private final ZoneId zone;
    private final Markdown text = new Markdown();

    private LevelReport(JobView job, Instant now, ZoneId zone) {
        this.job = job;
        this.now = now;
        this.zone = zone;
    }

    /// The report on all workers of `job` as they stand at `now`.
    ///
    /// @param zone in which times are shown
    public static String render(JobView job, Instant now, ZoneId zone) {
        LevelReport report = new LevelReport(job, now, zone);
        report.text
                .heading(1, "Level " + job.request().depth() + " of job " + job.id())
                .paragraph("**" + job.status().wire() + "**: " + inline(Headline.of(job, now)))
                .paragraph(inline(Plain.firstLine(job.goal())));
        job.request()
                .parent()
                .ifPresent(parent ->
                        report.text.paragraph(
                                "Started by task %s of job %s."
                                        .formatted(
                                                code(parent.task().value()),
                                                code(parent.job().value()))));
        job.all().filter(task -> task.child().isEmpty()).forEach(report::section);
        return report.text.toString();
    }

    /// The report on one level of a family: on all its jobs that are so deep.
    public static String render(List<JobView> jobs, Instant now, ZoneId zone) {
        return jobs.stream().map(job -> render(job, now, zone)).collect(Collectors.joining("\n"));
    }

    private void section(TaskView task) {
        text.heading(2, task.workerId() + ": " + task.task().name());
        facts(task);
        if (!task.id().isOwn()) {
            text.block(task.task().description());
        }
        attempts(task);
        checks(task);
        files(task);
        discoveries(task);
        output(task);
    }

    private void facts(TaskView task) {
        List<String> facts = new ArrayList<>();
        facts.add("Task " + code(task.id().value()) + ", " + inline(Headline.standing(task)));
        facts.add(
                "Agent "
                        + inline(task.agent().value())
                        + task.task().model().map(model -> " with " + inline(model)).orElse(""));
        if (!task.task().needs().isEmpty()) {
            facts.add(
                    "Needs "
                            + task.task().needs().stream()
                                    .map(LevelReport::need)
                                    .collect(Collectors.joining(", ")));
        }
        task.branch().ifPresent(branch -> facts.add("Branch " + code(branch)));
        task.commit().ifPresent(commit -> facts.add("Commit " + code(commit.value())));
        job.children(task.id()).stream()
                .flatMap(child ->
                        child.child().stream()
                                .map(id ->
                                        "Started job "
                                                + code(id.value())
                                                + ", "
                                                + inline(Headline.standing(child))))
                .forEach(facts::add);
        task.session().ifPresent(session -> facts.add("Session " + code(session)));
        if (!task.message().isBlank()) {
            facts.add(inline(task.message()));
        }
        text.list(facts);
    }

    private static String need(Need need) {
        String id = code(need.task().value());
        return switch (need.on()) {
            case SUCCESS -> id;
            case FAILURE -> id + " to fail";
            case END -> id + " to end";
        };
    }

    private void attempts(TaskView task) {
        if (task.attempts().isEmpty()) {
            text.paragraph("Never attempted.");
            return;
        }
        text.table(
                List.of(
                        "Attempt",
                        "Started",
                        "Time",
                        "End",
                        "Cost",
                        "Tokens",
                        "Processor",
                        "Memory",
                        "Kept"),
                task.attempts().stream().map(this::attempt).toList());
    }

    private List<String> attempt(AttemptView attempt) {
        return List.of(
                Integer.toString(attempt.number()),
                Figures.moment(attempt.startingAt(), zone),
                Figures.duration(attempt.duration(now)),
                inline(end(attempt)),
                Figures.usd(attempt.usage().usd()),
                Figures.count(attempt.usage().tokens()),
                Figures.duration(attempt.resources().cpu()),
                Figures.memory(attempt.resources().peakMemoryBytes()),
                attempt.rescue().map(Markdown::code).orElse(""));
    }

    private static String end(AttemptView attempt) {
        return attempt.outcome()
                .map(outcome ->
                        switch (outcome) {
                            case Outcome.Done done -> "done";
                            case Outcome.Planned planned ->
                                    "planned "
                                            + Figures.number(planned.plan().tasks().size(), "task");
                            case Outcome.Integrated integrated -> "integrated";
                            case Outcome.Deferred deferred -> "deferred: " + deferred.why();
                            case Outcome.Failed failed ->
                                    failed.reason().wire() + ": " + failed.message();
                            case Outcome.RateLimited limited ->
                                    "rate limited: " + limited.message();
                            case Outcome.Stopped stopped -> "stopped";
                        })
                .orElse(attempt.phase().wire());
    }

    private void checks(TaskView task) {
        List<List<String>> rows = new ArrayList<>();
        for (AttemptView attempt : task.attempts()) {
            for (AttemptView.Check check : attempt.checks()) {
                rows.add(
                        List.of(
                                Integer.toString(attempt.number()),
                                Integer.toString(check.round()),
                                code(check.command()),
                                check.exitCode() == 0 ? "passed" : "exit " + check.exitCode(),
                                Figures.duration(check.took())));
            }
        }
        if (!rows.isEmpty()) {
            text.table(List.of("Attempt", "Round", "Check", "Result", "Time"), rows);
        }
    }

    private void files(TaskView task) {
        if (!task.files().isEmpty()) {
            text.list(task.files().stream().map(LevelReport::file).toList());
        }
    }

    private static String file(FileChange file) {
        return file.kind().name().toLowerCase(Locale.ROOT) + " " + code(file.path());
    }

    private void discoveries(TaskView task) {
        List<String> found =
                job.discoveries().stream()
                        .filter(discovery -> discovery.task().equals(task.id()))
                        .map(discovery -> "found: " + inline(discovery.discovery().content()))
                        .toList();
        if (!found.isEmpty()) {
            text.list(found);
        }
    }

    private void output(TaskView task) {
        String output = task.output().strip();
        if (output.isEmpty()) {
            return;
        }
        Excerpt end = Excerpt.end(output, OUTPUT_MAX);
        if (end.isCut() || task.result().outputCut()) {
            text.paragraph("The end of what it said; the whole is in `output.log`:");
        }
        text.block(end.text());
    }
}
