package dev.coppice.report;

import static dev.coppice.testkit.JobStory.CLAUDE;
import static dev.coppice.testkit.JobStory.created;
import static dev.coppice.testkit.JobStory.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.model.Event;
import dev.coppice.model.Integration.Delivery;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Outcome;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Reason;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.model.WorkResult;
import dev.coppice.testkit.JobStory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JobViewTest {
    @Test
    void aJobIsPlannedUntilItHasTasksAndRunsUntilItEnds() {
        JobStory story = new JobStory("Do it");

        assertThat(view(story).status()).isEqualTo(JobStatus.PLANNING);
        assertThat(view(story).goal()).isEqualTo("Do it");
        story.planned(task("a"));
        assertThat(view(story).status()).isEqualTo(JobStatus.RUNNING);
        assertThat(view(story).goal()).isEqualTo("Add input validation");
        story.begins("a").finishes("a", created("a")).ends(JobStatus.COMPLETED, "");
        assertThat(view(story).status()).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void theEnginesOwnTasksAreNotCountedButTheirCostIs() {
        JobStory story =
                new JobStory("Do it")
                        .using("0.05", 100, 1)
                        .planned(task("a"))
                        .begins("a")
                        .finishes("a", created("a"))
                        .integrates(new Delivery.NotAsked(), List.of("a"), List.of());

        JobView view = view(story);

        assertThat(view.tasks()).extracting(TaskView::workerId).containsExactly("worker_1");
        assertThat(view.own())
                .extracting(TaskView::workerId)
                .containsExactly("plan", "integrate_1");
        assertThat(view.counts().total()).isEqualTo(1);
        assertThat(Figures.usd(view.usage().usd())).isEqualTo("$0.15");
    }

    @Test
    void anUnknownPriceIsNotNothing() {
        JobStory story =
                new JobStory("Do it")
                        .lays(task("a"), task("b"))
                        .begins("a")
                        .finishes("a", created("a"));

        assertThat(view(story).usage().usd()).isEmpty();
        assertThat(view(story).unpricedAttempts()).isEqualTo(1);

        story.using("0.00", 10, 1).begins("b").finishes("b", created("b"));

        assertThat(Figures.usd(view(story).usage().usd())).isEqualTo("$0.00");
        assertThat(view(story).unpricedAttempts()).isEqualTo(1);
    }

    @Test
    void aTaskIsReadyOnceItsNeedsAreMet() {
        JobStory story = new JobStory("Do it").lays(task("a"), task("b", "a"));

        assertThat(of(story, "a").status()).isEqualTo(TaskStatus.READY);
        assertThat(of(story, "b").status()).isEqualTo(TaskStatus.PENDING);
        assertThat(of(story, "b").waitingFor()).containsExactly(new TaskId("a"));

        story.begins("a").finishes("a", created("a"));

        assertThat(of(story, "b").status()).isEqualTo(TaskStatus.READY);
        assertThat(of(story, "b").waitingFor()).isEmpty();
    }

    @Test
    void aTaskThatIsTriedAgainKeepsWhatItsAttemptsLeft() {
        JobStory story = new JobStory("Do it").lays(task("a")).begins("a").passes(3);
        story.stumbles("a", Reason.EXIT_CODE, "exit code 1");

        assertThat(of(story, "a").status()).isEqualTo(TaskStatus.RETRYING);
        assertThat(of(story, "a").retryAt()).contains(story.now().plusSeconds(2));
        assertThat(of(story, "a").message()).isEqualTo("exit code 1");
        assertThat(of(story, "a").reason()).contains(Reason.EXIT_CODE);

        story.passes(2).begins("a").passes(4).finishes("a", created("a"));

        TaskView done = of(story, "a");
        assertThat(done.status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(done.message()).isEmpty();
        assertThat(done.reason()).isEmpty();
        assertThat(done.attempts()).hasSize(2);
        assertThat(done.rescues()).hasSize(1);
        assertThat(done.duration(story.now())).isEqualTo(Duration.ofSeconds(8));
    }

    @Test
    void aRateLimitIsNoFailureAndTheAgentsPauseIsShown() {
        JobStory story = new JobStory("Do it").lays(task("a")).begins("a").passes(3);
        Instant until = story.now().plusSeconds(60);
        story.ends("a", new Outcome.RateLimited(Optional.of(until), "too many", WorkResult.NONE))
                .happens(new Event.AgentPaused(CLAUDE, until, "too many"));

        assertThat(of(story, "a").status()).isEqualTo(TaskStatus.READY);
        assertThat(of(story, "a").reason()).isEmpty();
        assertThat(view(story).pausesAt(story.now())).hasSize(1);
        assertThat(view(story).pausesAt(until)).isEmpty();
    }

    @Test
    void aBlockedTaskNamesItsCause() {
        TaskView blocked = of(Stories.partial(), "mail");

        assertThat(blocked.blockedBy()).contains(new TaskId("billing"));
        assertThat(blocked.message()).contains("billing");
    }

    @Test
    void aFailedTaskShowsWhatItsFailedCheckPrinted() {
        TaskView failed = of(Stories.partial(), "billing");

        assertThat(failed.lastErrors(1)).containsExactly("BillTest.java:7: 3 is not 4");
        assertThat(failed.message()).isEqualTo("`make check` ended with exit code 2");
        assertThat(failed.output()).isEqualTo("I tried the billing");
        assertThat(failed.files()).containsExactly(created("src/Bill.java"));
    }

    @Test
    void aRetryPutsBackWhatDidNotSucceedAndReopensTheJob() {
        JobStory story = Stories.partial().passes(3600);
        story.happens(new Event.RetryRequested(List.of(), Optional.empty()));

        JobView view = view(story);

        assertThat(view.status()).isEqualTo(JobStatus.RUNNING);
        assertThat(view.endedAt()).isEmpty();
        assertThat(view.why()).isEmpty();
        assertThat(view.tasks())
                .extracting(TaskView::status)
                .containsExactly(TaskStatus.COMPLETED, TaskStatus.READY, TaskStatus.PENDING);
        assertThat(view.elapsed(story.now())).isLessThan(Duration.ofSeconds(60));
    }

    @Test
    void aRetryOfOneTaskFreesThoseItBlocked() {
        JobStory story = Stories.partial();
        story.happens(new Event.RetryRequested(List.of(new TaskId("billing")), Optional.empty()));

        assertThat(of(story, "mail").status()).isEqualTo(TaskStatus.PENDING);
        assertThat(of(story, "mail").blockedBy()).isEmpty();
    }

    @Test
    void aFallbackThatWasNotNeededDidNotFail() {
        JobStory story =
                new JobStory("Do it")
                        .lays(task("a"))
                        .over("a", TaskStatus.CANCELED, Optional.of(Reason.NOT_NEEDED))
                        .ends(JobStatus.COMPLETED, "")
                        .happens(new Event.RetryRequested(List.of(), Optional.empty()));

        assertThat(of(story, "a").status()).isEqualTo(TaskStatus.CANCELED);
        assertThat(of(story, "a").isUnsuccessful()).isFalse();
    }

    @Test
    void aPauseLastsUntilTheNextDriver() {
        JobStory story = new JobStory("Do it").happens(new Event.PauseRequested());

        assertThat(view(story).paused()).isTrue();

        story.happens(new Event.DriverTaken(2, new ProcessIdentity(7, 7, "boot")));

        assertThat(view(story).paused()).isFalse();
        assertThat(view(story).driver().orElseThrow().number()).isEqualTo(2);
    }

    @Test
    void theIntegrationSaysWhatIsInTheResult() {
        JobView merged = view(Stories.merged());
        JobView partial = view(Stories.partial());

        assertThat(merged.tasks()).allMatch(TaskView::isIntegrated);
        assertThat(merged.resultBranch()).contains("coppice/" + JobStory.JOB + "/result");
        assertThat(partial.task(new TaskId("core")).orElseThrow().conflictedFiles())
                .containsExactly("src/Shared.java");
        assertThat(partial.tasks()).noneMatch(TaskView::isIntegrated);
    }

    @Test
    void eventsOutOfOrderAreRefused() {
        JobStory story = new JobStory("Do it").lays(task("a"));
        JobHistory history = new JobHistory(story.events().getFirst());

        assertThatThrownBy(() -> history.apply(story.events().getLast()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not follow");
    }

    private static JobView view(JobStory story) {
        return JobView.of(story.events());
    }

    private static TaskView of(JobStory story, String task) {
        return view(story).task(new TaskId(task)).orElseThrow();
    }
}
