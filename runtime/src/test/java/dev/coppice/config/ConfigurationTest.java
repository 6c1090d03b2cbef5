package dev.coppice.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.AgentName;
import dev.coppice.model.CommandLine;
import dev.coppice.model.Settings;
import dev.coppice.plan.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigurationTest {
    @TempDir Path root;
    @TempDir Path home;

    private final SequencedMap<String, String> flags = new LinkedHashMap<>();
    private Map<String, String> environment = Map.of();
    private boolean isTracked;

    @Test
    void withoutAnySourceTheDefaultsHold() {
        Settings settings = loaded().settings();

        assertThat(settings.workers().maxWorkers()).isEqualTo(3);
        assertThat(settings.workers().defaultTimeout()).isEqualTo(Duration.ofSeconds(600));
        assertThat(settings.workers().jobTimeout()).isEmpty();
        assertThat(settings.workers().maxOutputBytes()).isEqualTo(4_000_000_000L);
        assertThat(settings.workers().backoff().jitter()).isEqualTo(0.1);
        assertThat(settings.recursion().workersByDepth()).containsExactly(10, 8, 5, 3, 2, 1);
        assertThat(settings.layout().branchTemplate()).isEqualTo("coppice/<job>/<n>-<slug>");
        assertThat(settings.checks()).isEmpty();
        assertThat(settings.environment()).isEqualTo(Settings.Environment.NONE);
        assertThat(settings.integrate().result()).isEqualTo(Settings.Result.BRANCH);
        assertThat(settings.agents().configured())
                .containsExactly(
                        Map.entry(
                                new AgentName("claude"),
                                new Settings.AgentSettings(
                                        Settings.Kind.CLAUDE,
                                        List.of("claude"),
                                        List.of(),
                                        Optional.of("sonnet"),
                                        Settings.Permission.EDIT,
                                        Settings.Input.PROMPT,
                                        List.of(),
                                        4)));
        assertThat(loaded().api())
                .isEqualTo(new Configuration.Api("localhost", 8000, Optional.empty(), 600, true));
        assertThat(loaded().logging())
                .isEqualTo(
                        new Configuration.Logging(Configuration.Level.INFO, true, ".coppice/logs"));
        assertThat(loaded().storeUrl()).isEmpty();
    }

    @Test
    void theFileThatInitWritesGivesTheDefaults() throws IOException {
        Configuration without = loaded();
        write("coppice.yaml", Template.text());

        assertThat(loaded().settings()).isEqualTo(without.settings());
        assertThat(loaded().api()).isEqualTo(without.api());
        assertThat(loaded().effective()).isEqualTo(without.effective());
    }

    @Test
    void everyLineOfTheFileThatInitWritesCanBeUncommented() throws IOException {
        environment = Map.of("COPPICE_SERVER_KEY", "opensesame");
        String body = Template.text().substring(Template.text().indexOf("\n\n"));
        write("coppice.yaml", body.replaceAll("(?m)^( *)# (.*?) +# .*$", "$1$2"));

        Configuration configuration = loaded();

        assertThat(configuration.settings().checks())
                .containsExactly(CommandLine.shell("./mvnw -q test"));
        assertThat(configuration.effective())
                .filteredOn(entry -> entry.source().equals("default"))
                .extracting(Configuration.Entry::key)
                .as("keys that the template does not show")
                .allMatch(key -> key.startsWith("agents.") || key.endsWith("execution_mode"));
    }

    @Test
    void theExampleOfThePortableOrchestratorLoadsUnchanged() throws IOException {
        write(
                "config.yaml",
                """
                orchestrator:
                  execution_mode: "wsl"  # or "windows"
                  workspace_root: "./workspace"

                workers:
                  max_workers: 10
                  default_timeout: 300
                  max_retries: 2

                recursion:
                  enable: true
                  max_depth: 3

                api:
                  host: "localhost"
                  port: 8000
                  api_key: "your-secure-api-key"

                logging:
                  level: "INFO"
                  enable_structured: true
                  log_dir: "./logs"
                """);

        Configuration configuration = loaded();

        assertThat(configuration.settings().layout().workspaceRoot()).isEqualTo("./workspace");
        assertThat(configuration.settings().workers().maxWorkers()).isEqualTo(10);
        assertThat(configuration.settings().workers().defaultTimeout())
                .isEqualTo(Duration.ofMinutes(5));
        assertThat(configuration.api().key()).contains("your-secure-api-key");
        assertThat(configuration.logging().directory()).isEqualTo("./logs");
        assertThat(configuration.warnings())
                .singleElement()
                .extracting(Problem::toString)
                .asString()
                .startsWith("config.yaml:2: execution_mode wsl changes nothing");
    }

    private Configuration loaded() {
        return switch (load()) {
            case Loading.Usable(Configuration configuration) -> configuration;
            case Loading.Refused(List<Problem> problems) -> throw new AssertionError(problems);
        };
    }

    private List<String> problems() {
        return switch (load()) {
            case Loading.Usable(Configuration configuration) ->
                    throw new AssertionError("loaded: " + configuration);
            case Loading.Refused(List<Problem> problems) ->
                    problems.stream().map(Problem::toString).toList();
        };
    }

    private Loading load() {
        return Configuration.load(
                new Sources(
                        root, root, Optional.empty(), home, environment, flags, _ -> isTracked));
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(root.resolve(name), text);
    }
}
