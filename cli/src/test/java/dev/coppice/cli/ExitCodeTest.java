package dev.coppice.cli;

import static dev.coppice.testkit.JobStory.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.Event;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Reason;
import dev.coppice.model.Recorded;
import dev.coppice.report.JobHistory;
import dev.coppice.testkit.JobStory;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExitCodeTest {
    @Test
    void aJobThatWasCompletedAlthoughItsEndWasAskedForIsDone() {
        JobStory story =
                new JobStory("Do it")
                        .planned(task("a"))
                        .begins("a")
                        .happens(new Event.CancelRequested(Optional.empty(), Reason.CANCELED))
                        .finishes("a")
                        .ends(JobStatus.COMPLETED, "All tasks are done.");

        assertThat(code(story)).isEqualTo(ExitCode.DONE);
    }

    @Test
    void aJobThatWasCutShortIsStoppedWhateverElseIsWrong() {
        JobStory story =
                new JobStory("Do it")
                        .planned(task("a"))
                        .begins("a")
                        .happens(new Event.CancelRequested(Optional.empty(), Reason.JOB_TIMEOUT))
                        .fails("a", Reason.JOB_TIMEOUT, "no time")
                        .ends(JobStatus.CANCELED, "The job passed its time.");

        assertThat(code(story)).isEqualTo(ExitCode.STOPPED);
    }

    @Test
    void aConflictThatATaskCouldNotBeginWithIsLeftToResolveToo() {
        JobStory story =
                new JobStory("Do it")
                        .planned(task("a"), task("b"))
                        .begins("a")
                        .finishes("a")
                        .begins("b")
                        .fails("b", Reason.CONFLICT, "The same lines were changed.")
                        .ends(JobStatus.PARTIAL, "1 of 2 tasks is done.");

        assertThat(code(story)).isEqualTo(ExitCode.CONFLICT);
    }

    private static ExitCode code(JobStory story) {
        List<Recorded> events = story.events();
        JobHistory history = new JobHistory(events.getFirst());
        events.subList(1, events.size()).forEach(history::apply);
        return ExitCode.of(history.view());
    }
}
