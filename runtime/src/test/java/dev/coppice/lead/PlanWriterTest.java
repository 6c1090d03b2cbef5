package dev.coppice.lead;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.model.CommandLine;
import dev.coppice.model.Expectation;
import dev.coppice.model.Need.On;
import dev.coppice.model.Plan;
import dev.coppice.model.Settings;
import dev.coppice.plan.Patterns;
import dev.coppice.plan.PlanDraft;
import dev.coppice.plan.PlanRules;
import dev.coppice.plan.PlanRules.Author;
import dev.coppice.plan.TaskDraft;
import dev.coppice.testkit.Golden;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PlanWriterTest {
    private final Settings settings = Samples.settings("make test");
    private final PlanRules rules = Samples.rules(settings, Author.PERSON);

    @Test
    void whatIsWrittenReadsBackTheSame() {
        Plan plan = plan(everything());

        String text = PlanWriter.write(plan, settings);

        assertThat(Samples.plan(PlanReader.file("plan.yaml", text), rules)).isEqualTo(plan);
        Golden.check("lead/plan.yaml", text);
    }

    @Test
    void awkwardTextsReadBackTheSame() {
        List<TaskDraft.Builder> tasks =
                List.of(
                                "true",
                                "null",
                                "~",
                                "- x",
                                "1e3",
                                "010",
                                "a: b # c",
                                " leading and trailing ",
                                "two\nlines",
                                "three\n\nlines \n  indented\n",
                                "\n starts with a break",
                                "tab\tand \"quotes\" 'both' \\ ${HOME} $(touch x)",
                                "😀 発見 é \u0085 \u2028 \u0007",
                                "/slash",
                                "%percent @at `tick` & * ! | > { [",
                                "x".repeat(5_000),
                                "crlf\r\nline\r",
                                "---\n...\n")
                        .stream()
                        .map(text -> TaskDraft.unplaced().description(text).hints(text))
                        .toList();
        Plan plan = plan(tasks);

        String text = PlanWriter.write(plan, settings);

        assertThat(Samples.plan(PlanReader.file("plan.yaml", text), rules)).isEqualTo(plan);
    }

    @Test
    void aNeedThatAPlanFileCanNotTellIsRefused() {
        Plan plan = plan(everything());
        Plan fallback = new Plan("x", Patterns.sequential(plan.tasks(), On.END));

        assertThatThrownBy(() -> PlanWriter.write(fallback, settings))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("END");
    }

    private Plan plan(List<TaskDraft.Builder> tasks) {
        return Samples.plan(PlanDraft.of("Add input validation: all of it", tasks), rules);
    }

    private static List<TaskDraft.Builder> everything() {
        return List.of(
                TaskDraft.unplaced().id("model").description("Write the value types"),
                TaskDraft.unplaced()
                        .id("rest-layer.2")
                        .description("Validate.\n\nEvery field: yes.\n")
                        .priority(1)
                        .dependencies(List.of("model"))
                        .contextFiles(List.of("src/Api.java"))
                        .hints("Records, no setters")
                        .agent("claude")
                        .model("opus")
                        .expects(Expectation.REPORT)
                        .expectedFiles(List.of("src/model/*.java"))
                        .checks(
                                List.of(
                                        CommandLine.shell("test -s 'a b'"),
                                        new CommandLine(List.of("make", "it"))))
                        .estimate(Duration.ofMinutes(5))
                        .timeout(Duration.ofSeconds(90))
                        .maxRetries(1)
                        .budgetUsd(new BigDecimal("0.50")));
    }
}
