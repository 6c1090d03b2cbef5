package dev.coppice.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coppice.testkit.ClaudeCli;
import dev.coppice.testkit.ScratchRepository;
import dev.coppice.testkit.StubModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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
        try (StubModel model = StubModel.start(RealClaudeTest::script)) {
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
            // cumulative
            long answers =
                    model.requests().stream()
                            .filter(r -> r.prompts().stream().anyMatch(p -> script(p).isPresent()))
                            .count();
            long tokens = 0;
            double cost = 0;
            for (JsonNode task : results.path("results").path("tasks")) {
                tokens += task.path("tokens").longValue();
                cost += task.path("cost_usd").doubleValue();
            }
            assertThat(tokens).isEqualTo(TOKENS_AN_ANSWER * (answers - 1));
            assertThat(cost).isPositive().isLessThan(results.path("cost_usd").doubleValue());
            assertThat(Path.of(results.path("results").path("final_report").stringValue()))
                    .exists()
                    .content()
                    .contains("part-4");
            assertThat(Files.exists(repository.path().resolve(".coppice/workspace"))).isTrue();
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
