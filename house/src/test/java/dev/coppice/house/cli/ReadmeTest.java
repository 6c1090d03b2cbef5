package dev.coppice.house.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.house.cli.Program.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A newcomer types what README.md says.
class ReadmeTest {
    private static final Pattern PLAN = Pattern.compile("(?ms)^```yaml\\n(goal:.*?)^```$");

    @TempDir Path folder;
    private Scene scene;
    private String readme;

    @BeforeEach
    void prepare() throws Exception {
        scene = Scene.in(folder);
        readme = Files.readString(Path.of("..", "README.md"));
    }

    @Test
    void theDemonstrationEndsWithItsReport() throws Exception {
        Result demo = scene.program().run(folder, "demo");

        assertThat(demo.code()).as(demo.err()).isZero();
        assertThat(demo.out()).contains("6 of 6 tasks").contains("attempt 1 failed");
        String report = demo.out().substring(demo.out().lastIndexOf("report: ")).strip();
        assertThat(Path.of(report.substring("report: ".length()))).isRegularFile();
    }

    @Test
    void everyCommandOfTheTourWorksInTheOrderOfTheTour() throws Exception {
        // given a lead and an agent that need no account, and a user whose configuration is there
        scene.configure(
                """
                agents:
                  default: script
                  lead: planner
                  script: { command: [bash], stdin: description }
                  planner: { command: [echo, '{"goal": "g", "tasks": [{"id": "one", "description": "date +%N > x.txt"}]}'] }
                """);
        List<String> commands = commands();
        assertThat(commands).hasSizeGreaterThan(15);

        String job = "";
        for (String command : commands) {
            String line = command.replaceFirst("^coppice", "\"\\$coppice\"");
            Result result =
                    scene.program()
                            .shell(
                                    scene.repository().path(),
                                    line.replace("JOB", job).replace("TASK", "one"));
            // the configuration is there already
            int expected = command.equals("coppice init") ? 2 : 0;
            assertThat(result.code()).as(command + "\n" + result.err()).isEqualTo(expected);
            job = command.startsWith("coppice run ") ? Scene.job(result) : job;
        }
    }

    /// The lines that begin with `coppice`, without what explains them.
    private List<String> commands() {
        return readme.lines()
                .filter(line -> line.startsWith("coppice "))
                .map(line -> line.replaceFirst(" +#.*$", ""))
                .toList();
    }

    @Test
    void thePlanOfTheTourIsOne() throws Exception {
        Matcher plan = PLAN.matcher(readme);
        assertThat(plan.find()).isTrue();
        scene.plan(plan.group(1));

        assertThat(scene.run("validate", "plan.yaml").out()).contains("2 tasks");
    }

    @Test
    void bashCompletesCommandsAndOptions() throws Exception {
        Result completed =
                scene.program()
                        .shell(
                                folder,
                                """
                                source <("$coppice" completion bash)
                                COMP_WORDS=(coppice wat); COMP_CWORD=1; _coppice; echo "${COMPREPLY[@]}"
                                COMP_WORDS=(coppice run --max-w); COMP_CWORD=2; _coppice; echo "${COMPREPLY[@]}"
                                """);

        assertThat(completed.out()).as(completed.err()).isEqualTo("watch\n--max-workers\n");
    }
}
