package dev.coppice.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.testkit.Golden;
import org.junit.jupiter.api.Test;

/// What agents are told.
class TaskPromptTest {
    private static final String RESULT = "/job/worker_1/task_result.json";

    @Test
    void whereJobsMayBeStartedThePromptSaysWhenAndHow() {
        String told = TaskPrompt.of(SomeOrder.first(), RESULT, true);

        Golden.check("attempt/prompt-with-jobs.md", told);
        assertThat(told)
                .contains("5 or more sub-components", "Never do so for a simple task")
                .contains("$COPPICE_API_URL/api/v1/orchestrate", "until that is completed");
    }

    @Test
    void elseItSaysNothingOfThem() {
        String told = TaskPrompt.of(SomeOrder.first(), RESULT, false);

        Golden.check("attempt/prompt.md", told);
        assertThat(told).doesNotContain("COPPICE_API", "start a job");
    }
}
