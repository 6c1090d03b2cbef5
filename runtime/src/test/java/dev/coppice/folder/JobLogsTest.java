package dev.coppice.folder;

import static dev.coppice.testkit.JobStory.created;
import static dev.coppice.testkit.JobStory.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.Event;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Reason;
import dev.coppice.model.Recorded;
import dev.coppice.model.TaskId;
import dev.coppice.testkit.Golden;
import dev.coppice.testkit.JobStory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobLogsTest {
    private static final TaskId A = new TaskId("a");

    @TempDir Path workspaces;
    private JobFolder folder;
    private List<Recorded> events;

    @BeforeEach
    void aJob() {
        folder = JobFolder.of(workspaces, JobStory.JOB);
        events =
                new JobStory("Do it")
                        .planned(task("a"), task("b"))
                        .begins("a")
                        .passes(3)
                        .discovers("a", "Dates are UTC")
                        .checks("a", "make", 0, 1, "ok")
                        .finishes("a", created("a"))
                        .begins("b")
                        .fails("b", Reason.EXIT_CODE, "exit code 1")
                        .ends(JobStatus.PARTIAL, "1 of 2 tasks completed")
                        .events();
    }

    @Test
    void theLogsTellTheStoryAsItHappens() throws IOException {
        JobLogs logs = logs();
        for (Recorded event : events) {
            logs.happened(List.of(event));
            assertThat(Files.readAllLines(folder.structuredLog())).hasSize((int) event.sequence());
        }
        logs.said(A, "I am done");

        Golden.check("folder/orchestrator.log", Files.readString(folder.orchestratorLog()));
        Golden.check("folder/orchestrator.jsonl", Files.readString(folder.structuredLog()));
        Golden.check("folder/depth_0_worker_1.log", Files.readString(folder.workerLog(1, A)));
    }

    @Test
    void whoTakesAJobUpAgainWritesNothingTwice() throws IOException {
        JobLogs first = logs();
        first.happened(events.subList(0, 7));
        JobLogs second = logs();
        second.happened(events);

        assertThat(Files.readAllLines(folder.structuredLog())).hasSize(events.size());
        assertThat(Files.readAllLines(folder.orchestratorLog())).hasSize(events.size());
        assertThat(folder.workerLog(2, new TaskId("b"))).exists();
    }

    @Test
    void aLineThatACrashCutOffIsWrittenAgain() throws IOException {
        JobLogs first = logs();
        first.happened(events.subList(0, 3));
        Files.writeString(folder.structuredLog(), "{\"at\":\"20", StandardOpenOption.APPEND);

        JobLogs second = logs();
        second.happened(events);

        assertThat(Files.readAllLines(folder.structuredLog()))
                .hasSize(events.size())
                .allMatch(line -> line.startsWith("{") && line.endsWith("}"));
    }

    @Test
    void aLastLineOfAnyLengthTellsWhereToGoOn() throws IOException {
        JobLogs first = logs();
        Recorded last = events.get(2);
        first.happened(events.subList(0, 2));
        first.happened(
                List.of(
                        new Recorded(
                                last.job(),
                                last.sequence(),
                                last.at(),
                                new Event.Noted(
                                        Event.Level.INFO,
                                        Optional.empty(),
                                        "long ".repeat(100_000)))));

        JobLogs second = logs();
        second.happened(events);

        assertThat(Files.readAllLines(folder.structuredLog())).hasSize(events.size());
    }

    private JobLogs logs() {
        return new JobLogs(folder, new Secrets(List.of()), ZoneOffset.ofHours(1));
    }
}
