package dev.coppice.schedule;

import static dev.coppice.model.JobStatus.CANCELED;
import static dev.coppice.model.JobStatus.COMPLETED;
import static dev.coppice.model.JobStatus.FAILED;
import static dev.coppice.model.JobStatus.PARTIAL;
import static dev.coppice.schedule.Part.part;
import static dev.coppice.schedule.Story.START;
import static dev.coppice.schedule.Story.job;

import dev.coppice.model.Event;
import dev.coppice.model.Reason;
import dev.coppice.model.TaskStatus;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Cancel, pause, the job's time and its money: what makes work stop.
class StopTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Part a = part("a");
    private final Part b = part("b");
    private final Part c = part("c");

    // cancel of a job

    @Test
    void aCanceledJobStopsWhatRunsAndStartsNothing() {
        job(a, b.after(a), c)
                .withSlots(1)
                .canceled()
                .stops(a)
                .then(b)
                .is(TaskStatus.CANCELED)
                .because(Reason.CANCELED)
                .and()
                .then(c)
                .is(TaskStatus.CANCELED)
                .and()
                .jobGoesOn()
                .when(a.stops())
                .runs()
                .then(a)
                .is(TaskStatus.CANCELED)
                .because(Reason.CANCELED)
                .and()
                .jobIs(CANCELED);
    }

    @Test
    void anAttemptThatSucceededBeforeItCouldBeStoppedIsDone() {
        job(a, b)
                .canceled()
                .when(a.succeeds())
                .then(a)
                .is(TaskStatus.COMPLETED)
                .and()
                .when(b.stops())
                .jobIs(CANCELED);
    }

    @Test
    void aCancelThatStoppedNothingLeavesTheJobCompleted() {
        job(a).canceled().when(a.succeeds()).jobIs(COMPLETED);
    }

    @Test
    void anAttemptThatFailsOnTheWayOutIsCanceledAndNotTriedAgain() {
        Part again = a.retries(3);
        job(again).canceled().when(again.fails()).then(a).is(TaskStatus.CANCELED);
        job(again).canceled().when(again.isLost()).then(a).is(TaskStatus.CANCELED);
        job(again).canceled().when(again.isRateLimited()).then(a).is(TaskStatus.CANCELED);
        job(again).canceled().when(again.defersTo(b)).then(a).is(TaskStatus.CANCELED);
    }

    @Test
    void aTaskThatWaitsForItsRetryIsCanceled() {
        Part again = a.retries(3);
        job(again).when(again.fails()).canceled().then(a).is(TaskStatus.CANCELED);
    }

    @Test
    void aJobThatIsCanceledBeforeItsFirstStepStartsNothing() {
        job(a).nobodyDrives().canceled().goesOn();
        Story story = Story.request().nobodyDrives();
        story.canceled().goesOn().when(Story.plan().stops()).jobIs(CANCELED);
    }

    // cancel of a task

    @Test
    void aCanceledTaskIsStoppedAndTheOthersGoOn() {
        job(a, b, c.after(a))
                .canceled(a)
                .stops(a)
                .when(a.stops())
                .then(a)
                .is(TaskStatus.CANCELED)
                .because(Reason.CANCELED)
                .and()
                .then(c)
                .isBlockedBy(a)
                .and()
                .runs(b)
                .when(b.succeeds())
                .jobIs(PARTIAL);
    }

    @Test
    void aTaskThatWaitsIsCanceledAtOnce() {
        job(a, b.after(a)).canceled(b).then(b).is(TaskStatus.CANCELED).and().runs(a);
        job(a, b).withSlots(1).canceled(b).then(b).is(TaskStatus.CANCELED);
    }

    @Test
    void aCanceledTaskThatIsLostDoesNotStartAgain() {
        job(a).canceled(a).when(a.isLost()).runs().then(a).is(TaskStatus.CANCELED);
    }

    @Test
    void theCancelOfATaskThatIsOverChangesNothing() {
        job(a, b).when(a.succeeds()).canceled(a).then(a).is(TaskStatus.COMPLETED);
    }

    @Test
    void theCancelOfAnUnknownTaskChangesNothing() {
        job(a).canceled(c).runs(a);
    }

    @Test
    void aTaskThatIsCanceledBeforeItsSuccessIsWrittenDownIsDone() {
        job(a, b)
                .nobodyDrives()
                .when(a.succeeds())
                .canceled(a)
                .goesOn()
                .then(a)
                .is(TaskStatus.COMPLETED);
    }

    @Test
    void aTaskThatIsCanceledBeforeItsDeferralIsWrittenDownLaysNothing() {
        job(a, b)
                .nobodyDrives()
                .when(a.defersTo(c))
                .canceled(a)
                .goesOn()
                .runs(b)
                .then(a)
                .is(TaskStatus.CANCELED);
    }

    @Test
    void aTaskThatIsCanceledBeforeItsRetryIsWrittenDownIsNotTriedAgain() {
        Part again = a.retries(1);
        job(again, b)
                .nobodyDrives()
                .when(again.fails())
                .canceled(a)
                .goesOn()
                .after(MINUTE)
                .runs(b)
                .then(a)
                .is(TaskStatus.CANCELED);
    }

    // pause

    @Test
    void aPausedJobStopsWhatRunsAndStartsNothing() {
        job(a, b.after(a), c)
                .withSlots(1)
                .paused()
                .stops(a)
                .when(a.stops().leaving("s1"))
                .runs()
                .jobGoesOn()
                .neverWakes()
                .resumed()
                .runs(a)
                .then(a)
                .hasAttempt(2)
                .resumes("s1");
    }

    @Test
    void whatSucceedsOnTheWayIntoThePauseIsKept() {
        job(a, b.after(a)).paused().when(a.succeeds()).runs().resumed().runs(b);
    }

    @Test
    void theLastTasksEndEndsAPausedJob() {
        job(a).paused().when(a.succeeds()).jobIs(COMPLETED);
    }

    // the job's time

    @Test
    void aJobThatPassedItsTimeIsStopped() {
        job(a, b.after(a))
                .lasting(MINUTE)
                .begins()
                .wakesAt(START.plus(MINUTE))
                .after(MINUTE)
                .stops(a)
                .then(b)
                .because(Reason.JOB_TIMEOUT)
                .and()
                .when(a.stops())
                .then(a)
                .is(TaskStatus.CANCELED)
                .because(Reason.JOB_TIMEOUT)
                .and()
                .jobIs(CANCELED);
    }

    @Test
    void theTimeInWhichNobodyDrivesDoesNotCount() {
        job(a).lasting(MINUTE)
                .paused()
                .when(a.stops())
                .nobodyDrives()
                .after(MINUTE.multipliedBy(60))
                .resumed()
                .goesOn()
                .runs(a)
                .jobGoesOn()
                .after(MINUTE)
                .stops(a);
    }

    @Test
    void theJobsTimeEndsAlsoWhenItsMoneyIsSpent() {
        job(a, b)
                .lasting(MINUTE)
                .withBudget("1")
                .when(a.succeeds().costing("1"))
                .wakesAt(START.plus(MINUTE))
                .after(MINUTE)
                .stops(b);
    }

    @Test
    void theFirstReasonToStopIsTheOneTold() {
        job(a).lasting(MINUTE)
                .after(MINUTE)
                .canceled()
                .when(a.stops())
                .then(a)
                .because(Reason.JOB_TIMEOUT);
    }

    // money

    @Test
    void whenTheMoneyIsSpentNothingMoreStarts() {
        job(a, b, c.after(a))
                .withBudget("2.50")
                .when(a.succeeds().costing("2.50"))
                .stops()
                .runs(b)
                .then(c)
                .is(TaskStatus.CANCELED)
                .because(Reason.BUDGET)
                .and()
                .when(b.succeeds())
                .then(b)
                .is(TaskStatus.COMPLETED)
                .and()
                .jobIs(PARTIAL);
    }

    @Test
    void failedAttemptsCostToo() {
        Part again = a.retries(5);
        job(again, b.after(a))
                .withBudget("1")
                .when(again.fails().costing("0.60"))
                .after(MINUTE)
                .when(again.fails().costing("0.40"))
                .then(a)
                .is(TaskStatus.FAILED)
                .and()
                .then(b)
                .because(Reason.BUDGET);
    }

    @Test
    void withoutMoneyALostOrPausedAttemptDoesNotStartAgain() {
        job(a, b)
                .withBudget("1")
                .when(a.succeeds().costing("1"))
                .when(b.isLost())
                .runs()
                .then(b)
                .is(TaskStatus.CANCELED)
                .because(Reason.BUDGET);
        job(a, b)
                .withBudget("1")
                .when(b.isRateLimited().costing("1"))
                .when(a.succeeds())
                .after(MINUTE)
                .then(b)
                .is(TaskStatus.CANCELED)
                .because(Reason.BUDGET);
    }

    @Test
    void aBudgetThatIsSpentByTheLastTaskStoppedNothing() {
        job(a).withBudget("1").when(a.succeeds().costing("1")).jobIs(COMPLETED);
    }

    @Test
    void aBudgetThatIsSpentWithNothingDoneIsPartial() {
        job(a, b.after(a)).withBudget("1").when(a.fails().costing("1")).jobIs(PARTIAL);
    }

    @Test
    void aTaskWhoseOwnMoneyIsSpentIsNotTriedAgain() {
        Part again = a.retries(5).budget("1");
        job(again, b)
                .when(again.fails().costing("1"))
                .runs(b)
                .then(a)
                .is(TaskStatus.FAILED)
                .because(Reason.EXIT_CODE);
        job(again, b)
                .when(again.isLost().costing("1"))
                .runs(b)
                .then(a)
                .is(TaskStatus.FAILED)
                .because(Reason.BUDGET);
        job(again, b)
                .when(again.defersTo(c).costing("1"))
                .runs(b)
                .then(a)
                .is(TaskStatus.FAILED)
                .because(Reason.BUDGET);
        job(again, b)
                .when(again.isRateLimited().costing("1"))
                .after(MINUTE)
                .runs(b)
                .then(a)
                .is(TaskStatus.FAILED)
                .because(Reason.BUDGET);
    }

    @Test
    void aTaskWithMoneyLeftIsTriedAgain() {
        Part again = a.retries(5).budget("1");
        job(again).when(again.fails().costing("0.99")).after(MINUTE).runs(a).jobGoesOn();
    }

    @Test
    void aCancelAfterTheMoneyIsSpentStopsTheRest() {
        job(a, b)
                .withBudget("1")
                .when(a.succeeds().costing("1"))
                .canceled()
                .stops(b)
                .when(b.stops())
                .then(b)
                .because(Reason.CANCELED)
                .and()
                .wrote(new Event.CancelRequested(Optional.empty(), Reason.CANCELED))
                .jobIs(CANCELED);
    }

    @Test
    void aTaskThatSucceededIsDoneAndTheOneThatNeverRanIsNot() {
        job(a, b).canceled(a).when(a.stops()).when(b.fails()).jobIs(FAILED);
    }
}
