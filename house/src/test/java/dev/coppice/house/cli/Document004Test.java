package dev.coppice.house.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.coppice.house.cli.Program.Result;
import dev.coppice.testkit.ClaudeCli;
import dev.coppice.testkit.ScratchRepository;
import dev.coppice.testkit.StubModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Somebody, or an AI, does word for word what document 004 says.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class Document004Test {
    private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern SERVING = Pattern.compile("serving at http://\\S+:(\\d+) ");

    /// A lead that plans two tasks whatever it is asked, and the shell, which runs them.
    private static final String AGENTS =
            """
            agents:
              default: script
              lead: planner
              script: { command: [bash], stdin: description }
              planner: { command: [echo, '{"goal": "g", "tasks": [{"id": "one", "description": "echo one; echo 1 > one.txt"}, {"id": "two", "description": "echo 2 > two.txt"}]}'] }
            """;

    @TempDir Path folder;
    private Program program;

    @BeforeEach
    void prepare() throws IOException {
        program = Program.in(Files.createDirectories(folder.resolve("program")));
        for (String script : List.of("quick-start.sh", "check-status.sh")) {
            Files.copy(
                    TOP.resolve(script),
                    folder.resolve("program").resolve(script),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    @Test
    void theExampleOfAConfigurationIsInEffectAsItStands() throws Exception {
        ScratchRepository repository = ScratchRepository.in(folder.resolve("project"));
        repository.write("config.yaml", Files.readString(resource("config.yaml")));

        JsonNode settings = settings(repository.path());

        assertThat(setting(settings, "orchestrator.execution_mode")).isEqualTo("wsl");
        assertThat(setting(settings, "orchestrator.workspace_root")).isEqualTo("./workspace");
        assertThat(setting(settings, "workers.max_workers")).isEqualTo("10");
        assertThat(setting(settings, "workers.default_timeout")).isEqualTo("300");
        assertThat(setting(settings, "workers.max_retries")).isEqualTo("2");
        assertThat(setting(settings, "recursion.enable")).isEqualTo("true");
        assertThat(setting(settings, "recursion.max_depth")).isEqualTo("3");
        assertThat(setting(settings, "api.host")).isEqualTo("localhost");
        assertThat(setting(settings, "api.port")).isEqualTo("8000");
        assertThat(setting(settings, "api.api_key")).isEqualTo("***");
        assertThat(setting(settings, "logging.level")).isEqualTo("INFO");
        assertThat(setting(settings, "logging.enable_structured")).isEqualTo("true");
        assertThat(setting(settings, "logging.log_dir")).isEqualTo("./logs");
    }

    @Test
    void bothNamesOfTheClaudeCommandAreKnown() throws Exception {
        ScratchRepository repository = ScratchRepository.in(folder.resolve("project"));
        for (String section : List.of("orchestrator", "workers")) {
            repository.write("config.yaml", section + ":\n  claude_command: \"/path/to/claude\"\n");

            assertThat(setting(settings(repository.path()), "orchestrator.claude_command"))
                    .as(section)
                    .isEqualTo("/path/to/claude");
        }
    }

    @Test
    void theTemplateIsWhatInitWrites() throws Exception {
        Path project = Files.createDirectories(folder.resolve("project"));

        assertThat(program.run(project, "init").code()).isZero();

        assertThat(TOP.resolve("config.template.yaml"))
                .hasSameTextualContentAs(project.resolve("coppice.yaml"));
    }

    @Test
    void theQuickStartBeginsWithNothing() throws Exception {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        Files.createDirectories(folder.resolve("program/home/.config/coppice"));
        Files.writeString(folder.resolve("program/home/.config/coppice/config.yaml"), AGENTS);

        Result started =
                program.shell(
                        empty,
                        "\"$(dirname \"$coppice\")\"/quick-start.sh "
                                + "\"Create a React + FastAPI + PostgreSQL 'application'\"");

        assertThat(started.code()).as(started.err()).isZero();
        assertThat(started.out()).contains("2 of 2 tasks");
        Result status =
                program.shell(
                        empty,
                        "\"$(dirname \"$coppice\")\"/check-status.sh job_"
                                + Scene.job(started)
                                + " --json");
        assertThat(json(status).path("status").asString()).isEqualTo("completed");
        assertThat(json(status).path("request").asString())
                .isEqualTo("Create a React + FastAPI + PostgreSQL 'application'");
    }

    @Test
    void theQuickStartCommitsNoKey() throws Exception {
        Path project = Files.createDirectories(folder.resolve("project"));
        Files.writeString(
                project.resolve("config.yaml"), Files.readString(resource("config.yaml")) + AGENTS);
        Files.writeString(project.resolve("notes.txt"), "mine");

        Result started =
                program.shell(
                        project,
                        "\"$(dirname \"$coppice\")\"/quick-start.sh \"Create an application\"");

        assertThat(started.code()).as(started.err()).isZero();
        assertThat(started.err()).contains("config.yaml is not part of it, since api.api_key");
        assertThat(program.shell(project, "git ls-files; git status --porcelain").out())
                .isEqualTo("notes.txt\n");
        assertThat(program.shell(project, "git log --all -p").out())
                .contains("notes.txt", "one.txt")
                .doesNotContain("your-secure-api-key");
    }

    @Test
    void theStepsWorkInAFolderOfTheProject() throws Exception {
        ScratchRepository project = ScratchRepository.in(folder.resolve("project"));
        project.write(
                "orchestrator-portable/config.yaml",
                Files.readString(resource("config.yaml")) + AGENTS);
        Path portable = project.path().resolve("orchestrator-portable");

        Result started =
                program.shell(
                        portable,
                        "\"$(dirname \"$coppice\")\"/quick-start.sh \"Create an application\"");

        assertThat(started.code()).as(started.err()).isZero();
        String job = "workspace/job_" + Scene.job(started);
        assertThat(portable.resolve(job).resolve("logs/orchestrator.log"))
                .content()
                .contains("worker_1");
        assertThat(portable.resolve("logs/coppice.jsonl")).exists();
        assertThat(program.run(project.path(), "status", Scene.job(started)).out())
                .contains("2 of 2 tasks");
        assertThat(project.git("status", "--porcelain")).isEqualTo("?? orchestrator-portable/");
        assertThat(project.git("status", "--porcelain", "--untracked-files=all"))
                .isEqualTo("?? orchestrator-portable/config.yaml");
    }

    @Test
    void theCallsOfTheApiAreMadeAsPrinted() throws Exception {
        assumeThat(program.shell(folder, "command -v curl").code()).as("curl is there").isZero();

        Called called = callAsPrinted(AGENTS, Map.of(), "one");

        assertThat(called.status().path("progress").path("completed").asInt()).isEqualTo(2);
        assertThat(called.checked()).contains("2 of 2 tasks");
    }

    /// What the model of the real Claude Code does: it plans one task, whose agent starts a job of three.
    private static Optional<String> shop(String prompt) {
        if (prompt.contains("The jobs that you started have ended")) {
            return Optional.of(
                    "bash cat cart.txt users.txt stock.txt > shop.txt\nsay All is built.\n");
        }
        if (prompt.contains("## Your task (shop)")) {
            return Optional.of(
                    """
                    write begun.txt
                    | begun
                    call mcp__coppice__start_child_job
                    | {"request": "Build the services", "plan": {"tasks": [
                    |   {"id": "cart", "agent": "script", "description": "echo cart > cart.txt"},
                    |   {"id": "users", "agent": "script", "description": "echo users > users.txt"},
                    |   {"id": "stock", "agent": "script", "description": "echo stock > stock.txt"}]}}
                    say I started a job.
                    """);
        }
        return prompt.contains("Build a complete e-commerce site with frontend and backend")
                ? Optional.of(
                        """
                        json
                        | {"goal": "A shop", "tasks": [{"id": "shop", "description": "Build it all."}]}
                        """)
                : Optional.empty();
    }

    private static final String CLAUDE =
            """
            agents:
              claude: { permission: all }
              script: { command: [bash], stdin: description }
            """;

    @Test
    void theRealClaudeDoesWhatTheCommandsAskFor() throws Exception {
        Optional<ClaudeCli> claude = ClaudeCli.find();
        assumeThat(claude).as("there is npm").isPresent();
        assumeThat(program.shell(folder, "command -v curl").code()).as("curl is there").isZero();
        try (StubModel model = StubModel.start(Document004Test::shop)) {
            Called called =
                    callAsPrinted(
                            CLAUDE,
                            claude.get().environment(folder.resolve("server/home"), model),
                            "All is built.");
            JsonNode task = called.results().at("/results/tasks/0");
            assertThat(task.path("status").asString())
                    .as(called.results().toPrettyString())
                    .isEqualTo("recursive_success");
            assertThat(task.path("child_results").findValuesAsString("status"))
                    .containsExactly("success", "success", "success");
            assertThat(called.checked()).contains("1 of 1 task");

            // and from the quick start, with nothing there
            Path home = folder.resolve("program/home");
            claude.get().environment(home, model).forEach(program::with);
            Files.createDirectories(home.resolve(".config/coppice"));
            Files.writeString(home.resolve(".config/coppice/config.yaml"), CLAUDE);
            Path empty = Files.createDirectories(folder.resolve("empty"));
            Result started =
                    program.shell(
                            empty,
                            "\"$(dirname \"$coppice\")\"/quick-start.sh "
                                    + "\"Build a complete e-commerce site with frontend and backend\"");
            assertThat(started.code()).as(started.err() + started.out()).isZero();
            assertThat(started.out()).contains("1 of 1 task");
        }
    }

    /// What the commands showed.
    private record Called(JsonNode status, String checked, JsonNode results) {}

    /// Serves, and then makes both calls of the API as they are printed, until the job has ended, and looks at both logs.
    ///
    /// @param said by the worker
    private Called callAsPrinted(String agents, Map<String, String> environment, String said)
            throws Exception {
        ScratchRepository repository = ScratchRepository.in(folder.resolve("project"));
        repository.write(
                "config.yaml",
                agents
                        + "orchestrator:\n  workspace_root: \"./workspace\"\n"
                        + "api:\n  port: 0\n  api_key: your-api-key\n");
        repository.commit("Configure");
        Program server = Program.in(Files.createDirectories(folder.resolve("server")));
        environment.forEach(server::with);
        Process serving = server.start(repository.path(), "serve");
        try {
            Scene.await(() -> SERVING.matcher(server.printed("out")).find());
            Matcher told = SERVING.matcher(server.printed("out"));
            assertThat(told.find()).isTrue();
            String port = told.group(1);
            Result posted = program.shell(repository.path(), printed("orchestrate.sh", port, ""));
            String job = json(posted).path("job_id").asString();
            String status = printed("status.sh", port, job).strip() + " > '" + folder + "/seen'";
            // one call more could be one too many for the server
            String isOver = "grep -E '\"(completed|partial|failed)\",$' '" + folder + "/seen'";
            program.shell(
                    repository.path(),
                    "until " + status + " && " + isOver + "; do sleep 0.2; done");
            JsonNode seen = JsonMapper.shared().readTree(Files.readString(folder.resolve("seen")));
            assertThat(seen.path("status").asString())
                    .as(seen.toPrettyString())
                    .isEqualTo("completed");
            String check = "\"$(dirname \"$coppice\")\"/check-status.sh " + job;
            String logs = "workspace/job_" + job + "/logs/";
            awaitTail(repository, logs + "orchestrator.log", "worker_1");
            awaitTail(repository, logs + "depth_0_worker_1.log", said);
            return new Called(
                    seen,
                    program.shell(repository.path(), check).out(),
                    json(program.shell(repository.path(), check + " --json")));
        } finally {
            serving.destroy();
            serving.waitFor();
        }
    }

    /// Returns once `tail -f`, as printed, shows this text of a log.
    private void awaitTail(ScratchRepository repository, String log, String text) throws Exception {
        Path shown = folder.resolve("tail");
        Process tail =
                new ProcessBuilder("tail", "-f", log)
                        .directory(repository.path().toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(shown.toFile())
                        .start();
        try {
            Scene.await(
                    () -> Files.readString(shown, ISO_8859_1).contains(text) || !tail.isAlive());
            assertThat(shown).content(ISO_8859_1).contains(text);
        } finally {
            tail.destroy();
            tail.waitFor();
        }
    }

    private static String printed(String name, String port, String job) throws IOException {
        return Files.readString(resource(name))
                .replace("localhost:8000", "localhost:" + port)
                .replace("abc123", job);
    }

    private static Path resource(String name) {
        return Path.of("src/test/resources/document004").resolve(name);
    }

    private static JsonNode json(Result result) {
        return JsonMapper.shared().readTree(result.out());
    }

    private JsonNode settings(Path where) throws Exception {
        return json(program.run(where, "doctor", "--json")).path("configuration");
    }

    private static String setting(JsonNode settings, String key) {
        return StreamSupport.stream(settings.spliterator(), false)
                .filter(each -> each.path("key").asString().equals(key))
                .findFirst()
                .orElseThrow(() -> new AssertionError(key + " is not in " + settings))
                .path("value")
                .asString();
    }
}
