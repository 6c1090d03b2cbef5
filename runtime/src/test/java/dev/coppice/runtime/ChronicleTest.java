package dev.coppice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.folder.JobFolder;
import dev.coppice.folder.Secrets;
import dev.coppice.model.Event;
import dev.coppice.model.JobRequest;
import dev.coppice.model.JobStatus;
import dev.coppice.model.TaskId;
import dev.coppice.testkit.JobStory;
import dev.coppice.testkit.MemoryEventLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ChronicleTest {
    private static final Instant NOW = JobStory.BEGINNING;

    @TempDir Path folder;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aJobThatIsOverIsFollowedNoMore() {
        MemoryEventLog log = new MemoryEventLog();
        JobRequest request = request();
        log.append(JobStory.JOB, 1, NOW, List.of(new Event.JobSubmitted(request)));
        try (Chronicle chronicle = new Chronicle(log, new Secrets(List.of()), () -> NOW)) {
            chronicle.follow(JobStory.JOB);
            assertThat(chronicle.following()).isEqualTo(1);

            log.append(
                    JobStory.JOB, 2, NOW, List.of(new Event.JobEnded(JobStatus.COMPLETED, "done")));

            while (chronicle.following() > 0) {
                Thread.onSpinWait();
            }
            assertThat(JobFolder.of(request, JobStory.JOB).finalResult()).exists();
        }
    }

    @Test
    void reportsThatCouldNotBeWrittenAreWrittenWhenTheJobIsConcluded() throws Exception {
        MemoryEventLog log = new MemoryEventLog();
        JobRequest request = request();
        JobFolder where = JobFolder.of(request, JobStory.JOB);
        log.append(JobStory.JOB, 1, NOW, List.of(new Event.JobSubmitted(request)));
        try (Chronicle chronicle = new Chronicle(log, new Secrets(List.of()), () -> NOW)) {
            chronicle.follow(JobStory.JOB);
            chronicle.settle(JobStory.JOB);
            Path obstacle = Files.createDirectories(where.finalResult().resolve("in the way"));

            log.append(
                    JobStory.JOB, 2, NOW, List.of(new Event.JobEnded(JobStatus.COMPLETED, "done")));
            chronicle.settle(JobStory.JOB);
            Files.delete(obstacle);
            Files.delete(where.finalResult());
            chronicle.conclude(JobStory.JOB);

            assertThat(where.finalResult()).isRegularFile();
        }
    }

    @Test
    void whatAnAgentSaysBeforeItsJobIsFollowedIsInItsLog() {
        MemoryEventLog log = new MemoryEventLog();
        JobRequest request = request();
        TaskId task = new TaskId("a");
        Event.TasksAdded added =
                new Event.TasksAdded(
                        Optional.empty(), "Do it", List.of(JobStory.task(task.value())));
        try (Chronicle chronicle = new Chronicle(log, new Secrets(List.of()), () -> NOW)) {
            log.append(JobStory.JOB, 1, NOW, List.of(new Event.JobSubmitted(request), added));

            chronicle.said(JobStory.JOB, task, "a word");

            assertThat(JobFolder.of(request, JobStory.JOB).workerLog(1, task))
                    .content()
                    .contains("a word");
        }
    }

    @Test
    void whatHappenedBeforeItIsClosedIsInTheFolder() {
        MemoryEventLog log = new MemoryEventLog();
        JobRequest request = request();
        log.append(JobStory.JOB, 1, NOW, List.of(new Event.JobSubmitted(request)));
        try (Chronicle chronicle = new Chronicle(log, new Secrets(List.of()), () -> NOW)) {
            chronicle.follow(JobStory.JOB);
            log.append(
                    JobStory.JOB, 2, NOW, List.of(new Event.JobEnded(JobStatus.COMPLETED, "done")));
        }

        assertThat(JobFolder.of(request, JobStory.JOB).finalResult()).isRegularFile();
    }

    private JobRequest request() {
        JobRequest one =
                ((Event.JobSubmitted) new JobStory("Do it").events().getFirst().event()).request();
        return new JobRequest(
                one.request(),
                folder.toString(),
                one.base(),
                one.target(),
                one.plan(),
                one.settings(),
                one.depth(),
                one.parent());
    }
}
