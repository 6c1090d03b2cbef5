package dev.coppice.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A value that exists is right, and stays as it is.
class ValuesTest {
    private static final Limits LIMITS = new Limits(Duration.ofMinutes(1), 0, 0, Optional.empty());

    @Test
    void aTaskHasADescriptionAndAPriorityFromOneToTen() {
        assertThatThrownBy(() -> task(" ", 5)).hasMessageContaining("task t has no description");
        assertThatThrownBy(() -> task("x", 0)).hasMessageContaining("priority 0");
        assertThatThrownBy(() -> task("x", 11)).hasMessageContaining("priority 11");
        assertThat(task("x", 1).priority()).isEqualTo(Task.FIRST_PRIORITY);
        assertThat(task("x", 10).priority()).isEqualTo(Task.LAST_PRIORITY);
    }

    @Test
    void aTaskIsNamedAfterItsFirstLine() {
        assertThat(task("\n  Write it \nand test it", 5).name()).isEqualTo("Write it");
        String name = task("x".repeat(100), 5).name();
        assertThat(name).hasSize(72).endsWith("x…");
        assertThat(task("x".repeat(72), 5).name()).isEqualTo("x".repeat(72));
    }

    @Test
    void aTaskKeepsItsNeeds() {
        List<Need> needs = new ArrayList<>(List.of(Need.success(new TaskId("a"))));
        Task task = task("x", 5, needs);
        needs.clear();
        assertThat(task.needs()).containsExactly(new Need(new TaskId("a"), Need.On.SUCCESS));
    }

    @Test
    void limitsAreMoreThanNothing() {
        assertThatThrownBy(() -> new Limits(Duration.ZERO, 0, 0, Optional.empty()))
                .hasMessageContaining("timeout");
        assertThatThrownBy(() -> new Limits(Duration.ofSeconds(1), -1, 0, Optional.empty()))
                .hasMessageContaining("negative");
        assertThatThrownBy(() -> new Limits(Duration.ofSeconds(1), 0, -1, Optional.empty()))
                .hasMessageContaining("negative");
    }

    @Test
    void aCommandIsALineOrAVector() {
        CommandLine line = CommandLine.shell("make check && echo ok");
        assertThat(line.isShell()).isTrue();
        assertThat(line).hasToString("make check && echo ok");
        assertThat(line.argv()).containsExactly("/bin/sh", "-c", "make check && echo ok");
        CommandLine vector = new CommandLine(List.of("make", "a b"));
        assertThat(vector.isShell()).isFalse();
        assertThat(vector).hasToString("make a b");
        assertThatThrownBy(() -> new CommandLine(List.of())).hasMessageContaining("program");
        assertThatThrownBy(() -> CommandLine.shell(" ")).hasMessageContaining("program");
    }

    @Test
    void anUnknownPriceIsNotNothing() {
        Usage known = new Usage(1, 2, 3, 4, Optional.of(new BigDecimal("0.10")));
        Usage unknown = new Usage(10, 20, 30, 40, Optional.empty());
        assertThat(unknown.plus(unknown).usd()).isEmpty();
        assertThat(known.plus(unknown).usd()).contains(new BigDecimal("0.10"));
        assertThat(unknown.plus(known))
                .isEqualTo(new Usage(11, 22, 33, 44, Optional.of(new BigDecimal("0.10"))));
        assertThat(known.plus(known).usd()).contains(new BigDecimal("0.20"));
        assertThat(known.tokens()).isEqualTo(10);
    }

    @Test
    void aResultsOutputIsCutAtItsBeginning() {
        String longOne = "a" + "b".repeat(WorkResult.OUTPUT_MAX);
        WorkResult cut = WorkResult.of(longOne);
        assertThat(cut.output()).hasSize(WorkResult.OUTPUT_MAX).startsWith("b");
        assertThat(cut.outputCut()).isTrue();
        assertThat(WorkResult.of("short").outputCut()).isFalse();
        assertThatThrownBy(() ->
                        new WorkResult(
                                longOne, true, Optional.empty(), Optional.empty(), List.of()))
                .hasMessageContaining("was not cut");
    }

    @Test
    void aDiscoveryHasContentThatIsCutWhereItIsTooLong() {
        Discovery cut = new Discovery("x".repeat(5_000), List.of("y".repeat(100)));
        assertThat(cut.content()).hasSize(Discovery.CONTENT_MAX).endsWith("x … (cut)");
        assertThat(cut.tags().getFirst()).hasSize(Discovery.TAG_MAX);
        assertThatThrownBy(() -> new Discovery("\n", List.of())).hasMessageContaining("content");
    }

