package dev.coppice.report;

import static dev.coppice.testkit.JobStory.created;
import static dev.coppice.testkit.JobStory.described;
import static dev.coppice.testkit.JobStory.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.Reason;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.report.StatusText.Present;
import dev.coppice.testkit.Golden;
import dev.coppice.testkit.JobStory;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReportsTest {
    private static final ZoneId ZONE = ZoneOffset.ofHours(1);
    private static final String HOSTILE =
            "<script>alert('x')</script> | ``` \u001b[2J\u202e\"&\r\nnext";

    @Test
    void theFinalResultOfAMergedJob() {
        JobStory story = Stories.merged();
        Golden.check("merged-FINAL_RESULT.md", FinalResult.render(view(story), story.now(), ZONE));
    }

    @Test
    void theFinalResultNamesWhatFailedAndWhatToDo() {
        JobStory story = Stories.partial();
        Golden.check("partial-FINAL_RESULT.md", FinalResult.render(view(story), story.now(), ZONE));
    }

    @Test
    void theLevelReportTellsOfEveryWorker() {
        JobStory story = Stories.merged();
        Golden.check(
                "merged-LEVEL_0_REPORT.md", LevelReport.render(view(story), story.now(), ZONE));
        JobStory partial = Stories.partial();
        Golden.check(
                "partial-LEVEL_0_REPORT.md",
                LevelReport.render(view(partial), partial.now(), ZONE));
    }

    @Test
    void thePageNeedsNothingButABrowser() {
        JobStory story = Stories.merged();
        Golden.check(
                "merged-report.html", HtmlReport.render(view(story), List.of(), story.now(), ZONE));
        JobStory partial = Stories.partial();
        String page = HtmlReport.render(view(partial), List.of(), partial.now(), ZONE);
        Golden.check("partial-report.html", page);
        assertThat(page).doesNotContain("<script", "src=", "href=", "url(", "http:", "https:");
    }

    @Test
    void theStatusOfEndedJobs() {
        JobStory merged = Stories.merged();
        JobStory partial = Stories.partial();
        Golden.check("merged-status.txt", status(merged, 100, false));
        Golden.check("partial-status.txt", status(partial, 100, false));
        Golden.check("partial-status-coloured.txt", status(partial, 100, true));
    }

    @Test
    void theStatusOfARunningJobShowsWhatItsAttemptsTake() {
        JobStory story =
                new JobStory("Do it")
                        .lays(task("a"), task("b", "a"), task("c"))
                        .begins("a")
                        .begins("c")
                        .passes(2)
                        .stumbles("c", Reason.IDLE_TIMEOUT, "silent for 5 min");
        Present present =
                new Present(
                        story.now(),
                        false,
                        Map.of(
                                JobStory.JOB,
                                Map.of(
                                        new TaskId("a"),
                                        new StatusText.Load(Duration.ofSeconds(4), 300L << 20))));
        Golden.check(
                "running-status.txt",
                new StatusText(100, false, ZONE).render(view(story), List.of(), present));
    }

    @Test
    void theStatusShowsTheJobsThatWorkersStartedBelowThem() {
        Stories.Kin family = Stories.family();
        StatusText text = new StatusText(100, false, ZONE);
        Present present = new Present(family.now(), false, Map.of());

        Golden.check(
                "family-status.txt", text.render(family.view(), family.descendants(), present));
        assertThat(text.frame(family.view(), family.descendants(), present, 9).lines())
                .as("what runs is shown where not all has room")
                .hasSizeLessThanOrEqualTo(9)
                .anyMatch(line -> line.contains("users"))
                .noneMatch(line -> line.contains("models"));
        assertThat(text.render(family.descendants().getFirst(), List.of(), present))
                .contains("  level 1, started by backend of job " + JobStory.JOB + "\n");
    }

    @Test
    void theReportsOfAFamilyLeadToEachOther() {
        Stories.Kin family = Stories.family().ended();
        List<JobView> below = family.descendants();
        JobView child = below.getFirst();
        List<JobView> grandchild = below.subList(1, 2);

        Golden.check(
                "family-FINAL_RESULT.md",
                FinalResult.render(family.view(), below, family.now(), ZONE));
        Golden.check("family-LEVEL_1_REPORT.md", LevelReport.render(child, family.now(), ZONE));
        String page = HtmlReport.render(family.view(), below, family.now(), ZONE);
        assertThat(page)
                .contains("<a href=\"../depth_1/worker_1_job_1/reports/report.html\">" + child.id())
                .contains("<a href=\"../depth_2/worker_1_2_job_1/reports/report.html\">")
                .contains("<td>worker_1 backend</td>", "<td>worker_1_2 migrations</td>")
                .as("the timeline")
                .containsSubsequence(">backend<title>", ">└ job " + child.id(), ">frontend<title>");
        assertThat(HtmlReport.render(child, grandchild, family.now(), ZONE))
                .contains("<a href=\"../../../reports/report.html\">the whole</a>")
                .contains("<a href=\"../../../depth_2/worker_1_2_job_1/reports/report.html\">");
    }

    @Test
    void anInterruptedJobSaysHowItGoesOn() {
        JobStory story = new JobStory("Do it").lays(task("a")).begins("a");
        Present present = new Present(story.now(), true, Map.of());

        assertThat(new StatusText(80, false, ZONE).render(view(story), List.of(), present))
                .contains("interrupted, continue with: coppice resume " + JobStory.JOB);
    }

    @Test
    void aLivePictureFitsTheTerminalAndKeepsWhatRunsAndWhatFailed() {
        Task[] tasks =
                IntStream.rangeClosed(1, 40).mapToObj(n -> task("t" + n)).toArray(Task[]::new);
        JobStory story = new JobStory("Do much").lays(tasks);
        for (int n = 1; n <= 20; n++) {
            story.begins("t" + n).finishes("t" + n);
        }
        story.begins("t21").fails("t21", Reason.NO_CHANGES, "nothing was done");
        story.begins("t39").begins("t40");
        Present present = new Present(story.now(), false, Map.of());

        List<String> lines =
                new StatusText(80, false, ZONE)
                        .frame(view(story), List.of(), present, 23)
                        .lines()
                        .toList();

        assertThat(lines).hasSize(23);
        assertThat(lines).anyMatch(line -> line.contains("t21") && line.contains("failed"));
        assertThat(lines).anyMatch(line -> line.contains("t39"));
        assertThat(lines).anyMatch(line -> line.contains("t40"));
        assertThat(lines.getLast()).isEqualTo("  … and 23 more");
    }

    @Test
    void noLineIsWiderThanTheTerminal() {
        JobStory story =
                new JobStory("Do it")
                        .lays(described("a", "長い説明".repeat(20) + " 🚀".repeat(20)))
                        .begins("a");
        Present present = new Present(story.now(), false, Map.of());

        String[] lines =
                new StatusText(60, false, ZONE)
                        .render(view(story), List.of(), present)
                        .split("\n", -1);

        assertThat(lines).allMatch(line -> Plain.width(line) <= 60);
        assertThat(lines).anyMatch(line -> line.endsWith("…"));
    }

    @Test
    void foreignTextCommandsNeitherTerminalNorPageNorTable() {
        JobStory story =
                new JobStory(HOSTILE)
                        .lays(described("a", HOSTILE))
                        .begins("a")
                        .discovers("a", HOSTILE)
                        .checks("a", HOSTILE, 1, 1, HOSTILE)
                        .fails("a", Reason.CHECK_FAILED, HOSTILE, created(HOSTILE));
        JobView view = view(story);

        String page = HtmlReport.render(view, List.of(), story.now(), ZONE);
        String status = status(story, 100, false);
        String markdown =
                FinalResult.render(view, story.now(), ZONE)
                        + LevelReport.render(view, story.now(), ZONE);

        assertThat(page).doesNotContain("<script", "alert('", "\u001b", "\u202e");
        assertThat(status).doesNotContain("\u001b", "\u202e", "\r");
        assertThat(markdown).doesNotContain("\u001b", "\u202e", "\r");
        assertThat(markdown.lines().filter(line -> line.startsWith("| ")))
                .noneMatch(line -> line.contains("<script>") && !line.contains("`"));
        Golden.check("hostile-FINAL_RESULT.md", FinalResult.render(view, story.now(), ZONE));
    }

    @Test
    void aJobWithoutAPlanCanBeShown() {
        JobStory story = new JobStory("Do it");

        assertThat(FinalResult.render(view(story), story.now(), ZONE)).contains("planning");
        assertThat(HtmlReport.render(view(story), List.of(), story.now(), ZONE))
                .contains("planning");
        assertThat(status(story, 80, false)).contains("planning");
    }

    private static String status(JobStory story, int width, boolean colour) {
        return new StatusText(width, colour, ZONE)
                .render(view(story), List.of(), new Present(story.now(), false, Map.of()));
    }

    private static JobView view(JobStory story) {
        return JobView.of(story.events());
    }
}
