package dev.coppice.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.model.Event;
import dev.coppice.model.JobRequest;
import dev.coppice.testkit.Golden;
import dev.coppice.testkit.JobStory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What agents are told.
class TaskPromptTest {
    private static final String RESULT = "/job/worker_1/task_result.json";

    @Test
    void whereJobsMayBeStartedThePromptSaysWhenAndHow() {
        String told = TaskPrompt.of(order(), RESULT, true);

        Golden.check("attempt/prompt-with-jobs.md", told);
        assertThat(told)
                .contains("5 or more sub-components", "Never do so for a simple task")
                .contains("$COPPICE_API_URL/api/v1/orchestrate", "until that is completed");
    }

    @Test
    void elseItSaysNothingOfThem() {
        String told = TaskPrompt.of(order(), RESULT, false);

        Golden.check("attempt/prompt.md", told);
        assertThat(told).doesNotContain("COPPICE_API", "start a job");
    }

    private static AttemptOrder order() {
        JobRequest request =
                ((Event.JobSubmitted) new JobStory("Do it").events().getFirst().event()).request();
        return new AttemptOrder(
                JobStory.JOB,
                request,
                "Do it",
                JobStory.task("a"),
                1,
                1,
                Duration.ofMinutes(1),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty());
    }
}
