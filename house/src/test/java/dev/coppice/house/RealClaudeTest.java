package dev.coppice.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coppice.testkit.ClaudeCli;
import dev.coppice.testkit.ScratchRepository;
import dev.coppice.testkit.StubModel;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The main job with the real Claude Code, on a stub of the model. Skipped only where there is no npm to
/// install it with.
class RealClaudeTest {
    private static final Pattern TASK = Pattern.compile("## Your task \\(part-(\\d)\\)");
    private static final int TOKENS_AN_ANSWER = 110;

    /// What is lost where the program adds up prices in binary.
    private static final BigDecimal TINY = new BigDecimal("0.0000000001");

    private static final String PLAN =
            """
            usage 100 10
            json
            | {"goal": "Write four parts", "tasks": [
            |   {"id": "part-1", "description": "Write part 1"},
            |   {"id": "part-2", "description": "Write part 2"},
            |   {"id": "part-3", "description": "Write part 3"},
            |   {"id": "part-4", "description": "Write part 4",
            |    "checks": ["test -e parts/mended.txt"]}]}
            """;

    @TempDir Path folder;

    @Test
    void aRequestIsPlannedDoneByFourWorkersAndMerged() throws Exception {
        // given
        Optional<ClaudeCli> claude = ClaudeCli.find();
        assumeTrue(claude.isPresent(), "there is no npm here");
        ScratchRepository repository = ScratchRepository.ofFiles(folder.resolve("project"), 200);
        repository.write("coppice.yaml", "workers: { max_workers: 4 }\n");
        repository.commit("Configure");
        String head = repository.head();
        Together together = new Together();
        try (StubModel model = StubModel.start(together::script)) {
            Map<String, String> environment = new HashMap<>(repository.environment());
            environment.putAll(claude.get().environment(folder.resolve("home"), model));
            Program coppice = new Program(repository.path(), environment);

            // when
            Program.Finished run =
                    coppice.run("run", "Write the four parts of the manual", "--json");

            // then
            assertThat(run.exitCode()).as(run.errors() + run.output()).isZero();
            JsonNode results = JsonMapper.shared().readTree(run.output());
            assertThat(results.path("status").stringValue()).isEqualTo("completed");
            String branch = results.path("branch").stringValue();
            for (int part = 1; part <= 4; part++) {
                assertThat(repository.read(branch, "parts/" + part + ".txt"))
                        .isEqualTo("part " + part + "\n");
            }
            assertThat(results.path("results").path("tasks").size()).isEqualTo(4);
            for (JsonNode task : results.path("results").path("tasks")) {
                assertThat(task.path("status").stringValue()).isEqualTo("success");
                assertThat(task.path("integrated").booleanValue()).isTrue();
            }
            assertThat(repository.head()).isEqualTo(head);
            assertThat(repository.git("status", "--porcelain")).isEmpty();

            // the fourth task's session was resumed to mend its check, so its numbers are
            // cumulative: each answer costs the same, and is counted once
            String job = results.path("job_id").stringValue();
            long planning = answers(model, "Write the four parts of the manual", "## Your task");
            BigDecimal total = results.path("cost_usd").decimalValue();
            BigDecimal unit =
                    total.divide(BigDecimal.valueOf(allAnswers(model)), MathContext.DECIMAL64);
            assertThat(planning).isEqualTo(1);
            assertThat(unit).isPositive();
            for (JsonNode task : results.path("results").path("tasks")) {
                String id = task.path("id").stringValue();
                long answers = answers(model, "## Your task (" + id + ")", "none");
                assertThat(answers).as(id).isEqualTo(id.equals("part-4") ? 4 : 2);
                assertThat(task.path("tokens").longValue())
                        .as(id)
                        .isEqualTo(TOKENS_AN_ANSWER * answers);
                assertThat(task.path("cost_usd").decimalValue())
                        .as(id)
                        .isCloseTo(unit.multiply(BigDecimal.valueOf(answers)), within(TINY));
            }
            assertThatFourWorkedAtOnce(coppice, job);
            assertThatTheReportIsRight(results);
        }
    }

