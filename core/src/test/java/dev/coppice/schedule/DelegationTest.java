package dev.coppice.schedule;

import static dev.coppice.model.JobStatus.COMPLETED;
import static dev.coppice.model.JobStatus.PARTIAL;
import static dev.coppice.schedule.Part.part;
import static dev.coppice.schedule.Story.child;
import static dev.coppice.schedule.Story.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.Duty;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Limits;
import dev.coppice.model.Reason;
import dev.coppice.model.Settings;
import dev.coppice.model.Task;
import dev.coppice.model.TaskStatus;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// What jobs that tasks start may use, and what becomes of what they bring.
class DelegationTest {
    private static final UnaryOperator<Settings> NO_WISH = UnaryOperator.identity();

    private final Part a = part("a");
    private final Part b = part("b");

    private static UnaryOperator<Settings> wanting(String usd) {
        return settings -> settings.withBudgetUsd(Optional.of(new BigDecimal(usd)));
    }

    private static JobRequest granted(Children.Answer answer) {
        assertThat(answer).isInstanceOf(Children.Answer.Granted.class);
        Task task = ((Children.Answer.Granted) answer).event().tasks().getFirst();
        return ((Duty.Delegating) task.duty()).request();
    }

    private static Optional<BigDecimal> money(Children.Answer answer) {
        return granted(answer).settings().budgetUsd();
    }

    private static void assertExhausted(Children.Answer answer) {
        assertThat(answer)
                .isInstanceOfSatisfying(
                        Children.Answer.Refused.class,
                        refused -> assertThat(refused.why()).isEqualTo(Children.Why.EXHAUSTED));
    }

    // what they bring

    @Test
    void whatAJobBroughtIsTakenInThoughItSpentTheMoney() {
        job(a, b.after(a))
                .withBudget("1")
                .delegates(a, 1, wanting("1"))
                .when(child(1).succeeds().costing("1"))
                .when(a.succeeds())
                .runs(a)
                .then(a)
                .hasAttempt(2)
                .and()
                .when(a.succeeds())
                .then(a)
                .is(TaskStatus.COMPLETED)
                .and()
                .then(b)
                .because(Reason.BUDGET)
                .and()
                .jobIs(PARTIAL);
    }

    @Test
    void soItIsWhereTheTaskWaitsForItWhenTheMoneyIsSpent() {
        job(a, b)
                .withBudget("2")
                .delegates(a, 1, wanting("1"))
                .when(a.succeeds())
                .when(b.fails().costing("2"))
                .runs(child(1))
                .when(child(1).succeeds())
                .when(a.succeeds())
                .then(a)
                .is(TaskStatus.COMPLETED);
    }

    @Test
    void aTaskNeedsNoMoneyOfItsOwnToTakeInWhatItsJobBrought() {
        job(a.budget("1"))
                .delegates(a, 1, wanting("1"))
                .when(a.succeeds())
                .when(child(1).succeeds().costing("1"))
                .runs(a)
                .when(a.succeeds())
                .jobIs(COMPLETED);
        job(a.budget("1"))
                .delegates(a, 1, wanting("1"))
                .when(child(1).succeeds().costing("1"))
                .when(a.succeeds())
                .runs(a)
                .when(a.succeeds())
                .jobIs(COMPLETED);
    }

    @Test
    void aTaskThatIsNotDoneGoesOnNoMoreWhenItsJobSpentItsMoney() {
        job(a.budget("1"))
                .delegates(a, 1, wanting("1"))
                .when(a.stops().leaving("session"))
                .when(child(1).succeeds().costing("1"))
                .runs()
                .then(a)
                .is(TaskStatus.FAILED)
                .because(Reason.BUDGET);
    }

    @Test
    void whatIsCanceledTakesNothingIn() {
        job(a).withBudget("1")
                .delegates(a, 1, wanting("1"))
                .when(a.succeeds())
                .when(child(1).succeeds().costing("1"))
                .canceled()
                .when(a.stops())
                .then(a)
                .is(TaskStatus.CANCELED);
    }

    // their number

    @Test
    void aTaskStartsTwentyJobsAndNoMore() {
        Story story = job(a);
        for (int number = 1; number <= 20; number++) {
            story.delegates(a, number, NO_WISH);
        }

        assertExhausted(story.asks(a, 21, NO_WISH));
    }

    // their money

    @Test
    void aTasksMoneyIsPromisedOnce() {
        Story story = job(a.budget("1"));
        assertThat(money(story.asks(a, 1, wanting("3")))).contains(new BigDecimal("1"));

        story.delegates(a, 1, wanting("0.75"));
        assertThat(money(story.asks(a, 2, wanting("1")))).contains(new BigDecimal("0.25"));
        story.delegates(a, 2, wanting("0.25"));
        assertExhausted(story.asks(a, 3, wanting("0.01")));

        story.when(child(1).succeeds().costing("0.50"));
        assertThat(money(story.asks(a, 4, wanting("1")))).contains(new BigDecimal("0.25"));
    }

    @Test
    void aJobsMoneyIsPromisedOnce() {
        Story story = job(a, b).withBudget("1").delegates(a, 1, wanting("0.80"));

        assertThat(money(story.asks(b, 2, wanting("1")))).contains(new BigDecimal("0.20"));
        assertThat(story.state().budgetLeft(story.state().task(b.id()).orElseThrow()))
                .contains(new BigDecimal("0.20"));
        assertExhausted(story.delegates(b, 2, wanting("0.20")).asks(b, 3, wanting("0.01")));
    }

    @Test
    void whoStartsAJobWithoutAWordOnMoneyKeepsAShare() {
        assertThat(money(job(a).withBudget("1").asks(a, 1, NO_WISH)))
                .contains(new BigDecimal("0.500000"));
        assertThat(money(job(a, b).withBudget("3").asks(a, 1, NO_WISH)))
                .contains(new BigDecimal("1.000000"));
    }

    @Test
    void nothingStartsWhileAllTheMoneyIsPromised() {
        job(a, b)
                .withSlots(1)
                .withBudget("1")
                .delegates(a, 1, wanting("1"))
                .runs(a, child(1))
                .when(child(1).succeeds().costing("0.60"))
                .when(a.succeeds())
                .runs(a)
                .when(a.succeeds())
                .runs(b);
        job(a, b)
                .withSlots(1)
                .withBudget("1")
                .delegates(a, 1, wanting("0.60"))
                .runs(a, b, child(1));
    }

    // their time and tries

    @Test
    void aJobGetsNeitherMoreTimeNorMoreTriesThanWhoStartsIt() {
        Story story = job(a.retries(2));
        Settings parents = story.state().settings();
        Duration longest = parents.workers().defaultTimeout().multipliedBy(3).dividedBy(2);

        JobRequest child =
                granted(
                        story.asks(
                                a,
                                1,
                                wanted ->
                                        wanted.withWorkers(
                                                wanted.workers()
                                                        .withDefaultTimeout(Duration.ofDays(1))
                                                        .withMaxRetries(10)),
                                part("x").timeout(Duration.ofDays(1)).retries(100),
                                part("y").timeout(Duration.ofMinutes(1))));

        assertThat(child.settings().workers().defaultTimeout()).isEqualTo(longest);
        assertThat(child.settings().workers().maxRetries())
                .isEqualTo(parents.workers().maxRetries());
        assertThat(child.plan().orElseThrow().tasks().stream().map(Task::limits))
                .containsExactly(
                        new Limits(longest, 2, 0, Optional.empty()),
                        new Limits(Duration.ofMinutes(1), 0, 0, Optional.empty()));
    }
}
