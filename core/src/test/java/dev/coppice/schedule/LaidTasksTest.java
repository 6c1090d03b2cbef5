package dev.coppice.schedule;

import static dev.coppice.model.JobStatus.COMPLETED;
import static dev.coppice.model.JobStatus.FAILED;
import static dev.coppice.model.JobStatus.PARTIAL;
import static dev.coppice.schedule.Part.part;
import static dev.coppice.schedule.Story.integration;
import static dev.coppice.schedule.Story.job;
import static dev.coppice.schedule.Story.joins;
import static dev.coppice.schedule.Story.plan;
import static dev.coppice.schedule.Story.request;
import static dev.coppice.schedule.Story.resolver;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.Event;
import dev.coppice.model.Integration.Delivery;
import dev.coppice.model.Integration.Fate;
import dev.coppice.model.Need;
import dev.coppice.model.Reason;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Tasks that other tasks lay: the lead's plan, what a deferred task waits for, the joining of the
/// finished branches.
class LaidTasksTest {
    private final Part a = part("a");
    private final Part b = part("b");
    private final Part c = part("c");
    private final Part first = integration(1);
    private final Part second = integration(2);

    // the lead's plan

    @Test
    void theLeadMakesThePlanWhereNoneIsGiven() {
        request().runs(plan()).when(plan().plans(a, b.after(a))).runs(a);
    }

    @Test
    void thePlansTasksAreNumberedAndTheEnginesOwnAreNot() {
        Story story = request().when(plan().plans(a, b));
        assertThat(story.state().workers().stream().map(t -> t.task().id()))
                .containsExactly(a.id(), b.id());
        assertThat(story.state().workers().stream().map(TaskState::worker)).containsExactly(1, 2);
        assertThat(story.state().goal()).isEqualTo("the goal");
    }

    @Test
    void aLeadThatFailsFailsTheJob() {
        request()
                .when(plan().failsWith(Reason.INVALID_PLAN))
                .jobIs(FAILED)
                .wrote(new Event.JobEnded(FAILED, "it said invalid_plan"));
    }

    @Test
    void aPlanThatDoesNotHoldTogetherFailsTheLead() {
        isInvalid(plan().plans());
        isInvalid(plan().plans(a, a));
        isInvalid(plan().plans(a, b.after(c)));
        isInvalid(plan().plans(a.after(b), b.after(a)));
        isInvalid(plan().plans(a.after(a)));
        isInvalid(plan().plans(plan()));
    }

    private static void isInvalid(Part.End planned) {
        request().when(planned).then(plan()).because(Reason.INVALID_PLAN).and().jobIs(FAILED);
    }

    @Test
    void aGivenPlanThatDoesNotHoldTogetherFailsTheJob() {
        job().jobIs(FAILED);
        job(a, b.after(c)).jobIs(FAILED);
        job(a, a).jobIs(FAILED);
        job(a.after(b), b.after(a))
                .wrote(new Event.JobEnded(FAILED, "The plan goes in a circle: a, b"));
    }

    @Test
    void aPlanThatSpentTheMoneyIsKeptAndNothingOfItStarts() {
        request()
                .withBudget("1")
                .when(plan().plans(a, b).costing("1"))
                .runs()
                .then(a)
                .is(TaskStatus.CANCELED)
                .because(Reason.BUDGET)
                .and()
                .jobIs(PARTIAL);
    }

    @Test
    void aPlanIsLaidByTheNextDriverWhenTheFirstDiedBefore() {
        request().nobodyDrives().when(plan().plans(a)).runs().resumed().goesOn().runs(a);
    }

    // deferral

    @Test
    void aDeferredTaskIsAttemptedAgainWhenWhatItWaitsForIsOver() {
        job(a, b.after(a))
                .when(a.defersTo(c))
                .runs(c)
                .then(a)
                .is(TaskStatus.PENDING)
                .and()
                .when(c.fails())
                .runs(a)
                .then(a)
                .hasAttempt(2)
                .and()
                .when(a.succeeds())
                .runs(b);
    }

    @Test
    void waitingHoldsNoSlot() {
        job(a).withSlots(1).when(a.defersTo(c)).runs(c);
    }

    @Test
    void aDeferralCostsNoRetry() {
        Part once = a.retries(1);
        job(once).when(once.defersTo(c)).when(c.succeeds()).when(once.fails()).drewRetries(0);
    }

    @Test
    void aTaskThatDefersToNothingNewIsRefused() {
        job(a, b)
                .when(a.defersTo(c))
                .when(c.succeeds())
                .when(a.defersTo(c))
                .then(a)
                .is(TaskStatus.FAILED)
                .because(Reason.CONFLICT);
        job(a, b).when(a.defersTo()).then(a).is(TaskStatus.FAILED).because(Reason.CONFLICT);
    }

