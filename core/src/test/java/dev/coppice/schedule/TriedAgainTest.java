package dev.coppice.schedule;

import static dev.coppice.model.JobStatus.CANCELED;
import static dev.coppice.model.JobStatus.COMPLETED;
import static dev.coppice.model.JobStatus.PARTIAL;
import static dev.coppice.schedule.Part.part;
import static dev.coppice.schedule.Story.job;

import dev.coppice.model.Event;
import dev.coppice.model.Reason;
import dev.coppice.model.TaskStatus;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Another try that a person asks for, mostly of a job that is over.
class TriedAgainTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Part a = part("a");
    private final Part b = part("b");
    private final Part c = part("c");

    @Test
    void aFailedTaskAndWhatItBlockedRunAgain() {
        job(a, b.after(a), c)
                .when(c.succeeds())
                .when(a.fails())
                .jobIs(PARTIAL)
                .triedAgain()
                .jobGoesOn()
                .runs(a)
                .then(a)
                .hasAttempt(2)
                .and()
                .when(a.succeeds())
                .when(b.succeeds())
                .then(c)
                .hasAttempt(1)
                .and()
                .jobIs(COMPLETED);
    }

    @Test
    void onlyWhatIsNamedRunsAgain() {
        job(a, b).when(a.fails()).when(b.fails()).triedAgain(b).runs(b);
    }

    @Test
    void whoeverNamesABlockedTaskMeansItsCauseToo() {
        job(a, b.after(a)).when(a.fails()).triedAgain(b).runs(a).when(a.succeeds()).runs(b);
    }

    @Test
    void aCanceledCauseOfABlockIsCanceledNoMore() {
        job(a, b.after(a)).canceled(a).when(a.stops()).triedAgain(b).runs(a).stops();
    }

    @Test
    void aNewLimitHoldsForWhatRunsAgain() {
        job(a).when(a.timesOut())
                .triedAgain(Duration.ofHours(1))
                .then(a)
                .hasTimeout(Duration.ofHours(1));
    }

    @Test
    void retriesCountFromTheStart() {
        Part once = a.retries(1);
        job(once)
                .when(once.fails())
                .after(MINUTE)
                .when(once.fails())
                .triedAgain()
                .when(once.fails())
                .drewRetries(0, 0)
                .after(MINUTE)
                .runs(a);
    }

    @Test
    void aCanceledJobGoesOn() {
        job(a, b.after(a))
                .canceled()
                .when(a.stops())
                .jobIs(CANCELED)
                .triedAgain()
                .when(a.succeeds())
                .when(b.succeeds())
                .jobIs(COMPLETED);
    }

    @Test
    void aJobThatPassedItsTimeGetsItAnew() {
        job(a).lasting(MINUTE)
                .after(MINUTE)
                .when(a.stops())
                .jobIs(CANCELED)
                .after(MINUTE)
                .triedAgain()
                .runs(a)
                .after(Duration.ofSeconds(59))
                .stops()
                .after(Duration.ofSeconds(1))
                .stops(a);
    }

    @Test
    void aJobWithoutMoneyStartsNothing() {
        job(a, b.after(a))
                .withBudget("1")
                .when(a.fails().costing("1"))
                .triedAgain()
                .runs()
                .jobIs(PARTIAL);
    }

    @Test
    void aFallbackGetsItsTurnWhenItsTaskFailsAfterAll() {
        job(a, b.afterFailureOf(a))
                .canceled(a)
                .when(a.stops())
                .then(b)
                .because(Reason.NOT_NEEDED)
                .and()
                .triedAgain()
                .runs(a)
                .when(a.fails())
                .runs(b);
    }

    @Test
    void aFallbackThatWasNotNeededStaysSo() {
        job(a, b.afterFailureOf(a), c)
                .when(a.succeeds())
                .when(c.fails())
                .triedAgain()
                .runs(c)
                .then(b)
                .because(Reason.NOT_NEEDED);
    }

    @Test
    void whatWaitsForItsEndWaitsAgain() {
        job(a, b, c.afterEndOf(a))
                .withSlots(1)
                .when(a.fails())
                .runs(b)
                .triedAgain(a)
                .when(b.succeeds())
                .runs(a)
                .then(c)
                .is(TaskStatus.PENDING)
                .and()
                .when(a.succeeds())
                .runs(c);
    }

    @Test
    void whatRanAlreadyWaitsAgainForItsNextAttempt() {
        Part again = c.afterEndOf(a).retries(1);
        job(a, again)
                .when(a.fails())
                .runs(again)
                .triedAgain(a)
                .runs(a, again)
                .when(again.fails())
                .after(MINUTE)
                .runs(a)
                .when(a.succeeds())
                .runs(again);
    }

    @Test
    void aTaskOfARunningJobRunsAgain() {
        job(a, b).when(a.fails()).triedAgain(a).runs(a, b);
    }

    @Test
    void anotherTryTakesBackACancelThatIsStillUnderWay() {
        job(a, b.after(a))
                .canceled()
                .then(b)
                .is(TaskStatus.CANCELED)
                .and()
                .triedAgain()
                .when(a.stops())
                .runs(a)
                .when(a.succeeds())
                .runs(b);
    }

    @Test
    void anotherTryComesBeforeTheEndIsWrittenDown() {
        job(a, b.after(a), c)
                .nobodyDrives()
                .when(a.fails())
                .triedAgain()
                .goesOn()
                .runs(a, c)
                .when(a.succeeds())
                .runs(b, c);
    }

    @Test
    void anotherTryComesBeforeTheBlockIsWrittenDown() {
        Story story = job(a, b.after(a), c).when(c.succeeds()).nobodyDrives().when(a.fails());
        story.happens(
                        new Event.TaskEnded(
                                a.id(),
                                TaskStatus.FAILED,
                                Optional.of(Reason.EXIT_CODE),
                                Optional.empty()))
                .triedAgain(a)
                .goesOn()
                .runs(a)
                .when(a.succeeds())
                .runs(b);
    }

    @Test
    void aLeadThatFailedIsAskedAgain() {
        Story.request()
                .when(Story.plan().fails())
                .triedAgain()
                .runs(Story.plan())
                .when(Story.plan().plans(a))
                .runs(a);
    }
}