    /// The answers that were asked for in conversations in which `begun` was said, and `but` was not.
    private static long answers(StubModel model, String begun, String but) {
        return model.requests().stream()
                .filter(r -> r.prompts().stream().anyMatch(p -> script(p).isPresent()))
                .filter(r -> r.prompts().stream().anyMatch(p -> p.contains(begun)))
                .filter(r -> r.prompts().stream().noneMatch(p -> p.contains(but)))
                .count();
    }

    private static long allAnswers(StubModel model) {
        return answers(model, "", "none");
    }

    private static void assertThatFourWorkedAtOnce(Program coppice, String job)
            throws InterruptedException {
        Set<String> working = new HashSet<>();
        int atOnce = 0;
        for (String line : coppice.run("events", job).output().lines().toList()) {
            JsonNode event = JsonMapper.shared().readTree(line);
            String task = event.path("task").asString("");
            if (task.startsWith("part-")) {
                switch (event.path("type").stringValue()) {
                    // written before its agent can ask; that it has started may be written later
                    case "attempt_starting" -> working.add(task);
                    case "attempt_ended" -> working.remove(task);
                    case String _ -> {}
                }
                atOnce = Math.max(atOnce, working.size());
            }
        }
        assertThat(atOnce).isEqualTo(4);
    }

    private static void assertThatTheReportIsRight(JsonNode results) throws IOException {
        Path report = Path.of(results.path("results").path("final_report").stringValue());
        String job = results.path("job_id").stringValue();
        for (JsonNode task : results.path("results").path("tasks")) {
            String id = task.path("id").stringValue();
            String number = id.substring("part-".length());
            String commit = task.path("commit").stringValue().substring(0, 8);
            assertThat(report)
                    .content()
                    .containsPattern(
                            "[|] %s [|] [*][*]%s[*][*] Write part %s [|] completed [|] claude [|] 1 [|] .* [|] [$]0[.][0-9]+ [|] %d [|] `coppice/%s/%s-%s`, in the result [|]"
                                    .formatted(
                                            number,
                                            id,
                                            number,
                                            id.equals("part-4") ? 2 : 1,
                                            job,
                                            number,
                                            id))
                    .contains(
                            "| `parts/%s.txt` | created | worker_%s | %s | claude | 1 | `%s` | yes |"
                                    .formatted(number, number, id, commit));
        }
        assertThat(report)
                .content()
                .contains("| `parts/mended.txt` | created | worker_4 | part-4 | claude | 1 | ");
    }

    /// The scripts, of which no task's is given before all four tasks have asked.
    private static final class Together {
        private final Set<String> asked = ConcurrentHashMap.newKeySet();
        private final CountDownLatch missing = new CountDownLatch(4);

        Optional<String> script(String prompt) {
            Matcher task = TASK.matcher(prompt);
            if (task.find()) {
                if (asked.add(task.group(1))) {
                    missing.countDown();
                }
                try {
                    assertThat(missing.await(5, TimeUnit.MINUTES)).isTrue();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return RealClaudeTest.script(prompt);
        }
    }

    private static Optional<String> script(String prompt) {
        Matcher task = TASK.matcher(prompt);
        if (task.find()) {
            String part = task.group(1);
            return Optional.of(
                    "usage 100 10\nwrite parts/"
                            + part
                            + ".txt\n| part "
                            + part
                            + "\nsay Part "
                            + part
                            + " is written.\n");
        }
        if (prompt.contains("You are not done yet")) {
            return Optional.of("usage 100 10\nwrite parts/mended.txt\n| mended\nsay Mended.\n");
        }
        return prompt.contains("Write the four parts of the manual")
                ? Optional.of(PLAN)
                : Optional.empty();
    }
}
