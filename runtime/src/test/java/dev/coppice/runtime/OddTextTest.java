package dev.coppice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.folder.JobFolder;
import dev.coppice.model.JobStatus;
import dev.coppice.report.JobView;
import dev.coppice.store.Chain;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No text costs a task, a report or the chain, not even half of an emoji. The reader is an agent that repeats its prompt.
class OddTextTest {
    @TempDir Path folder;
    private Scene scene;

    @BeforeEach
    void aReader() {
        scene = new Scene(folder, 3, "  reader: { command: [cat], stdin: prompt }\n");
    }

    @Test
    void anEmojiWhereATaskIsCutForItsNameCostsNoReport() throws Exception {
        JobView job =
                scene.run(
                        "tasks: [{description: '#%s😀 x', expects: any}]"
                                .formatted("a".repeat(69)));

        assertCompletedAndReported(job);
        assertThat(job.tasks().getFirst().task().name()).endsWith("a…");
    }

    @Test
    void aTaskIsGivenTheEndOfWhatAnotherSaidInEmoji() throws Exception {
        // whatever is cut, one of the two has its cut within an emoji
        JobView job =
                scene.run(
                        """
                        tasks:
                          - {id: even, description: "printf '😀%.0s' {1..60000}", expects: report}
                          - {id: odd, description: "printf '😀%.0s' {1..60000}; echo", expects: report}
                          - {id: next, agent: reader, description: Read it, expects: report, dependencies: [even, odd]}
                        """);

        assertCompletedAndReported(job);
        assertThat(job.tasks().getLast().result().output()).contains("😀").doesNotContain("?😀");
    }

    @Test
    void halfAnEmojiInAResultFileIsTakenOut() throws Exception {
        JobView job =
                scene.run(
                        """
                        tasks:
                          - id: half
                            description: |
                              echo '{"output": "cut \\ud83d", "discoveries": ["found \\ude00"]}' > "$COPPICE_RESULT"
                            expects: report
                          - {id: next, agent: reader, description: Read it, expects: report, dependencies: [half]}
                        """);

        assertCompletedAndReported(job);
        assertThat(job.tasks().getFirst().result().output()).isEqualTo("cut \ufffd");
        assertThat(job.discoveries().getFirst().discovery().content()).isEqualTo("found \ufffd");
        assertThat(job.tasks().getLast().result().output()).contains("cut \ufffd", "found \ufffd");
    }

    /// A program that calls us can ask for anything, and it is stored as it was asked.
    @Test
    void halfAnEmojiInARequestIsPlannedAllTheSame() throws Exception {
        scene.script(
                """
                ```script
                answer
                | {"tasks": [{"description": "true", "expects": "any"}]}
                ```
                """);

        JobView job = scene.run(new RunOrder("a\ud83db", Optional.empty(), Optional.empty()));

        assertCompletedAndReported(job);
    }

    private void assertCompletedAndReported(JobView job) {
        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
        assertThat(job.tasks()).allMatch(task -> task.attempts().size() == 1);
        try (Coppice coppice = scene.open()) {
            JobFolder written = coppice.folder(job);
            assertThat(written.finalResult()).content().contains("completed");
            assertThat(written.results()).content().contains("completed");
            assertThat(written.timeline()).isNotEmptyFile();
            assertThat(coppice.store().verify(job.id())).isInstanceOf(Chain.Verified.class);
        }
    }
}
