package dev.coppice.library.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NVersionTest {
    private static final String REVIEWER = "reviewer_comparison";

    @TempDir Path scratch;

    private StandInClaude claude;

    @BeforeEach
    void begin() {
        claude = new StandInClaude(scratch);
    }

    private NVersion.Result run(String reviewed, String versions) throws InterruptedException {
        return NVersion.of(StandInClaude.saying(REVIEWER, reviewed, versions))
                .withCriteria("security", "best practices")
                .run(claude.session());
    }

    @Test
    void theReviewerChoosesOneOfTheVersions() throws Exception {
        // when
        NVersion.Result result =
                run(
                        "## Selection\\n**Version 2**\\n## Rationale\\nIt is the shortest.",
                        "echo by $COPPICE_TASK");

        // then
        assertThat(result.versions())
                .extracting(ProcessResult::processId)
                .containsExactly(
                        "version_1_conservative", "version_2_pragmatic", "version_3_minimalist");
        assertThat(result.selection())
                .isEqualTo(new NVersion.Selection.Version(result.versions().get(1)));
        assertThat(result.rationale()).isEqualTo("It is the shortest.");
        assertThat(claude.prompt(REVIEWER))
                .contains(
                        "by version_1_conservative\n",
                        "by version_3_minimalist\n",
                        "- security\n- best practices");
    }

    @Test
    void theReviewerMayAskForAHybrid() throws Exception {
        assertThat(run("## Selection\\nHYBRID", "true").selection())
                .isEqualTo(new NVersion.Selection.Hybrid());
    }

    @Test
    void whereTheReviewerChoosesWhatIsNotThereTheFirstGoodVersionIsTaken() throws Exception {
        for (String words :
                new String[] {"## Selection\\nVersion 9", "No idea", "## Selection\\n1"}) {
            // when
            NVersion.Result result = run(words, "test $COPPICE_TASK != version_1_conservative");

            // then
            assertThat(result.selection())
                    .as(words)
                    .isEqualTo(new NVersion.Selection.Version(result.versions().get(1)));
            assertThat(result.rationale()).contains("chose none");
        }
    }

    @Test
    void whereNoVersionSucceedsNobodyIsAsked() throws Exception {
        // when
        NVersion.Result result = run("## Selection\\n1", "exit 1");

        // then
        assertThat(result.isSuccess()).isFalse();
        assertThat(result.comparison()).isEmpty();
        assertThat(claude.wasStarted(REVIEWER)).isFalse();
    }

    @Test
    void fewerThanOneVersionIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> NVersion.of("Any").withVersions(0));
    }
}
