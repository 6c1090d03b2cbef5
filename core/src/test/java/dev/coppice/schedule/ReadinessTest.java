package dev.coppice.schedule;

import static dev.coppice.model.JobStatus.COMPLETED;
import static dev.coppice.model.JobStatus.FAILED;
import static dev.coppice.model.JobStatus.PARTIAL;
import static dev.coppice.schedule.Part.part;
import static dev.coppice.schedule.Story.job;

import dev.coppice.model.Reason;
import dev.coppice.model.TaskStatus;
import org.junit.jupiter.api.Test;

/// When a task may start, and what becomes of one that never may.
class ReadinessTest {
    private final Part a = part("a");
    private final Part b = part("b");
    private final Part c = part("c");
    private final Part d = part("d");

    @Test
    void tasksWithoutNeedsStartAtOnce() {
        job(a, b).runs(a, b);
    }

    @Test
    void aTaskStartsWhenAllThatItNeedsSucceeded() {
        job(a, b, c.after(a, b)).when(a.succeeds()).runs(b).when(b.succeeds()).runs(c);
    }

    @Test
    void aPlanMayNameATaskBeforeTheOneThatItNeeds() {
        job(b.after(a), a).runs(a).when(a.succeeds()).runs(b);
    }

    @Test
    void theSameNeedTwiceIsOneNeed() {
        job(a, b.after(a, a)).when(a.succeeds()).runs(b);
    }

    @Test
    void aFailedTaskBlocksWhatNeedsIt() {
        job(a, b.after(a), c)
                .when(a.fails())
                .then(b)
                .isBlockedBy(a)
                .and()
                .runs(c)
                .when(c.succeeds())
                .jobIs(PARTIAL);
    }

    @Test
    void theRootOfABlockIsNamedAllTheWayDown() {
        job(a, b.after(a), c.after(b), d.after(c)).when(a.fails()).then(d).isBlockedBy(a);
    }

    @Test
    void aCanceledTaskBlocksWhatNeedsIt() {
        job(a, b.after(a)).canceled(a).when(a.stops()).then(b).isBlockedBy(a);
    }

    @Test
    void aTaskThatWantsAnotherOnlyOverStartsHoweverThatEnded() {
        job(a, b.afterEndOf(a)).when(a.fails()).runs(b);
        job(a, b.afterEndOf(a)).when(a.succeeds()).runs(b);
    }

    @Test
    void whatWaitsForTheEndOfABlockedTaskStarts() {
        job(a, b.after(a), c.afterEndOf(b)).when(a.fails()).runs(c);
    }

    @Test
    void aFallbackRunsWhenItsTaskFailed() {
        job(a, b.afterFailureOf(a)).when(a.fails()).runs(b).when(b.succeeds()).jobIs(COMPLETED);
    }

    @Test
    void aFallbackRunsWhenItsTaskTimedOutOrWasBlocked() {
        job(a, b.afterFailureOf(a)).when(a.timesOut()).runs(b);
        job(a, b.after(a), c.afterFailureOf(b)).when(a.fails()).runs(c);
    }

    @Test
    void aFallbackOfASuccessIsNotNeeded() {
        job(a, b.afterFailureOf(a))
                .when(a.succeeds())
                .then(b)
                .is(TaskStatus.CANCELED)
                .because(Reason.NOT_NEEDED)
                .and()
                .jobIs(COMPLETED);
    }

    @Test
    void aFallbackOfACanceledTaskIsNotNeeded() {
        job(a, b.afterFailureOf(a))
                .canceled(a)
                .when(a.stops())
                .then(b)
                .is(TaskStatus.CANCELED)
                .because(Reason.NOT_NEEDED);
    }

    @Test
    void aChainOfFallbacksEndsWithTheFirstSuccess() {
        job(a, b.afterFailureOf(a), c.afterFailureOf(b), d.afterFailureOf(c))
                .when(a.fails())
                .when(b.fails())
                .runs(c)
                .when(c.succeeds())
                .then(d)
                .because(Reason.NOT_NEEDED)
                .and()
                .jobIs(COMPLETED);
    }

    @Test
    void aChainOfFallbacksThatAllFailIsAFailure() {
        job(a, b.afterFailureOf(a), c.afterFailureOf(b))
                .when(a.fails())
                .when(b.fails())
                .when(c.fails())
                .jobIs(FAILED);
    }
}
