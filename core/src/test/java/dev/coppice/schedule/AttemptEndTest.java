package dev.coppice.schedule;

import static dev.coppice.schedule.Part.OTHER_AGENT;
import static dev.coppice.schedule.Part.part;
import static dev.coppice.schedule.Story.START;
import static dev.coppice.schedule.Story.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.Event;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Reason;
import dev.coppice.model.TaskStatus;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// What the end of an attempt leads to: another one after a wait, a pause, or the end of the task.
class AttemptEndTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Part a = part("a").retries(2);
    private final Part b = part("b");

    @Test
    void aFailedAttemptIsTriedAgainAfterAWait() {
        job(a).when(a.fails())
                .runs()
                .wakesAt(START.plus(SECOND))
                .then(a)
                .is(TaskStatus.RETRYING)
                .and()
                .after(SECOND)
                .runs(a)
                .then(a)
                .hasAttempt(2);
    }

    @Test
    void theWaitsGrow() {
        job(a).when(a.fails())
                .after(SECOND)
                .when(a.fails())
                .drewRetries(0, 1)
                .wakesAt(START.plus(SECOND.multipliedBy(3)));
    }

    @Test
    void aTaskWithoutRetriesLeftHasFailed() {
        job(a).when(a.fails())
                .after(SECOND)
                .when(a.fails())
                .after(SECOND.multipliedBy(2))
                .when(a.fails())
                .then(a)
                .is(TaskStatus.FAILED)
                .because(Reason.EXIT_CODE)
                .hasAttempt(3);
    }

    @Test
    void whatNoRetryCanMendIsNotTriedAgain() {
        job(a).when(a.failsWith(Reason.NOT_LOGGED_IN))
                .then(a)
                .is(TaskStatus.FAILED)
                .because(Reason.NOT_LOGGED_IN);
    }

    @Test
    void theNextAttemptResumesTheSession() {
        job(a).when(a.fails().leaving("s1")).after(SECOND).then(a).resumes("s1");
    }

    @Test
    void whatASessionCostsIsCountedOverItsAttempts() {
        Story story =
                job(a).when(a.fails().costing("0.25").leaving("s1"))
                        .after(SECOND)
                        .when(a.fails().costing("0.50").leaving("s1"));
        assertThat(story.state().task(a.id()).orElseThrow().sessionUsage().usd())
                .contains(new BigDecimal("0.75"));
    }

    @Test
    void whatAFreshSessionCostsIsCountedFromNothing() {
        Story story =
                job(a).when(a.fails().costing("0.25"))
                        .after(SECOND)
                        .when(a.fails().costing("0.50"));
        assertThat(story.state().task(a.id()).orElseThrow().sessionUsage().usd())
                .contains(new BigDecimal("0.50"));
    }

    @Test
    void whatANewSessionInPlaceOfTheResumedOneCostsIsCountedFromNothing() {
        Story story =
                job(a).when(a.fails().costing("0.25").leaving("s1"))
                        .after(SECOND)
                        .happens(new Event.SessionOpened(a.id(), 2, "s2"))
                        .when(a.fails().costing("0.50").leaving("s2"));
        assertThat(story.state().task(a.id()).orElseThrow().sessionUsage().usd())
                .contains(new BigDecimal("0.50"));
    }

    @Test
    void anAttemptAfterATimeoutGetsHalfAsMuchTimeAgain() {
        Part task = a.timeout(Duration.ofMinutes(4));
        job(task).when(task.timesOut()).after(SECOND).then(task).hasTimeout(Duration.ofMinutes(6));
    }

    @Test
    void otherFailuresDoNotLengthenTheTime() {
        Part task = a.timeout(Duration.ofMinutes(4));
        job(task).when(task.fails()).after(SECOND).then(task).hasTimeout(Duration.ofMinutes(4));
    }

    @Test
    void noAttemptGetsMoreTimeThanTheJob() {
        Part task = a.timeout(Duration.ofMinutes(4));
        job(task)
                .lasting(Duration.ofMinutes(5))
                .when(task.timesOut())
                .after(SECOND)
                .then(task)
                .hasTimeout(Duration.ofMinutes(5));
    }

    @Test
    void aTaskThatRanOutOfTimeAtLastIsTimedOut() {
        job(b).when(b.timesOut())
                .then(b)
                .is(TaskStatus.TIMEOUT)
                .because(Reason.WALL_TIMEOUT)
                .and()
                .jobIs(JobStatus.FAILED);
    }

    @Test
    void aLostAttemptIsTriedAgainAtOnceAndCostsNoRetry() {
        job(b).when(b.isLost()).runs(b).then(b).hasAttempt(2);
    }

    @Test
    void aTaskThatIsLostAgainAndAgainFails() {
        Story story = job(b);
        for (int lost = 0; lost < AttemptEnd.LOST_MAX; lost++) {
            story.when(b.isLost()).runs(b);
        }
        story.when(b.isLost()).then(b).is(TaskStatus.FAILED).because(Reason.LOST);
    }

    @Test
    void aStoppedAttemptThatNobodyCanceledGoesOn() {
        job(b).when(b.stops().leaving("s1")).runs(b).then(b).hasAttempt(2).resumes("s1");
    }

    @Test
    void aRateLimitIsNoFailure() {
        job(b).when(b.isRateLimited().leaving("s1"))
                .runs()
                .after(SECOND)
                .runs(b)
                .then(b)
                .hasAttempt(2)
                .resumes("s1");
    }

    @Test
    void aRateLimitPausesTheAgentForAsLongAsItsProviderSays() {
        Instant until = START.plusSeconds(300);
        Part c = part("c");
        job(b, c)
                .withSlots(1)
                .when(b.isRateLimitedUntil(until))
                .runs()
                .wakesAt(until)
                .after(Duration.ofSeconds(299))
                .runs()
                .after(SECOND)
                .runs(b);
    }

    @Test
    void otherAgentsWorkOnMeanwhile() {
        Part c = part("c").by(OTHER_AGENT);
        job(b, c.after(part("d")), part("d").by(OTHER_AGENT))
                .when(b.isRateLimited())
                .runs(part("d"))
                .when(part("d").succeeds())
                .runs(c);
    }

    @Test
    void pausesWithoutAGivenEndGrowUntilTheProviderAnswers() {
        job(a).when(a.isRateLimited())
                .after(SECOND)
                .when(a.isRateLimited())
                .after(SECOND.multipliedBy(2))
                .when(a.fails())
                .after(SECOND)
                .when(a.isRateLimited())
                .drewPauses(0, 1, 0);
    }

    @Test
    void attemptsThatMeetTheSameLimitAskForOnePause() {
        Part c = part("c");
        job(b, c).when(b.isRateLimited()).when(c.isRateLimited()).drewPauses(0);
    }

    @Test
    void aLimitThatIsSaidToBeOverIsWaitedForAllTheSame() {
        job(b).when(b.isRateLimitedUntil(START.minusSeconds(1))).runs().after(SECOND).runs(b);
    }

    @Test
    void aLimitMetAfterAFailureLeavesNoReason() {
        Story story =
                job(a).when(a.fails()).after(SECOND).when(a.isRateLimited()).after(SECOND).runs(a);
        assertThat(story.state().task(a.id()).orElseThrow().reason()).isEmpty();
    }

    @Test
    void aReportOfAnAttemptThatIsOverChangesNothing() {
        job(a, b.after(a))
                .when(a.fails())
                .after(SECOND)
                .whenStale(a.succeeds(), 1)
                .runs(a)
                .then(b)
                .is(TaskStatus.PENDING);
    }

    @Test
    void aReportAfterTheTasksEndChangesNothing() {
        job(b, a).when(b.fails()).whenStale(b.succeeds(), 1).then(b).is(TaskStatus.FAILED);
    }

    @Test
    void aSecondReportBeforeTheFirstIsDealtWithChangesNothing() {
        job(b, a)
                .nobodyDrives()
                .when(b.fails())
                .whenStale(b.succeeds(), 1)
                .goesOn()
                .then(b)
                .is(TaskStatus.FAILED);
    }
}
