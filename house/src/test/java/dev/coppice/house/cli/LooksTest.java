package dev.coppice.house.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.house.cli.Program.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Looks at jobs: they end with zero whatever the state of the job is, and drive nothing.
class LooksTest {
    private static final String UNDONE =
            """
            tasks:
              - {id: a, description: exit 3, max_retries: 0}
              - {id: b, description: echo one > b.txt, dependencies: [a]}
            """;

    @TempDir Path folder;
    private Scene scene;

    @BeforeEach
    void prepare() throws IOException {
        scene = Scene.in(folder);
    }

    @Test
    void whatIsNotThereIsSaidAndIsNoFailure() throws Exception {
        String job = Scene.job(scene.runPlan(UNDONE));
        Files.delete(scene.folderOf(job).resolve("reports/report.html"));

        assertSaid(scene.run("diff", job, "a"), "a has no commit, so there is nothing to compare");
        assertSaid(scene.run("diff", job), "has no commit");
        assertSaid(scene.run("report", job, "--html"), "there is no page yet");
        assertThat(scene.run("diff", job, "b", "--json").out())
                .isEqualTo("{\"from\":null,\"to\":null,\"files\":[],\"patch\":\"\"}\n");
    }

    @Test
    void withoutARepositoryThereIsNothingToCompareEither() throws Exception {
        Path plain = scene.folderWithoutRepository();
        String job = Scene.job(scene.program().run(plain, "run", "--plan", "plan.yaml"));

        assertSaid(scene.program().run(plain, "diff", job), "has no commit");
        assertSaid(scene.program().run(plain, "diff", job, "a"), "a has no commit");
    }

    private static void assertSaid(Result look, String said) {
        assertThat(look.code()).as(look.err()).isZero();
        assertThat(look.out()).isEmpty();
        assertThat(look.err()).contains(said).hasLineCount(1);
    }
}
