package dev.coppice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.JobStatus;
import dev.coppice.report.JobView;
import dev.coppice.testkit.ScratchRepository;
import dev.coppice.workspace.Cleaning;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `clean` leaves of jobs.
class CleaningTest {
    private static final String ONE_FILE =
            """
            goal: Write a file
            tasks:
              - id: a
                description: echo one > a.txt
            """;

    @TempDir Path folder;

    @Test
    void aResultThatNobodyMergedIsKept() throws Exception {
        Scene scene = new Scene(folder, 3, "");
        JobView job = scene.run(ONE_FILE);
        String result = job.resultBranch().orElseThrow();

        Cleaning cleaning = clean(scene);

        assertThat(cleaning.branches()).isEmpty();
        assertThat(cleaning.kept())
                .contains(new Cleaning.Kept(result, "it has commits that are in no target"));
        assertThat(scene.repository().read(result, "a.txt")).isEqualTo("one\n");
        scene.repository().git("merge", "-q", result);
        assertThat(clean(scene).branches()).contains(result);
    }

    @Test
    void branchesWithNamesThatNoCommandTakesDisturbNoJob() throws Exception {
        Scene scene = new Scene(folder, 3, "");
        ScratchRepository repository = scene.repository();
        repository.git("update-ref", "refs/heads/HEAD", repository.head());
        repository.git("update-ref", "refs/heads/-x", repository.head());

        JobView job = scene.run(ONE_FILE);

        assertThat(job.status()).as(job.why()).isEqualTo(JobStatus.COMPLETED);
    }

    private static Cleaning clean(Scene scene) throws InterruptedException {
        try (Coppice coppice = scene.open()) {
            return coppice.clean(Optional.empty());
        }
    }
}
