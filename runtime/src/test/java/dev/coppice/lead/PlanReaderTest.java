package dev.coppice.lead;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.CommandLine;
import dev.coppice.model.Expectation;
import dev.coppice.plan.PlanDraft;
import dev.coppice.plan.PlanRules.Author;
import dev.coppice.plan.Plans;
import dev.coppice.plan.Problem;
import dev.coppice.plan.TaskDraft;
import dev.coppice.plan.TaskKey;
import dev.coppice.plan.Verdict;
import dev.coppice.testkit.Golden;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlanReaderTest {
    @Test
    void everyKeyOfAPlanFileIsRead() {
        PlanDraft draft =
                PlanReader.file(
                        "plan.yaml",
                        """
                        goal: Add input validation to the REST layer
                        tasks:
                          - id: model
                            description: Write the value types
                            priority: 1
                            dependencies: [other]
                            context_files: [src/Api.java]
                            hints: Records, no setters
                            agent: script
                            model: opus
                            expects: report
                            expected_files: ["src/model/*.java"]
                            checks: ["test -s src/model/User.java", [make, it]]
                            estimate: 5m
                            timeout: 10m
                            max_retries: 1
                            budget_usd: 0.50
                        """);

        assertThat(draft.problems()).isEmpty();
        assertThat(draft.unknownKeys()).isEmpty();
        assertThat(draft.goal()).contains("Add input validation to the REST layer");
        TaskDraft task = draft.tasks().getFirst();
        assertThat(task.id()).contains("model");
        assertThat(task.description()).contains("Write the value types");
        assertThat(task.priority()).contains(1);
        assertThat(task.dependencies()).containsExactly("other");
        assertThat(task.contextFiles()).containsExactly("src/Api.java");
        assertThat(task.hints()).contains("Records, no setters");
        assertThat(task.agent()).contains("script");
        assertThat(task.model()).contains("opus");
        assertThat(task.expects()).contains(Expectation.REPORT);
        assertThat(task.expectedFiles()).containsExactly("src/model/*.java");
        assertThat(task.checks())
                .containsExactly(
                        CommandLine.shell("test -s src/model/User.java"),
                        new CommandLine(List.of("make", "it")));
        assertThat(task.estimate()).contains(Duration.ofMinutes(5));
        assertThat(task.timeout()).contains(Duration.ofMinutes(10));
        assertThat(task.maxRetries()).contains(1);
        assertThat(task.budgetUsd()).contains(new BigDecimal("0.50"));
        assertThat(task.unknownKeys()).isEmpty();
        assertThat(task.placeOf(TaskKey.PRIORITY)).isEqualTo("plan.yaml:5");
    }

    @Test
    void allProblemsOfAFileAreToldWithTheirLines() {
        Golden.check(
                "lead/problems.txt",
                told(
                        PlanReader.file(
                                "plan.yaml",
                                """
                                gaol: x
                                tasks:
                                  - id: a
                                    description:
                                    priority: high
                                    dependencies: b
                                    timeout: later
                                  - id: b
                                    description: Do b
                                    dependencies: [c, task-9]
                                    prompt: more
                                    expects: everything
                                  - description: Do c
                                    id: c
                                    dependencies: [b]
                                    context_files: [src/Gone.java]
                                    checks: [[]]
                                  - just words
                                """)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"tasks\": [{\"description\": \"x\"}]}",
                "Here it is:\n```json\n{\"tasks\": [{\"description\": \"x\"}]}\n```\nGood luck {you}!",
                "{\"id\": 7, \"tasks\": [{\"description\": \"x\", \"owner\": \"me\"}]}",
                "I looked at {all} and then:\n```\n{\"tasks\": [{\"description\": \"x\"}]}\n```",
                "The plan: {\"tasks\": [{\"description\": \"x\"}]} as you asked.",
                "```json\n{\"note\": 1}\n```\n```json\n{\"tasks\": [{\"description\": \"x\"}]}\n```",
                "```yaml\ntasks:\n  - description: x\n```",
            })
    void anAnswersPlanIsFound(String answer) {
        PlanDraft draft = PlanReader.answer(answer);

        assertThat(draft.problems()).isEmpty();
        assertThat(draft.tasks())
                .singleElement()
                .extracting(TaskDraft::description)
                .hasToString("Optional[x]");
        assertThat(Plans.check(draft, Samples.rules(Samples.settings(""), Author.AGENT)))
                .isInstanceOf(Verdict.Valid.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "First I would write the model, then the view.",
                "tasks: write the model, then the view",
                "1. model\n2. view",
                "{\"tasks\": \"write the model\"}",
                "{\"plan\": []}",
                "[]",
                "```\nmodel\n```",
                "{\"tasks\": [{\"description\": \"x\"}",
                "{\"tasks\": [\"write the model\"]}",
            })
    void proseIsNeverAPlan(String answer) {
        assertThat(
                        Plans.check(
                                PlanReader.answer(answer),
                                Samples.rules(Samples.settings(""), Author.AGENT)))
                .isInstanceOf(Verdict.Invalid.class);
    }

    @Test
    void aProblemOfAnAnswerHasItsPath() {
        assertThat(
                        told(
                                PlanReader.answer(
                                        """
                                        {"tasks": [{"description": "x"}, {"description": "y",
                                            "priority": 99, "expects": 1}]}
                                        """)))
                .isEqualTo(
                        """
                        tasks[1].expects: expects must be one of changes, report, any, not 1
                        tasks[1].priority: task "task-2": priority 99 is not 1 to 10
                        """);
    }

    @Test
    void aJsonFileHasLinesToo() {
        assertThat(told(PlanReader.file("plan.json", "{\"tasks\":\n [{\"priority\": 99}]}")))
                .isEqualTo(
                        """
                        plan.json:2: task "task-1": the description is empty; say what is to be done
                        plan.json:2: task "task-1": priority 99 is not 1 to 10
                        """);
    }

    private static String told(PlanDraft draft) {
        return switch (Plans.check(draft, Samples.rules(Samples.settings(""), Author.PERSON))) {
            case Verdict.Valid _ -> throw new AssertionError("no problem in " + draft);
            case Verdict.Invalid(List<Problem> problems) ->
                    problems.stream().map(problem -> problem + "\n").collect(Collectors.joining());
        };
    }
}
