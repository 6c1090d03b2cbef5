package dev.coppice.report;

import static dev.coppice.testkit.JobStory.created;
import static dev.coppice.testkit.JobStory.modified;
import static dev.coppice.testkit.JobStory.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.coppice.model.Reason;
import dev.coppice.model.TaskId;
import dev.coppice.report.AttemptView.Phase;
import dev.coppice.testkit.JobStory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnalyticsTest {
    @Test
    void anAttemptsTimeIsSplitWithoutGaps() {
        JobStory story =
                new JobStory("Do it")
                        .lays(task("a"))
                        .passes(2)
                        .begins("a")
                        .passes(3)
                        .checks("a", "make", 0, 4, "")
                        .passes(0.25)
                        .finishes("a", created("a"));

        Analytics.TaskFigures figures = analytics(story).tasks().getFirst();

        assertThat(figures.spentOn(Phase.WAITING)).isEqualTo(Duration.ofSeconds(2));
        assertThat(figures.spentOn(Phase.PREPARING)).isEqualTo(Duration.ofMillis(500));
        assertThat(figures.spentOn(Phase.WORKING)).isEqualTo(Duration.ofSeconds(3));
        assertThat(figures.spentOn(Phase.CHECKING)).isEqualTo(Duration.ofSeconds(4));
        assertThat(figures.spentOn(Phase.INTEGRATING)).isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void theBackOffBeforeARetryIsWaiting() {
        JobStory story =
                new JobStory("Do it")
                        .lays(task("a"))
                        .begins("a")
                        .stumbles("a", Reason.EXIT_CODE, "exit code 1")
                        .passes(7)
                        .begins("a")
                        .finishes("a", created("a"));

        assertThat(analytics(story).tasks().getFirst().spentOn(Phase.WAITING))
                .isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void theCriticalPathIsTheLongestMeasuredChain() {
        // a (1.5 s) and b (6.5 s) at once, then c (2.5 s), which needs both: b, c. Two slots.
        JobStory story =
                new JobStory("Do it", 2)
                        .lays(task("a"), task("b"), task("c", "a", "b"))
                        .begins("b")
                        .begins("a")
                        .passes(1)
                        .finishes("a", created("a"))
                        .passes(4.5)
                        .finishes("b", created("b"))
                        .begins("c")
                        .passes(2)
                        .finishes("c", created("c"));

        Analytics analytics = analytics(story);

        assertThat(analytics.criticalPath()).containsExactly(new TaskId("b"), new TaskId("c"));
        assertThat(analytics.criticalPathLength()).isEqualTo(Duration.ofSeconds(9));
        assertThat(analytics.makespan()).isEqualTo(Duration.ofSeconds(9));
        assertThat(analytics.work()).isEqualTo(Duration.ofMillis(10_500));
        assertThat(analytics.lowerBound()).isEqualTo(Duration.ofSeconds(9));
        assertThat(analytics.efficiency()).isEqualTo(1);
        assertThat(analytics.sequentialSaved()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(analytics.peak()).isEqualTo(2);
    }

    @Test
    void withFewSlotsTheWorkItselfIsTheBound() {
        JobStory story =
                new JobStory("Do it", 1)
                        .lays(task("a"), task("b"))
                        .begins("a")
                        .passes(1.5)
                        .finishes("a", created("a"))
                        .passes(4)
                        .begins("b")
                        .passes(1.5)
                        .finishes("b", created("b"));

        Analytics analytics = analytics(story);

        assertThat(analytics.criticalPathLength()).isEqualTo(Duration.ofSeconds(2));
        assertThat(analytics.lowerBound()).isEqualTo(Duration.ofSeconds(4));
        assertThat(analytics.efficiency()).isCloseTo(0.5, within(0.001));
        assertThat(analytics.peak()).isEqualTo(1);
    }

    @Test
    void theBottleneckIsWhatHelpsMostNotWhatTakesLongest() {
        // x (8.5 s) and y (8 s) run side by side before z (3.5 s): without x, y still takes 8.
        JobStory story =
                new JobStory("Do it", 3)
                        .lays(task("x"), task("y"), task("z", "x", "y"))
                        .begins("x")
                        .begins("y")
                        .passes(7.5)
                        .finishes("x", created("x"))
                        .finishes("y", created("y"))
                        .begins("z")
                        .passes(3)
                        .finishes("z", created("z"));

        Analytics.Bottleneck bottleneck = analytics(story).bottleneck().orElseThrow();

        assertThat(bottleneck.task()).isEqualTo(new TaskId("z"));
        assertThat(bottleneck.saves()).isEqualTo(Duration.ofMillis(3_500));
    }

    @Test
    void beforeAnythingRanThereIsNothingToMeasure() {
        Analytics analytics = analytics(new JobStory("Do it"));

        assertThat(analytics.efficiency()).isZero();
        assertThat(analytics.criticalPath()).isEmpty();
        assertThat(analytics.bottleneck()).isEmpty();
        assertThat(analytics.usage().usd()).isEmpty();
    }

    @Test
    void everyFileHasItsWorkerAgentAttemptAndCommit() {
        Provenance provenance = Provenance.of(JobView.of(Stories.merged().events()), List.of());

        assertThat(provenance.rows())
                .extracting(Provenance.Row::path)
                .containsExactly(
                        "README.md",
                        "src/Api.java",
                        "src/model/Order.java",
                        "src/model/User.java",
                        "src/test/UserTest.java");
        Provenance.Row readme = provenance.rows().getFirst();
        assertThat(readme.workerId()).isEqualTo("worker_3");
        assertThat(readme.kind()).isEqualTo(modified("README.md").kind());
        assertThat(readme.attempt()).isEqualTo(2);
        assertThat(readme.agent()).isEqualTo(JobStory.CLAUDE);
        assertThat(readme.commit()).isPresent();
        assertThat(readme.integrated()).isTrue();
    }

    private static Analytics analytics(JobStory story) {
        return Analytics.of(JobView.of(story.events()), story.now());
    }
}
