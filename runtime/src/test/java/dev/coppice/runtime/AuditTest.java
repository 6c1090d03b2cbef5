package dev.coppice.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.folder.Secrets;
import dev.coppice.git.BranchName;
import dev.coppice.model.CommitId;
import dev.coppice.model.Event;
import dev.coppice.model.FileChange;
import dev.coppice.model.Integration;
import dev.coppice.model.JobId;
import dev.coppice.model.Outcome;
import dev.coppice.model.Recorded;
import dev.coppice.model.TaskId;
import dev.coppice.model.WorkResult;
import dev.coppice.report.JobView;
import dev.coppice.store.Store;
import dev.coppice.store.Stores;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A job's record against what git has, after either was tampered with. Whoever rewrites events can
/// compute their chain anew, so the forged histories here have one that holds.
class AuditTest {
    private static final TaskId LEFT = new TaskId("left");

    @TempDir Path folder;
    private Scene scene;
    private JobView job;

    @BeforeEach
    void aJobWithAConflictThatWasResolved() throws Exception {
        scene = new Scene(folder, 3, "");
        scene.repository().write("list.txt", "first\n");
        scene.repository().commit("Begin a list");
        job =
                scene.run(
                        """
                        goal: |
                          Extend the list twice
                          ```script when conflict
                          settle list.txt
                          ```
                        tasks:
                          - id: left
                            description: echo left >> list.txt; echo new > new.txt
                          - id: right
                            description: echo right >> list.txt
                          - id: words
                            description: echo nothing to change
                        """);
    }

    @Test
    void aRecordThatNobodyTouchedFits() {
        assertThat(verdict()).isInstanceOf(Audit.Verdict.Sound.class);
        Audit.Verdict.Sound sound = (Audit.Verdict.Sound) verdict();
        assertThat(sound.events()).isEqualTo(job.sequence());
        // left, right, the resolver and the result
        assertThat(sound.commits()).isEqualTo(4);
    }

    @Test
    void itStillFitsWhenTheResultWasMergedAndEverythingElseCleanedAway() throws Exception {
        // given
        try (Coppice coppice = scene.open()) {
            coppice.merge(job, new BranchName("trunk"));
            String branches = "refs/heads/coppice/" + job.id() + "/";
            for (String branch :
                    scene.repository()
                            .git("for-each-ref", "--format=%(refname)", branches)
                            .lines()
                            .toList()) {
                scene.repository().git("update-ref", "-d", branch);
            }
        }

        // then
        assertThat(verdict()).isInstanceOf(Audit.Verdict.Sound.class);
    }

    @Test
    void aMergeIsPartOfTheHistoryOnce() {
        try (Coppice coppice = scene.open()) {
            Integration.Delivery first = coppice.merge(job, new BranchName("trunk"));
            JobView merged = coppice.view(job.id()).orElseThrow();
            Integration.Delivery second = coppice.merge(merged, new BranchName("trunk"));

            assertThat(first)
                    .isEqualTo(
                            new Integration.Delivery.Delivered(
                                    "trunk", new CommitId(scene.repository().head())));
            assertThat(second).isEqualTo(first);
            assertThat(merged.integration().map(Integration::delivery)).contains(first);
            assertThat(coppice.view(job.id()).orElseThrow().sequence())
                    .isEqualTo(merged.sequence());
            assertThat(coppice.folder(merged).finalResult())
                    .content()
                    .contains("Merged into trunk");
        }
    }

    @Test
    void aBranchThatWasMovedIsSeen() {
        String branch = job.task(LEFT).orElseThrow().branch().orElseThrow();
        scene.repository().git("branch", "--force", branch, "HEAD");

        assertThat(broken(verdict())).contains("branch " + branch).contains("the work of left");
    }

    @Test
    void aCommitThatWasWrittenAnewIsSeen() {
        String result = job.resultBranch().orElseThrow();
        String forged =
                scene.repository().git("commit-tree", result + "^{tree}", "-p", "HEAD", "-m", "x");
        scene.repository().git("branch", "--force", result, forged);

        assertThat(broken(verdict())).contains("branch " + result).contains("the result");
    }

    @Test
    void aFileThatTheEventsDoNotTellOfIsSeen() {
        UnaryOperator<WorkResult> fewerFiles =
                result ->
                        new WorkResult(
                                result.output(),
                                result.outputCut(),
                                result.branch(),
                                result.commit(),
                                List.of(new FileChange("list.txt", FileChange.Kind.MODIFIED)));

        assertThat(broken(verdictOfForged(fewerFiles))).contains("new.txt");
    }

    @Test
    void aCommitOfAnotherTaskIsSeen() {
        CommitId other = job.task(new TaskId("right")).orElseThrow().commit().orElseThrow();

        assertThat(broken(verdictOfForged(result -> with(result, other))))
                .contains("commit " + other + " does not say \"Coppice-Task: left\"");
    }

    @Test
    void aCommitThatIsNowhereIsSeen() {
        CommitId nowhere = new CommitId("deadbeef".repeat(5));

        assertThat(broken(verdictOfForged(result -> with(result, nowhere))))
                .contains("is not in the repository");
    }

    private static WorkResult with(WorkResult result, CommitId commit) {
        return new WorkResult(
                result.output(),
                result.outputCut(),
                result.branch(),
                Optional.of(commit),
                result.files());
    }

    private Audit.Verdict verdict() {
        try (Coppice coppice = scene.open()) {
            return coppice.verify(job.id());
        }
    }

    /// Of a history in which the result of the task `left` is another one.
    private Audit.Verdict verdictOfForged(UnaryOperator<WorkResult> change) {
        JobId id = job.id();
        try (Coppice coppice = scene.open();
                Store forged = Stores.open(folder.resolve("forged.db"))) {
            for (Recorded recorded : coppice.store().read(id, 0, Integer.MAX_VALUE)) {
                forged.append(
                        id,
                        recorded.sequence(),
                        recorded.at(),
                        List.of(forged(recorded.event(), change)));
            }
            return new Audit(forged, Optional.of(coppice.git()), new Secrets(List.of())).of(id);
        }
    }

    private static Event forged(Event event, UnaryOperator<WorkResult> change) {
        return event instanceof Event.AttemptEnded ended
                        && ended.task().equals(LEFT)
                        && ended.outcome() instanceof Outcome.Done(WorkResult result)
                ? new Event.AttemptEnded(
                        ended.task(),
                        ended.attempt(),
                        new Outcome.Done(change.apply(result)),
                        ended.usage(),
                        ended.resources(),
                        ended.session(),
                        ended.rescue())
                : event;
    }

    private static String broken(Audit.Verdict verdict) {
        assertThat(verdict).isInstanceOf(Audit.Verdict.Broken.class);
        return ((Audit.Verdict.Broken) verdict).what();
    }
}
