package dev.coppice.house.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.house.cli.Program.Result;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a person at a terminal sees, and is asked.
class TerminalTest {
    private static final Pattern COLOUR = Pattern.compile("\\u001b\\[[0-9;]*m");
    private static final Pattern FRAME = Pattern.compile("\\u001b\\[J");

    @TempDir Path folder;
    private Scene scene;

    @BeforeEach
    void prepare() throws IOException {
        scene = Scene.in(folder).with("TERM", "xterm");
    }

    @Test
    void coloursAndWidthAreThoseThatThePersonAsksFor() throws Exception {
        // given
        String job =
                Scene.job(
                        scene.runPlan(
                                "tasks: [{id: a, description: 'echo one > a.txt # %s'}]"
                                        .formatted("a description of some length ".repeat(5))));

        // then a terminal is as wide as it is, and has colours
        String shown = onTerminal("status", job);
        assertThat(shown).containsPattern(COLOUR);
        assertThat(widest(shown)).isBetween(60, 70);

        // and they can be declined
        scene.with("NO_COLOR", "1");
        assertThat(onTerminal("status", job)).doesNotContain("\u001b").contains(job);
        scene.with("NO_COLOR", "").with("TERM", "dumb");
        assertThat(onTerminal("status", job)).doesNotContain("\u001b").contains(job);

        // and elsewhere there are none, in the width that is said, else 100
        scene.with("TERM", "xterm");
        assertThat(widest(scene.run("status", job).out())).isBetween(90, 100);
        String narrow = scene.with("COLUMNS", "50").run("status", job).out();
        assertThat(narrow).doesNotContain("\u001b");
        assertThat(widest(narrow)).isBetween(40, 50);
    }

    private String onTerminal(String... words) throws IOException, InterruptedException {
        Result shown = scene.program().ended(startOnTerminal("", words));
        assertThat(shown.code()).as(shown.out()).isZero();
        return shown.out();
    }

    private Process startOnTerminal(String answer, String... words) throws IOException {
        return scene.program().startOnTerminal(scene.repository().path(), 20, 70, answer, words);
    }

    private static int widest(String shown) {
        return COLOUR.matcher(shown)
                .replaceAll("")
                .lines()
                .mapToInt(String::length)
                .max()
                .orElse(0);
    }

    @Test
    void theTerminalIsNotAskedForItsSizeWheneverSomethingIsDrawn() throws Exception {
        // given
        Path asked = folder.resolve("asked");
        Path programs = Files.createDirectories(folder.resolve("programs"));
        Scene.script(
                programs.resolve("stty"),
                "echo asked >> '%s'\nexec '%s' \"$@\"\n".formatted(asked, Scene.real("stty")));
        scene.with("PATH", programs + File.pathSeparator + System.getenv("PATH"));
        Path gate = folder.resolve("gate");
        scene.plan(
                "tasks: [{id: a, description: 'while ! test -e \"%s\"; do sleep 0.1; done', expects: any}]"
                        .formatted(gate));

        // when the table is drawn again and again
        Process running = startOnTerminal("", "run", "--plan", "plan.yaml");
        Scene.await(() -> FRAME.matcher(scene.program().printed("out")).results().count() > 6);
        Files.createFile(gate);

        // then the size was asked for at its beginning and for what is printed at its end
        Result run = scene.program().ended(running);
        assertThat(run.code()).as(run.out()).isZero();
        assertThat(run.out()).contains("completed");
        assertThat(Files.readAllLines(asked)).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void cleaningEverythingAsksFirst() throws Exception {
        // given
        String job = Scene.job(scene.runPlan("tasks: [{id: a, description: echo one > a.txt}]"));
        assertThat(scene.run("merge", job).code()).isZero();

        // when the answer is no
        Result declined = scene.program().ended(startOnTerminal("n", "clean", "--all"));

        // then
        assertThat(declined.code()).as(declined.out()).isZero();
        assertThat(declined.out()).contains("Go on? [y/N]", "nothing was removed");
        assertThat(branches()).contains("coppice/" + job + "/1-a");

        // when it is yes
        Result done = scene.program().ended(startOnTerminal("y", "clean", "--all"));

        // then
        assertThat(done.code()).as(done.out()).isZero();
        assertThat(done.out()).contains("removed branch coppice/" + job + "/1-a", "rm -r ");
        assertThat(branches()).isEqualTo("trunk");
    }

    private String branches() {
        return scene.repository().git("for-each-ref", "--format=%(refname:short)", "refs/heads");
    }
}
