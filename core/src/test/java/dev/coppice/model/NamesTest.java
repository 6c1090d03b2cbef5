package dev.coppice.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Ids and names have one form, and are ordered as people would.
class NamesTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    @Test
    void jobIdsAreTwelveCrockfordCharacters() {
        assertThat(JobId.of(NOW, -1).value()).matches("[0-9a-hjkmnp-tv-z]{12}");
        assertThatThrownBy(() -> new JobId("0123456789al")).hasMessageContaining("0123456789al");
        assertThatThrownBy(() -> new JobId("0123456789")).hasMessageContaining("0123456789");
    }

    @Test
    void jobIdsAreOrderedByTheMillisecondOfSubmission() {
        List<JobId> ids = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            // The chance falls while the time rises, so that the time must decide.
            ids.add(JobId.of(NOW.plusMillis(i), 1_000 - i));
        }
        assertThat(ids).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void jobsOfOneMillisecondDifferByChance() {
        assertThat(JobId.of(NOW, 1)).isNotEqualTo(JobId.of(NOW, 2));
        assertThat(JobId.of(NOW, 1)).isEqualTo(JobId.of(NOW, 1 + (1 << 18)));
    }

    @Test
    void aJobIdTellsWhenItWasMade() {
        assertThat(JobId.of(NOW, -1).madeAt()).isEqualTo(NOW);
    }

    @Test
    void bothFormsOfAJobIdAreRead() {
        JobId id = JobId.of(NOW, 7);
        assertThat(JobId.parse(id.value())).contains(id);
        assertThat(JobId.parse(id.folder())).contains(id);
        assertThat(JobId.parse("job_")).isEmpty();
        assertThat(JobId.parse("../" + id.value())).isEmpty();
        assertThat(JobId.parse(id.value() + "\n")).isEmpty();
    }

    @Test
    void taskIdsNeverLeaveTheirFolder() {
        assertThat(TaskId.parse("build.api_v1-2")).contains(new TaskId("build.api_v1-2"));
        assertThat(TaskId.parse("7")).isPresent();
        for (String bad : List.of("", ".", "..", "../a", "a/b", "a b", "-a", "ä", "a\n", "@plan")) {
            assertThat(TaskId.parse(bad)).as("'%s'", bad).isEmpty();
        }
        assertThat(TaskId.parse("a".repeat(64))).isPresent();
        assertThat(TaskId.parse("a".repeat(65))).isEmpty();
    }

    @Test
    void theEnginesOwnTasksHaveNamesThatNoPlanCanUse() {
        assertThat(TaskId.PLAN.isOwn()).isTrue();
        assertThat(TaskId.integration(3).isOwn()).isTrue();
        assertThat(new TaskId("plan").isOwn()).isFalse();
        assertThat(TaskId.integration(3)).hasToString("@integrate-3");
        assertThatThrownBy(() -> new TaskId("@")).hasMessageContaining("not a task id");
    }

    @Test
    void commitsAreNamedInFull() {
        assertThat(new CommitId("a".repeat(40)).abbreviated()).isEqualTo("aaaaaaaa");
        assertThat(new CommitId("0".repeat(64)).value()).hasSize(64);
        for (String bad : List.of("", "HEAD", "a".repeat(39), "a".repeat(41), "A".repeat(40))) {
            assertThatThrownBy(() -> new CommitId(bad)).hasMessageContaining("not a commit id");
        }
    }

    @Test
    void bytesAreNamedByTheirHash() {
        assertThat(Sha256.of(new byte[] {'a', 'b', 'c'}).hex())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThatThrownBy(() -> new Sha256("BA78")).hasMessageContaining("not a SHA-256: BA78");
    }

    @Test
    void agentsAreNamedLikeTasks() {
        assertThat(new AgentName("claude")).hasToString("claude");
        assertThat(new AgentName("a")).isLessThan(new AgentName("b"));
        assertThatThrownBy(() -> new AgentName("a/b")).hasMessageContaining("a/b");
    }
}
