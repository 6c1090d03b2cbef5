package dev.coppice.house.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.coppice.house.cli.Program.Result;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An AI reads docs/guide/for-ai.md and does what stands there: its files are those blocks of the page that have a name, its
/// shell runs the others.
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class ForAiTest {
    private static final Path PAGE =
            Path.of("..", "docs", "guide", "for-ai.md").toAbsolutePath().normalize();

    private static final Pattern BLOCK =
            Pattern.compile("(?ms)^```(\\w+)(?: (\\S+))?\\n(.*?)^```$");

    private static final Pattern SERVING = Pattern.compile("serving at http://\\S+:(\\d+) ");

    /// A lead that plans two tasks whatever it is asked, and the shell, which runs them.
    private static final String AGENTS =
            """
            agents:
              default: script
              lead: planner
              script: { command: [bash], stdin: description }
              planner: { command: [echo, '{"goal": "g", "tasks": [{"id": "one", "description": "echo 1 > one.txt"}, {"id": "two", "description": "echo 2 > two.txt"}]}'] }
            """;

    /// @param name of its file; empty for what is typed
    private record Block(String language, String name, String text) {}

    @TempDir Path folder;
    private ScratchRepository repository;
    private Program reader;
    private Process serving;

    /// All that the page has its reader type.
    private String script;

    @BeforeEach
    void serve() throws Exception {
        Path installed = Files.createDirectories(folder.resolve("bin"));
        reader = Program.in(installed);
        reader.with("PATH", installed + ":" + System.getenv("PATH"));
        assumeThat(reader.shell(folder, "command -v curl").code()).as("curl is there").isZero();
        Path home = Files.createDirectories(installed.resolve("home/.config/coppice"));
        Files.writeString(home.resolve("config.yaml"), AGENTS);
        repository = ScratchRepository.ofFiles(folder.resolve("project"), 3);
        for (Block block : blocks()) {
            if (block.name().contains(".")) {
                repository.write(block.name(), block.text());
            }
        }
        repository.commit("Begin");
        Program server =
                Program.in(Files.createDirectories(folder.resolve("server")))
                        .with("HOME", installed.resolve("home").toString());
        serving = server.start(repository.path(), "serve", "--port", "0");
        Scene.await(() -> SERVING.matcher(server.printed("out")).find() || !serving.isAlive());
        Matcher told = SERVING.matcher(server.printed("out"));
        assertThat(told.find()).as(server.printed("err")).isTrue();
        script = typed("sh", "").replace("localhost:8000", "localhost:" + told.group(1));
        assertThat(script).contains(told.group(1));
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (serving != null) {
            serving.destroy();
            serving.waitFor();
        }
    }

    private static List<Block> blocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(Files.readString(PAGE));
        while (block.find()) {
            String name = block.group(2) == null ? "" : block.group(2);
            blocks.add(new Block(block.group(1), name, block.group(3)));
        }
        return blocks;
    }

    /// The blocks of a language that have this name, one after the other.
    private static String typed(String language, String name) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Block block : blocks()) {
            if (block.language().equals(language) && block.name().equals(name)) {
                text.append(block.text());
            }
        }
        assertThat(text).as("%s %s in the page", language, name).isNotEmpty();
        return text.toString();
    }

    private Result type(String lines) throws Exception {
        return reader.shell(repository.path(), "set -e\n" + lines);
    }

    private JsonNode json(String file) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(repository.path().resolve(file)));
    }

    @Test
    void whatStandsThereIsTypedAndWorks() throws Exception {
        Result typed = type(script);

        assertThat(typed.code()).as(typed.err() + typed.out()).isZero();
        assertThat(typed.out())
                .contains("completed  2 of 2 tasks")
                .contains("plan.yaml is a plan of 3 tasks")
                .endsWith(
                        """
                        Status: completed
                        worker_1 success ['one.txt']
                        worker_2 success ['two.txt']
                        """);
        assertThat(json("results.json").at("/results/tasks")).hasSize(3);
        JsonNode ended = json("status.json");
        assertThat(ended.path("status").stringValue()).isEqualTo("completed");
        assertThat(ended.path("request").stringValue())
                .isEqualTo(
                        JsonMapper.shared()
                                .readTree(typed("json", "order.json"))
                                .path("request")
                                .stringValue());
        assertHasWhatIsShown(JsonMapper.shared().readTree(typed("json", "status.json")), ended, "");
        assertThat(Path.of(ended.at("/results/final_report").stringValue())).isRegularFile();
        assertAJavaProgramCan();
        assertAWorkerCan();
    }

    /// Each key that the page shows is there, with a value of the same kind.
    private static void assertHasWhatIsShown(JsonNode shown, JsonNode real, String place) {
        if (shown.isObject()) {
            shown.properties()
                    .forEach(each -> {
                        String key = place + "/" + each.getKey();
                        assertThat(real.has(each.getKey())).as(key).isTrue();
                        assertHasWhatIsShown(each.getValue(), real.get(each.getKey()), key);
                    });
        } else if (shown.isArray() && !shown.isEmpty()) {
            assertThat(real.isArray()).as(place).isTrue();
            if (!real.isEmpty()) {
                assertHasWhatIsShown(shown.get(0), real.get(0), place + "/0");
            }
        } else if (!shown.isNull() && !real.isNull()) {
            assertThat(real.getNodeType()).as(place).isEqualTo(shown.getNodeType());
        }
    }

    private void assertAJavaProgramCan() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Result ran =
                type(
                        script.lines()
                                        .filter(line -> line.startsWith("export "))
                                        .reduce("", (all, line) -> all + line + "\n")
                                + "'%s' -XX:+UseSerialGC -cp '%s' Client.java"
                                        .formatted(java, System.getProperty("java.class.path")));

        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("JobProgress[total=2").endsWith("Status: completed\n");
    }

    private void assertAWorkerCan() throws Exception {
        Path plan =
                Files.writeString(
                        folder.resolve("plan.json"),
                        JsonMapper.shared()
                                .writeValueAsString(
                                        Map.of(
                                                "tasks",
                                                List.of(
                                                        Map.of(
                                                                "description",
                                                                typed("sh", "in-a-worker"))))));
        Result run = type("coppice run --json --plan '" + plan + "'");

        assertThat(run.code()).as(run.err() + run.out()).isZero();
        JsonNode task = JsonMapper.shared().readTree(run.out()).at("/results/tasks/0");
        assertThat(task.path("status").stringValue()).isEqualTo("recursive_success");
        assertThat(
                        task.path("child_results")
                                .valueStream()
                                .flatMap(each -> each.path("files_created").valueStream())
                                .map(JsonNode::stringValue))
                .containsExactly("auth.py", "data.py", "payment.py");
        String job = JsonMapper.shared().readTree(run.out()).path("job_id").stringValue();
        assertThat(
                        JsonMapper.shared()
                                .readTree(type("coppice status " + job + " --json").out())
                                .at("/discoveries/0/content")
                                .stringValue())
                .isEqualTo("Dates are stored in UTC.");
    }
}