    @Test
    void theWaitsOfABackoffDoubleUpToTheLongest() {
        Settings.Backoff backoff = backoff(0);
        assertThat(backoff.delay(0, 0.3)).isEqualTo(Duration.ofSeconds(1));
        assertThat(backoff.delay(1, 0.3)).isEqualTo(Duration.ofSeconds(2));
        assertThat(backoff.delay(5, 0.3)).isEqualTo(Duration.ofSeconds(32));
        assertThat(backoff.delay(6, 0.3)).isEqualTo(Duration.ofSeconds(60));
        assertThat(backoff.delay(1_000_000, 0.3)).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void aWaitGrowsByItsFactor() {
        Settings.Backoff backoff =
                new Settings.Backoff(Duration.ofSeconds(1), Duration.ofSeconds(20), 0, 1, 3);

        assertThat(backoff.delay(0, 0.5)).isEqualTo(Duration.ofSeconds(1));
        assertThat(backoff.delay(2, 0.5)).isEqualTo(Duration.ofSeconds(9));
        assertThat(backoff.delay(60, 0.5)).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void aBackoffJittersButNotPastTheLongest() {
        Settings.Backoff backoff = backoff(0.5);
        assertThat(backoff.delay(0, 0)).isEqualTo(Duration.ofMillis(500));
        assertThat(backoff.delay(0, 0.5)).isEqualTo(Duration.ofSeconds(1));
        assertThat(backoff.delay(0, 1)).isEqualTo(Duration.ofMillis(1_500));
        assertThat(backoff.delay(9, 1)).isEqualTo(Duration.ofSeconds(60));
        assertThat(backoff.delay(9, 0)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void theSlotsOfADepthAreTheSmallerOfTwo() {
        Settings.Recursion recursion = new Settings.Recursion(true, 3, List.of(10, 2));
        assertThat(recursion.slots(0, 3)).isEqualTo(3);
        assertThat(recursion.slots(0, 20)).isEqualTo(10);
        assertThat(recursion.slots(1, 3)).isEqualTo(2);
        assertThat(recursion.slots(7, 3)).isEqualTo(2);
        assertThat(new Settings.Recursion(true, 3, List.of()).slots(1, 3)).isEqualTo(3);
    }

    @Test
    void nobodyIsLeftWithoutASlot() {
        assertThatThrownBy(() -> new Settings.Recursion(true, 3, List.of(2, 0)))
                .hasMessageContaining("at least 1");
        assertThatThrownBy(() -> agent(0)).hasMessageContaining("at least 1");
        assertThat(agent(1).maxConcurrent()).isEqualTo(1);
    }

    @Test
    void codingAgentsMustChangeSomething() {
        assertThat(agent(1).expectation()).isEqualTo(Expectation.CHANGES);
    }

    @Test
    void whatWasJoinedCannotBeChangedFromOutside() {
        Map<TaskId, Integration.Fate> fates =
                new HashMap<>(Map.of(new TaskId("a"), new Integration.Fate.In()));
        Integration integration =
                new Integration(
                        Optional.empty(),
                        Optional.empty(),
                        fates,
                        new Integration.Delivery.NotAsked());
        fates.clear();
        assertThat(integration.tasks()).hasSize(1);
    }

    @Test
    void someEndsAreOverAndSomeReasonsWorthAnotherTry() {
        assertThat(TaskStatus.RETRYING.isOver()).isFalse();
        assertThat(TaskStatus.BLOCKED.isOver()).isTrue();
        assertThat(TaskStatus.TIMEOUT.wire()).isEqualTo("timeout");
        assertThat(JobStatus.PLANNING.isOver()).isFalse();
        assertThat(JobStatus.PARTIAL.isOver()).isTrue();
        assertThat(Reason.CHECK_FAILED.isWorthRetrying()).isTrue();
        assertThat(Reason.NOT_LOGGED_IN.isWorthRetrying()).isFalse();
        assertThat(Reason.IDLE_TIMEOUT.isTimeout()).isTrue();
        assertThat(Reason.JOB_TIMEOUT.isTimeout()).isFalse();
        assertThat(Reason.NO_CHANGES.wire()).isEqualTo("no_changes");
    }

    private static Settings.Backoff backoff(double jitter) {
        return new Settings.Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60), jitter, 1.5);
    }

    private static Settings.AgentSettings agent(int slots) {
        return new Settings.AgentSettings(
                Settings.Kind.CLAUDE,
                List.of("claude"),
                List.of(),
                Optional.empty(),
                Settings.Permission.EDIT,
                Settings.Input.PROMPT,
                List.of(),
                Settings.Home.USER,
                slots);
    }

    private static Task task(String description, int priority) {
        return task(description, priority, List.of());
    }

    private static Task task(String description, int priority, List<Need> needs) {
        return new Task(
                new TaskId("t"),
                new Duty.Work(),
                description,
                priority,
                needs,
                List.of(),
                "",
                new AgentName("claude"),
                Optional.empty(),
                Expectation.ANY,
                List.of(),
                List.of(),
                true,
                Optional.empty(),
                LIMITS);
    }
}
