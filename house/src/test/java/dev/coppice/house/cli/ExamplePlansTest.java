package dev.coppice.house.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.coppice.house.cli.Program.Result;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The plans in examples/plans, which are document 004's use cases, run by the agent that is configured beside them.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ExamplePlansTest {
    private static final Path PLANS =
            Path.of("..", "examples", "plans").toAbsolutePath().normalize();

    @TempDir Path folder;
    private Program program;

    @BeforeEach
    void prepare() throws Exception {
        Path installed = Files.createDirectories(folder.resolve("bin"));
        program = Program.in(installed).with("EXAMPLES", PLANS.toString());
        program.with("PATH", installed + ":" + System.getenv("PATH"));
        assumeThat(program.shell(folder, "command -v curl").code()).as("curl is there").isZero();
    }

    private JsonNode run(Path where, String plan, String... more) throws Exception {
        String line =
                "$coppice run --plan \"$EXAMPLES/%s\" --config \"$EXAMPLES/scripted.yaml\" --json %s"
                        .formatted(plan, String.join(" ", more));
        Result run = program.shell(where, line);
        assertThat(run.code()).as(run.err() + run.out()).isZero();
        return JsonMapper.shared().readTree(run.out());
    }

    private Path repository() throws IOException {
        return ScratchRepository.ofFiles(folder.resolve("project"), 3).path();
    }

    private static Stream<String> standings(JsonNode results) {
        return results.at("/results/tasks")
                .valueStream()
                .map(task ->
                        "%s: %s, %d"
                                .formatted(
                                        task.path("id").asString(),
                                        task.path("status").asString(),
                                        task.path("child_results").size()));
    }

    private String files(Path where, JsonNode results) throws Exception {
        return program.shell(
                        where, "git ls-tree -r --name-only " + results.path("branch").asString())
                .out();
    }

    @Test
    void fourServicesAreBuiltByAJobEach() throws Exception {
        Path project = repository();
        JsonNode results = run(project, "microservices.yaml");

        assertThat(standings(results))
                .containsExactly(
                        "auth: recursive_success, 3",
                        "users: recursive_success, 3",
                        "orders: recursive_success, 3",
                        "payments: recursive_success, 3");
        assertThat(files(project, results).lines().filter(file -> file.startsWith("services/")))
                .hasSize(12)
                .contains("services/auth/api.txt", "services/payments/tests.txt");
    }

    @Test
    void aFullStackGrowsInAnEmptyFolder() throws Exception {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        JsonNode results = run(empty, "fullstack.yaml", "--init");

        assertThat(standings(results))
                .containsExactly(
                        "frontend: success, 0",
                        "backend: recursive_success, 3",
                        "database: success, 0");
        assertThat(files(empty, results))
                .isEqualTo(
                        """
                        backend/migrations.txt
                        backend/models.txt
                        backend/routes.txt
                        database/schema.sql
                        frontend/App.tsx
                        """);
    }

    @Test
    void fiveWritersWorkSideBySide() throws Exception {
        Path project = repository();
        JsonNode results = run(project, "documentation.yaml");

        assertThat(standings(results)).hasSize(5).allMatch(task -> task.endsWith(": success, 0"));
        assertThat(files(project, results))
                .contains("docs/api.md", "docs/architecture.md", "docs/user-guide.md")
                .contains("docs/contributing.md", "docs/examples.md");
    }
}