    @Test
    void aTaskThatDefersToOneThatWaitsForItIsRefused() {
        job(a, b.after(a)).when(a.defersTo(c.after(b))).then(a).is(TaskStatus.FAILED);
        job(a).when(a.defersTo(c.after(a))).then(a).is(TaskStatus.FAILED);
    }

    @Test
    void twoTasksCannotLayTheSame() {
        job(a, b)
                .nobodyDrives()
                .when(a.defersTo(c))
                .when(b.defersTo(c))
                .goesOn()
                .runs(c)
                .then(b)
                .is(TaskStatus.FAILED)
                .and()
                .then(a)
                .is(TaskStatus.PENDING);
    }

    @Test
    void aTaskMayLayItsChildrenAsAPlan() {
        job(a).when(a.plans(b, c.after(b)))
                .runs(b)
                .when(b.succeeds())
                .when(c.succeeds())
                .runs(a)
                .when(a.succeeds())
                .jobIs(COMPLETED);
    }

    // joining

    @Test
    void finishedBranchesAreJoined() {
        job(a).inRepository().when(a.succeeds()).runs(first).when(joins(first)).jobIs(COMPLETED);
    }

    @Test
    void whereNothingWasDoneNothingIsJoined() {
        job(a).inRepository().when(a.fails()).jobIs(FAILED);
    }

    @Test
    void whatWasDoneIsJoinedAlsoWhenTheMoneyIsSpent() {
        job(a, b.after(a))
                .inRepository()
                .withBudget("1")
                .when(a.succeeds().costing("1"))
                .runs(first)
                .when(joins(first))
                .jobIs(PARTIAL);
    }

    @Test
    void whatWasDoneIsNotJoinedWhenTheJobIsCanceled() {
        job(a, b).inRepository().when(a.succeeds()).canceled().when(b.stops()).runs();
    }

    @Test
    void aConflictIsResolvedAndTheJoiningGoesOn() {
        Part resolver = resolver("resolve-1");
        job(a).inRepository()
                .when(a.succeeds())
                .when(first.defersTo(resolver))
                .runs(resolver)
                .when(resolver.succeeds())
                .runs(first)
                .when(joins(first))
                .jobIs(COMPLETED);
    }

    @Test
    void whenTheMoneyIsSpentAConflictIsNotResolvedButTheRestIsJoined() {
        Part resolver = resolver("resolve-1");
        job(a).inRepository()
                .withBudget("1")
                .when(a.succeeds().costing("1"))
                .when(first.defersTo(resolver))
                .then(resolver)
                .is(TaskStatus.CANCELED)
                .because(Reason.BUDGET)
                .and()
                .runs(first);
    }

    @Test
    void aBranchThatIsLeftForTheUserMakesTheJobPartial() {
        Map<TaskId, Fate> left = Map.of(a.id(), new Fate.Left(List.of("file")));
        job(a).inRepository()
                .when(a.succeeds())
                .when(joins(first, new Delivery.NotAsked(), left))
                .jobIs(PARTIAL);
    }

    @Test
    void aTargetThatCouldNotTakeTheResultMakesTheJobPartial() {
        Delivery refused = new Delivery.Refused("main", "dirty", "git merge");
        job(a).inRepository()
                .when(a.succeeds())
                .when(joins(first, refused, Map.of()))
                .jobIs(PARTIAL);
    }

    @Test
    void aJoiningThatFailsMakesTheJobPartial() {
        job(a).inRepository()
                .when(a.succeeds())
                .when(first.failsWith(Reason.CHECK_FAILED))
                .jobIs(PARTIAL);
    }

    @Test
    void whatIsDoneLaterIsJoinedByAnotherJoining() {
        job(a, b)
                .inRepository()
                .when(a.succeeds())
                .when(b.fails())
                .when(joins(first))
                .jobIs(PARTIAL)
                .triedAgain()
                .runs(b)
                .when(b.succeeds())
                .runs(second)
                .when(joins(second))
                .jobIs(COMPLETED);
    }

    @Test
    void onlyTheLastJoiningCounts() {
        Map<TaskId, Fate> left = Map.of(a.id(), new Fate.Left(List.of("file")));
        job(a).inRepository()
                .when(a.succeeds())
                .when(joins(first, new Delivery.NotAsked(), left))
                .triedAgain()
                .runs(second)
                .when(joins(second))
                .jobIs(COMPLETED);
    }

    @Test
    void needsOnTasksThatJoinedEarlierAreAllowed() {
        job(a, b).when(b.succeeds()).when(a.defersTo(c.needing(Need.success(b.id())))).runs(c);
    }
}
