package dev.coppice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.model.JobStatus;
import dev.coppice.report.JobView;
import dev.coppice.testkit.ScratchRepository;
import dev.coppice.workspace.Cleaning;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
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
    void foldersOfJobsThatEndedLongAgoAreRemovedButNoWorkThatIsNowhereElse() throws Exception {
        // given a job that is done, one whose failed task left work, and a young one
        Scene scene = new Scene(folder, 3, "workers: { max_retries: 0 }\n");
        JobView done = scene.run(ONE_FILE);
        JobView failed = scene.run("tasks: [{description: 'echo half > half.txt; exit 1'}]");
        Instant moment = Instant.now();
        JobView young = scene.run(ONE_FILE);

        // when
        try (Coppice coppice = scene.open()) {
            assertThat(coppice.removeFolders(failed.submittedAt()))
                    .isEqualTo(folders(coppice, done));
            List<Path> first = coppice.removeFolders(moment);
            List<Path> second = coppice.removeFolders(moment);

            // then
            assertThat(Stream.concat(first.stream(), second.stream()).toList())
                    .isEqualTo(folders(coppice, failed));
            assertThat(coppice.removeFolders(moment)).isEmpty();
            assertThat(coppice.folder(young).root()).isDirectory();
            assertThat(coppice.view(done.id())).isPresent();
            assertThat(coppice.workspaces().rescued())
                    .singleElement()
                    .satisfies(rescued ->
                            assertThat(
                                            scene.repository()
                                                    .read(rescued.commit().value(), "half.txt"))
                                    .isEqualTo("half\n"));
        }
        for (JobView job : List.of(done, young)) {
            assertThat(scene.repository().read(job.resultBranch().orElseThrow(), "a.txt"))
                    .isEqualTo("one\n");
        }
    }

    @Test
    void theFolderOfAJobStaysThatWasBegunAgainMeanwhile() throws Exception {
        Scene scene = new Scene(folder, 3, "");
        JobView done = scene.run(ONE_FILE);
        try (Coppice coppice = scene.open()) {
            Expiry expiry = new Expiry(List.of(done), Set.of(done.id()));
            Path root = coppice.folder(done).root();

            assertThat(expiry.removeFolders(_ -> true)).isEmpty();
            assertThat(root.resolve("FINAL_RESULT.md")).exists();
            assertThat(expiry.removeFolders(_ -> false)).containsExactly(root);
            assertThat(root).doesNotExist();
            assertThat(root.resolveSibling(".removed")).doesNotExist();
        }
    }

    @Test
    void aHistoryThatCantBeReadKeepsNoOtherFolder() throws Exception {
        Scene scene = new Scene(folder, 3, "");
        JobView spoilt = scene.run(ONE_FILE);
        JobView done = scene.run(ONE_FILE);
        Path store = scene.repository().path().resolve(".git/coppice/coppice.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store);
                PreparedStatement update =
                        connection.prepareStatement(
                                "update event set json = '{}' where job = ? and sequence = 3")) {
            update.setString(1, spoilt.id().value());
            assertThat(update.executeUpdate()).isEqualTo(1);
        }

        try (Coppice coppice = scene.open()) {
            List<Path> removed = coppice.removeFolders(Instant.now());

            assertThat(removed).isEqualTo(folders(coppice, done));
            assertThat(coppice.folder(spoilt).root()).isDirectory();
            assertThat(scene.repository().read(spoilt.resultBranch().orElseThrow(), "a.txt"))
                    .isEqualTo("one\n");
        }
    }

    private static List<Path> folders(Coppice coppice, JobView job) {
        Path root = coppice.folder(job).root();
        assertThat(root).doesNotExist();
        return List.of(root);
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
