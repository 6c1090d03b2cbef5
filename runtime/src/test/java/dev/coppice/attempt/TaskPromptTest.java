package dev.coppice.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.attempt.TaskPrompt.OwnJobs;
import dev.coppice.testkit.Golden;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What agents are told.
class TaskPromptTest {
    private static final String RESULT = "/job/worker_1/task_result.json";

    @Test
    void whereJobsMayBeStartedThePromptSaysWhenAndHow() {
        String told =
                TaskPrompt.of(
                        SomeOrder.first(), RESULT, OwnJobs.ASKED_AGAIN, _ -> Optional.empty());

        Golden.check("attempt/prompt-with-jobs.md", told);
        assertThat(told)
                .contains("5 or more sub-components", "Never do so for a simple task")
                .contains("$COPPICE_API_URL/api/v1/orchestrate", "until that is completed")
                .contains("you are asked once more");
    }

    @Test
    void anAgentWithoutSessionsIsNotPromisedASecondTurn() {
        String told =
                TaskPrompt.of(
                        SomeOrder.first(), RESULT, OwnJobs.NOT_ASKED_AGAIN, _ -> Optional.empty());

        Golden.check("attempt/prompt-with-jobs-without-sessions.md", told);
        assertThat(told)
                .contains("5 or more sub-components", "$COPPICE_API_URL/api/v1/orchestrate")
                .contains("nobody asks you again", "the last task of that job")
                .doesNotContain("asked once more");
    }

    @Test
    void whereTheAgentHasToolsThePromptNamesThem() {
        String told =
                TaskPrompt.of(
                        SomeOrder.first(),
                        RESULT,
                        OwnJobs.ASKED_AGAIN,
                        name -> Optional.of("`mcp__coppice__" + name + "`"));

        Golden.check("attempt/prompt-with-tools.md", told);
        assertThat(told)
                .contains("`mcp__coppice__start_child_job`", "`mcp__coppice__post_discovery`")
                .contains("5 or more sub-components", "$COPPICE_API_URL/api/v1/orchestrate");
    }

    @Test
    void toolsDoNotMakeAJobOfATaskThatMayStartNone() {
        String told =
                TaskPrompt.of(
                        SomeOrder.first(),
                        RESULT,
                        OwnJobs.NONE,
                        name -> Optional.of("`" + name + "`"));

        assertThat(told).contains("`post_discovery`").doesNotContain("start_child_job", "curl");
    }

    @Test
    void elseItSaysNothingOfThem() {
        String told = TaskPrompt.of(SomeOrder.first(), RESULT, OwnJobs.NONE, _ -> Optional.empty());

        Golden.check("attempt/prompt.md", told);
        assertThat(told).doesNotContain("COPPICE_API", "start a job");
    }
}
