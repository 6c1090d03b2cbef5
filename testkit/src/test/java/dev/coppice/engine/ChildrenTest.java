package dev.coppice.engine;

import static dev.coppice.engine.Jobs.job;
import static dev.coppice.engine.Jobs.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.Event;
import dev.coppice.model.Family;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Recorded;
import dev.coppice.model.Settings;
import dev.coppice.model.TaskId;
import dev.coppice.model.WorkerNumbers;
import dev.coppice.schedule.ChildOrder;
import dev.coppice.schedule.Children;
import dev.coppice.schedule.JobState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Which jobs an agent may start, and what they may use.
class ChildrenTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final JobId ROOT = JobId.of(NOW, 1);
    private static final JobId PARENT = JobId.of(NOW, 2);
    private static final JobId CHILD = JobId.of(NOW, 3);

    private static Children.Answer ask(JobRequest parents, JobId child) {
        JobState state = new JobState(PARENT);
        state.apply(new Recorded(PARENT, 1, NOW, new Event.JobSubmitted(parents)));
        return Children.ask(
                state,
                new TaskId("a"),
                1,
                child,
                new ChildOrder(
                        "more",
                        Optional.empty(),
                        Optional.empty(),
                        Children.settings(parents.settings())),
                NOW);
    }

    /// A job that a task of the root job started, whose family may become so deep.
    private static JobRequest deepest(int maxDepth) {
        JobRequest root = job(task("a"));
        Settings settings = root.settings();
        return new JobRequest(
                root.request(),
                root.repository(),
                root.base(),
                root.target(),
                root.plan(),
                new Settings(
                        settings.layout(),
                        settings.workers(),
                        new Settings.Recursion(true, maxDepth, List.of()),
                        settings.agents(),
                        settings.environment(),
                        settings.checks(),
                        settings.integrate(),
                        settings.budgetUsd()),
                1,
                Optional.of(
                        new JobRequest.Parent(
                                ROOT,
                                new TaskId("a"),
                                new Family(List.of(ROOT), 2, new WorkerNumbers("1", 1, 0, 3)))));
    }

    @Test
    void p6AJobAsDeepAsItMayBeStartsNone() {
        assertThat(ask(deepest(1), CHILD))
                .isInstanceOfSatisfying(
                        Children.Answer.Refused.class,
                        refused -> {
                            assertThat(refused.why()).isEqualTo(Children.Why.DEPTH);
                            assertThat(refused.message())
                                    .startsWith("Maximum recursion depth (1) reached");
                        });
    }

    @Test
    void p8AJobIsNotAmongItsOwnAncestors() {
        for (JobId ancestor : List.of(ROOT, PARENT)) {
            assertThat(ask(deepest(5), ancestor))
                    .isInstanceOfSatisfying(
                            Children.Answer.Refused.class,
                            refused -> assertThat(refused.why()).isEqualTo(Children.Why.CIRCLE));
        }
    }

    @Test
    void onlyARunningAttemptStartsJobs() {
        assertThat(ask(deepest(5), CHILD))
                .isInstanceOfSatisfying(
                        Children.Answer.Refused.class,
                        refused -> assertThat(refused.why()).isEqualTo(Children.Why.OVER));
    }

    @Test
    void theNextLevelHasHalfAsMuchTimeAgain() {
        Settings parents = job(task("a")).settings();

        assertThat(Children.settings(parents).workers().defaultTimeout())
                .isEqualTo(parents.workers().defaultTimeout().multipliedBy(3).dividedBy(2));
    }
}
