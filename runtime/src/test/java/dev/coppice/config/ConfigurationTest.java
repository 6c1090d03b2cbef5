package dev.coppice.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.AgentName;
import dev.coppice.model.CommandLine;
import dev.coppice.model.Settings;
import dev.coppice.plan.Problem;
import dev.coppice.testkit.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigurationTest {
    @TempDir Path root;
    @TempDir Path home;

    private final SequencedMap<String, String> flags = new LinkedHashMap<>();
    private Map<String, String> environment = Map.of();
    private Optional<Path> named = Optional.empty();
    private Path folder;
    private boolean isTracked;

    @BeforeEach
    void standAtTheRoot() {
        folder = root;
    }

    @Test
    void withoutAnySourceTheDefaultsHold() {
        Settings settings = loaded().settings();

        assertThat(settings.workers().maxWorkers()).isEqualTo(3);
        assertThat(settings.workers().defaultTimeout()).isEqualTo(Duration.ofMinutes(10));
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
                                        Settings.Home.USER,
                                        4)));
        assertThat(loaded().api())
                .isEqualTo(
                        new Configuration.Api(
                                "localhost",
                                8000,
                                Optional.empty(),
                                600,
                                16,
                                Optional.empty(),
                                true));
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
    void whatIsUnsetByDefaultIsNotInEffectAsItsExample() {
        assertThat(loaded().effective())
                .contains(
                        new Configuration.Entry("environment.setup", "", "default"),
                        new Configuration.Entry("environment.copy", "", "default"),
                        new Configuration.Entry("environment.link", "", "default"),
                        new Configuration.Entry("environment.venv.requirements", "", "default"),
                        new Configuration.Entry("environment.ports", "", "default"),
                        new Configuration.Entry("checks", "", "default"),
                        new Configuration.Entry("agents.claude.command", "", "default"),
                        new Configuration.Entry("agents.claude.model", "sonnet", "default"),
                        new Configuration.Entry(
                                "recursion.workers_by_depth", "[10, 8, 5, 3, 2, 1]", "default"));
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

    @Test
    void theFoldersOfAConfigYamlBelowTheRootAreFromThere() throws IOException {
        folder = Files.createDirectory(root.resolve("below"));
        write(
                "below/config.yaml",
                "orchestrator: { workspace_root: ./workspace }\nlogging: { log_dir: ./logs }");

        assertThat(loaded().settings().layout().workspaceRoot())
                .isEqualTo(folder.resolve("workspace").toString());
        assertThat(loaded().logging().directory()).isEqualTo(folder.resolve("logs").toString());

        environment = Map.of("COPPICE_LOGGING_LOG_DIR", "./logs");
        assertThat(loaded().logging().directory()).isEqualTo("./logs");
        write("coppice.yaml", "orchestrator: { workspace_root: ./workspace }");
        assertThat(loaded().settings().layout().workspaceRoot()).isEqualTo("./workspace");
    }

    @Test
    void theLaterSourceWins() throws IOException {
        write(
                "coppice.yaml",
                "workers: { max_workers: 4, max_retries: 4, idle_timeout: 4, stop_grace: 4 }");
        writeOwn("workers: { max_retries: 5, idle_timeout: 5, stop_grace: 5 }");
        environment =
                Map.of(
                        "COPPICE_WORKERS_IDLE_TIMEOUT", "6",
                        "COPPICE_WORKERS_STOP_GRACE", "6",
                        "COPPICE_WORKERS_MAX_WORKER", "6",
                        "COPPICE_HOME", "elsewhere");
        flags.put("--idle-timeout", "7m");

        Configuration configuration = loaded();

        assertThat(configuration.settings().workers().maxWorkers()).isEqualTo(4);
        assertThat(configuration.settings().workers().maxRetries()).isEqualTo(5);
        assertThat(configuration.settings().workers().stopGrace()).hasSeconds(6);
        assertThat(configuration.settings().workers().idleTimeout()).hasMinutes(7);
        assertThat(configuration.effective())
                .contains(
                        new Configuration.Entry("workers.max_workers", "4", "coppice.yaml:1"),
                        new Configuration.Entry(
                                "workers.max_retries", "5", "~/.config/coppice/config.yaml:1"),
                        new Configuration.Entry(
                                "workers.stop_grace", "6", "COPPICE_WORKERS_STOP_GRACE"),
                        new Configuration.Entry("workers.idle_timeout", "7m", "--idle-timeout"),
                        new Configuration.Entry("workers.max_output", "4GB", "default"));
    }

    @Test
    void aCoppiceYamlHidesAConfigYaml() throws IOException {
        write("coppice.yaml", "workers: { max_workers: 4 }");
        write("config.yaml", "workers: { max_workers: 5, max_retries: 5 }");

        assertThat(loaded().settings().workers().maxWorkers()).isEqualTo(4);
        assertThat(loaded().settings().workers().maxRetries()).isEqualTo(2);
    }

    @Test
    void aNamedFileTakesTheirPlace() throws IOException {
        write("coppice.yaml", "workers: { max_workers: 4, max_retries: 4 }");
        write("other.yaml", "workers: { max_workers: 6 }");
        named = Optional.of(root.resolve("other.yaml"));

        assertThat(loaded().settings().workers().maxWorkers()).isEqualTo(6);
        assertThat(loaded().settings().workers().maxRetries()).isEqualTo(2);
    }

    @Test
    void aNamedFileThatIsNotThereIsAProblem() {
        named = Optional.of(root.resolve("other.yaml"));

        assertThat(problems()).containsExactly("other.yaml: there is no such file");
    }

    @Test
    void aConfigYamlOfAnotherProgramIsLeftAlone() throws IOException {
        write("config.yaml", "baseURL: https://example.org/\ntheme: ananke\n");

        assertThat(loaded().warnings())
                .extracting(Problem::toString)
                .containsExactly(
                        "config.yaml: is not used: it has no section of Coppice (workers, agents,"
                                + " …)");
    }

    @Test
    void allProblemsAreToldAtOnceWithTheirPlaces() throws IOException {
        write(
                "coppice.yaml",
                """
                worker:
                  max_workers: 3
                workers:
                  max_worker: 3
                  max_workers: 0
                  default_timeout: soon
                  retry: 3
                  max_output: 4 cows
                max_retries: 3
                recursion:
                  enable: yes
                  workers_by_depth: [3, many]
                orchestrator:
                  branch_template: coppice/<job>
                agents:
                  default: claud
                  claude: { modle: opus }
                  gemini: {}
                api:
                  api_key: ${NOT_SET}
                integrate:
                  conflicts: mine
                  zebra: 1
                """);
        environment = Map.of("COPPICE_API_PORT", "http");
        flags.put("--max-depth", "6");

        Golden.check("config/problems.txt", String.join("\n", problems()) + "\n");
    }

    @Test
    void brokenSyntaxIsToldWithItsLine() throws IOException {
        write("coppice.yaml", "workers:\n  max_workers: 3\n bad: [\n");

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith("coppice.yaml:3: can't be read:");
    }

    @Test
    void aKeyThatStandsTwiceIsAProblem() throws IOException {
        write("coppice.yaml", "workers:\n  max_workers: 3\n  max_workers: 4\n");

        assertThat(problems()).containsExactly("coppice.yaml:3: \"max_workers\" stands here twice");
    }

    @Test
    void timesAndSizesHaveUnits() throws IOException {
        write(
                "coppice.yaml",
                """
                workers:
                  default_timeout: 2h
                  idle_timeout: 90s
                  job_timeout: 10m
                  stop_grace: 0.5
                  max_output: 64KiB
                """);

        Settings.Workers workers = loaded().settings().workers();

        assertThat(workers.defaultTimeout()).hasHours(2);
        assertThat(workers.idleTimeout()).hasSeconds(90);
        assertThat(workers.jobTimeout()).contains(Duration.ofMinutes(10));
        assertThat(workers.stopGrace()).hasMillis(500);
        assertThat(workers.maxOutputBytes()).isEqualTo(65_536);
    }

    @Test
    void valuesComeFromTheEnvironmentButNotInLinesForTheShell() throws IOException {
        write(
                "coppice.yaml",
                """
                agents:
                  script: { command: ["${TOOLS}/run", "a${TOOLS}b"] }
                checks: ["test -n ${COPPICE_PORT}"]
                environment: { setup: [["echo", "${HOME}"]] }
                """);
        environment = Map.of("TOOLS", "/opt/$1");

        Settings settings = loaded().settings();

        assertThat(agent(settings, "script").command()).containsExactly("/opt/$1/run", "a/opt/$1b");
        assertThat(settings.checks()).containsExactly(CommandLine.shell("test -n ${COPPICE_PORT}"));
        assertThat(settings.environment().setup())
                .containsExactly(new CommandLine(List.of("echo", "${HOME}")));
    }

    @Test
    void anAgentIsWhatItsNameSaysOrACommand() throws IOException {
        write(
                "coppice.yaml",
                """
                orchestrator: { claude_command: /opt/claude }
                agents:
                  default: script
                  script: { command: [bash], stdin: description, max_concurrent: 1 }
                  opus: { kind: claude, model: opus, permission: all, env: [GH_TOKEN] }
                  scripted:
                """);
        flags.put("--model", "small");

        Settings settings = loaded().settings();

        assertThat(settings.agents().byDefault()).isEqualTo(new AgentName("script"));
        assertThat(agent(settings, "script").kind()).isEqualTo(Settings.Kind.COMMAND);
        assertThat(agent(settings, "script").input()).isEqualTo(Settings.Input.DESCRIPTION);
        assertThat(agent(settings, "script").model()).contains("small");
        assertThat(agent(settings, "opus").kind()).isEqualTo(Settings.Kind.CLAUDE);
        assertThat(agent(settings, "opus").command()).containsExactly("/opt/claude");
        assertThat(agent(settings, "opus").permission()).isEqualTo(Settings.Permission.ALL);
        assertThat(agent(settings, "scripted").kind()).isEqualTo(Settings.Kind.SCRIPTED);
        assertThat(agent(settings, "claude").model()).contains("sonnet");
    }

    @Test
    void onlyAgentsWhoseProvidersLimitThemHaveALimitOfTheirOwn() throws IOException {
        write("coppice.yaml", "agents: { script: { command: [bash] } }\n");

        Settings settings = loaded().settings();

        assertThat(agent(settings, "claude").maxConcurrent()).isEqualTo(4);
        assertThat(agent(settings, "script").maxConcurrent()).isEqualTo(64);
    }

    @Test
    void whatACommandNeverHearsIsToldToThePerson() throws IOException {
        write(
                "coppice.yaml",
                "agents: { default: script, script: { command: [bash], permission: plan } }\n");
        flags.put("--model", "small");

        assertThat(loaded().warnings())
                .extracting(Problem::toString)
                .anyMatch(text -> text.contains("agents.script.model changes nothing"))
                .anyMatch(text -> text.contains("agents.script.permission changes nothing"));
    }

    @Test
    void postgresIsRefusedAsLongAsItIsNotSupported() throws IOException {
        write("coppice.yaml", "store: { url: 'jdbc:postgresql://db/coppice' }\n");

        assertThat(problems()).anyMatch(text -> text.contains("not supported yet"));
    }

    @Test
    void listsAndAgentsCanBeSetByVariables() {
        environment =
                Map.of(
                        "COPPICE_AGENTS_CLAUDE_MODEL", "opus",
                        "COPPICE_AGENTS_CLAUDE_ARGS", "[--verbose, --fast]",
                        "COPPICE_ENVIRONMENT_COPY", ".env");

        Settings settings = loaded().settings();

        assertThat(agent(settings, "claude").model()).contains("opus");
        assertThat(agent(settings, "claude").args()).containsExactly("--verbose", "--fast");
        assertThat(settings.environment().copy()).containsExactly(".env");
    }

    @Test
    void secretsAreCollectedAndNeverListed() throws IOException {
        write(
                "coppice.yaml",
                """
                agents:
                  script: { command: [run, "--token=${GH_TOKEN}", "${PLACE}"] }
                api: { api_key: "${SERVER}" }
                store: { url: "jdbc:sqlite:/srv/coppice.db?user=me&password=hunter2&ssl=true" }
                """);
        environment =
                Map.of(
                        "GH_TOKEN", "ghp1",
                        "PLACE", "garden",
                        "SERVER", "opensesame",
                        "ANTHROPIC_API_KEY", "sk-ant-1234",
                        "MONKEY", "bananabanana");

        Configuration configuration = loaded();

        assertThat(configuration.secrets())
                .containsExactlyInAnyOrder("ghp1", "opensesame", "hunter2", "sk-ant-1234");
        assertThat(configuration.effective().toString() + configuration)
                .doesNotContain("ghp1", "opensesame", "hunter2")
                .contains("garden", "password=***");
    }

    @Test
    void aKeyInATrackedFileGetsAWarning() throws IOException {
        isTracked = true;
        write("coppice.yaml", "api:\n  api_key: opensesame\n");

        assertThat(loaded().warnings())
                .singleElement()
                .extracting(Problem::toString)
                .asString()
                .startsWith("coppice.yaml:2: git tracks this file")
                .doesNotContain("opensesame");
    }

    @Test
    void aKeyThatTheTrackedFileOnlyNamesIsFine() throws IOException {
        isTracked = true;
        environment = Map.of("KEY", "opensesame");
        write("coppice.yaml", "api:\n  api_key: \"${KEY}\"\n");

        assertThat(loaded().warnings()).isEmpty();
    }

    @Test
    void aFileWithAKeyIsKnownAlsoWhereAnotherSourceGivesTheKey() throws IOException {
        environment = Map.of("KEY", "opensesame");
        write("coppice.yaml", "api:\n  api_key: shazam\n");
        writeOwn("api:\n  api_key: \"${KEY}\"\n");
        isTracked = true;

        assertThat(loaded().keyFiles()).containsExactly(root.resolve("coppice.yaml"));
        assertThat(loaded().warnings())
                .singleElement()
                .extracting(Problem::toString)
                .asString()
                .startsWith("coppice.yaml:2: git tracks this file");
    }

    private static Settings.AgentSettings agent(Settings settings, String name) {
        return Objects.requireNonNull(settings.agents().configured().get(new AgentName(name)));
    }

    private void writeOwn(String text) throws IOException {
        Path folder = Files.createDirectories(home.resolve(".config/coppice"));
        Files.writeString(folder.resolve("config.yaml"), text);
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
                new Sources(folder, root, named, home, environment, flags, _ -> isTracked));
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(root.resolve(name), text);
    }
}
