package dev.coppice.folder;

import static dev.coppice.testkit.JobStory.created;
import static dev.coppice.testkit.JobStory.deleted;
import static dev.coppice.testkit.JobStory.modified;
import static dev.coppice.testkit.JobStory.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.Integration.Delivery;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Reason;
import dev.coppice.model.Recorded;
import dev.coppice.model.TaskId;
import dev.coppice.report.JobView;
import dev.coppice.report.StatusText.Load;
import dev.coppice.report.StatusText.Present;
import dev.coppice.testkit.Golden;
import dev.coppice.testkit.JobStory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFilesTest {
    private static final Secrets NO_SECRETS = new Secrets(List.of());

    @TempDir Path workspaces;

    @Test
    void theDocumentsOfAJob() throws IOException {
        JobStory story = story();
        JobFolder folder = write(story.events(), NO_SECRETS);

        for (Path file :
                List.of(
                        folder.results(),
                        folder.job(),
                        folder.metadata(),
                        folder.plan(),
                        folder.timeline(),
                        folder.analytics())) {
            String text = Files.readString(file).replace(workspaces.toString(), "/workspaces");
            Golden.check("folder/" + file.getFileName(), text);
        }
    }

    @Test
    void everyFileOfTheContractIsThereAndNothingHalfWritten() throws IOException {
        JobFolder folder = write(story().events(), NO_SECRETS);

        assertThat(files(folder.root()))
                .containsExactlyInAnyOrder(
                        "FINAL_RESULT.md",
                        "results.json",
                        "job.json",
                        "depth_0/metadata.json",
                        "depth_0/plan.json",
                        "depth_0/LEVEL_0_REPORT.md",
                        "reports/timeline.json",
                        "reports/analytics.json",
                        "reports/report.html");
    }

    @Test
    void writtenAgainTheFilesAreReplaced() throws IOException {
        JobStory story = story();
        write(story.events().subList(0, 5), NO_SECRETS);
        JobFolder folder = write(story.events(), NO_SECRETS);

        assertThat(Files.readString(folder.results())).contains("\"status\" : \"partial\"");
    }

    @Test
    void theStatusOfARunningJobTellsWhatItsAttemptsTakeAndWhatWentWrong() throws IOException {
        JobStory story =
                new JobStory("Do it")
                        .lays(task("a"), task("b", "a"), task("c"))
                        .begins("a")
                        .begins("c")
                        .passes(2)
                        .stumbles("c", Reason.EXIT_CODE, "exit code 3");
        JobFolder folder = JobFolder.of(workspaces, JobStory.JOB);
        Path errors = folder.task(3, new TaskId("c")).attempt(1).errors();
        Files.createDirectories(errors.getParent());
        Files.writeString(errors, "loading\nno such module\n");
        Present present =
                new Present(
                        story.now(),
                        true,
                        Map.of(
                                JobStory.JOB,
                                Map.of(new TaskId("a"), new Load(Duration.ofMillis(1500), 4096))));

        String status =
                new StatusJson(folder, NO_SECRETS, _ -> Optional.empty())
                        .status(JobView.of(story.events()), present);

        Golden.check("folder/status.json", status.replace(workspaces.toString(), "/workspaces"));
    }

    @Test
    void noSecretIsInAnyFile() throws IOException {
        String secret = "hunter_two*\"<3";
        Secrets secrets = new Secrets(List.of(secret));
        List<Recorded> events = LeakyJob.events(secret);
        JobFolder folder = write(events, secrets);
        JobLogs logs = new JobLogs(folder, secrets, ZoneOffset.UTC);
        logs.happened(events);
        logs.said(LeakyJob.TASK, "I use " + secret);
        String status =
                new StatusJson(folder, secrets, _ -> Optional.empty())
                        .status(
                                JobView.of(events),
                                new Present(JobStory.BEGINNING, false, Map.of()));

        assertThat(status).doesNotContain("hunter").contains("***");
        for (String file : files(folder.root())) {
            assertThat(Files.readString(folder.root().resolve(file)))
                    .as(file)
                    .doesNotContain("hunter");
        }
    }

    private JobFolder write(List<Recorded> events, Secrets secrets) {
        JobFolder folder = JobFolder.of(workspaces, JobStory.JOB);
        new ReportFiles(folder, secrets, ZoneOffset.ofHours(1), _ -> List.of())
                .write(events, events.getLast().at());
        return folder;
    }

    private static List<String> files(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .toList();
        }
    }

    private static JobStory story() {
        return new JobStory("Split the shop into services")
                .using("0.02", 900, 1)
                .planned(task("core"), task("billing"), task("mail", "billing"))
                .begins("core")
                .begins("billing")
                .passes(6)
                .finishes("core", created("src/Core.java"), modified("pom.xml"), deleted("old.txt"))
                .checks("billing", "make check", 2, 1, "BillTest.java:7: 3 is not 4\n")
                .fails("billing", Reason.CHECK_FAILED, "`make check` ended with exit code 2")
                .blocks("mail", "billing")
                .integrates(new Delivery.NotAsked(), List.of("core"), List.of())
                .ends(JobStatus.PARTIAL, "1 of 3 tasks completed");
    }
}
