package dev.coppice.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.model.AgentName;
import dev.coppice.model.Duty;
import dev.coppice.model.Expectation;
import dev.coppice.model.Limits;
import dev.coppice.model.Need;
import dev.coppice.model.Need.On;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class PatternsTest {
    @Test
    void parallelTasksNeedNothing() {
        assertThat(drawn(Patterns.parallel(tasks("a", "b")))).isEqualTo("a b");
    }

    @Test
    void sequentialTasksNeedTheOneBefore() {
        assertThat(drawn(Patterns.sequential(tasks("a", "b", "c"), On.SUCCESS)))
                .isEqualTo("a b(SUCCESS a) c(SUCCESS b)");
        assertThat(drawn(Patterns.sequential(tasks("a", "b"), On.END))).isEqualTo("a b(END a)");
    }

    @Test
    void aFallbackNeedsTheFailureOfTheOneBefore() {
        assertThat(drawn(Patterns.fallback(tasks("a", "b", "c"))))
                .isEqualTo("a b(FAILURE a) c(FAILURE b)");
    }

    @Test
    void aBatchNeedsTheEndOfTheWholeBatchBefore() {
        assertThat(drawn(Patterns.batched(tasks("a", "b", "c", "d", "e"), 2)))
                .isEqualTo("a b c(END a, END b) d(END a, END b) e(END c, END d)");
        assertThat(drawn(Patterns.batched(tasks("a", "b"), 5))).isEqualTo("a b");
    }

    @Test
    void needsThatATaskHasStay() {
        List<Task> first = Patterns.sequential(tasks("a", "b", "c"), On.SUCCESS);

        assertThat(drawn(Patterns.batched(first, 2)))
                .isEqualTo("a b(SUCCESS a) c(SUCCESS b, END a, END b)");
    }

    @Test
    void emptyRowsStayEmptyButAFallbackCanNotBe() {
        assertThat(Patterns.parallel(List.of())).isEmpty();
        assertThat(Patterns.sequential(List.of(), On.END)).isEmpty();
        assertThat(Patterns.batched(List.of(), 2)).isEmpty();
        assertThatThrownBy(() -> Patterns.fallback(List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Patterns.batched(tasks("a"), 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static String drawn(List<Task> tasks) {
        return tasks.stream()
                .map(task -> task.id() + needs(task.needs()))
                .collect(Collectors.joining(" "));
    }

    private static String needs(List<Need> needs) {
        return needs.isEmpty()
                ? ""
                : needs.stream()
                        .map(need -> need.on() + " " + need.task())
                        .collect(Collectors.joining(", ", "(", ")"));
    }

    private static List<Task> tasks(String... ids) {
        return List.of(ids).stream().map(PatternsTest::task).toList();
    }

    private static Task task(String id) {
        return new Task(
                new TaskId(id),
                new Duty.Work(),
                "Do " + id,
                Task.DEFAULT_PRIORITY,
                List.of(),
                List.of(),
                "",
                new AgentName("claude"),
                Optional.empty(),
                Expectation.ANY,
                List.of(),
                List.of(),
                true,
                Optional.empty(),
                new Limits(Duration.ofMinutes(1), 0, 0, Optional.empty()));
    }
}
