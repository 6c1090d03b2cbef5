package dev.coppice.library.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DebateTest {
    private static final String FACILITATOR = "facilitator_synthesis";

    @TempDir Path scratch;

    private StandInClaude claude;

    @BeforeEach
    void begin() {
        claude = new StandInClaude(scratch);
    }

    private Debate.Result run(String concluded, String said) throws InterruptedException {
        return Debate.of(StandInClaude.saying(FACILITATOR, concluded, said))
                .withPerspectives("security", "cost")
                .withRounds(2)
                .run(claude.session());
    }

    @Test
    void eachRoundHearsTheOneBeforeAndTheFacilitatorHearsAll() throws Exception {
        // when
        Debate.Result result =
                run(
                        "## Recommendation\\nPostgreSQL\\n## Confidence\\nHIGH: all agree",
                        "echo said by $COPPICE_TASK");

        // then
        assertThat(result.isSuccess()).isTrue();
        assertThat(result.confidence()).isEqualTo(Debate.Confidence.HIGH);
        assertThat(result.positions("cost"))
                .containsExactly("said by round1_cost\n", "said by round2_cost\n");
        assertThat(claude.prompt("round1_security")).doesNotContain("said by round");
        assertThat(claude.prompt("round2_security"))
                .contains("said by round1_security\n", "said by round1_cost\n");
        assertThat(claude.prompt(FACILITATOR))
                .contains("said by round1_cost\n", "said by round2_security\n");
    }

    @Test
    void aDebateInWhichMostFailIsWorthLittle() throws Exception {
        // when
        Debate.Result result = run("## Confidence\\nHIGH", "test $COPPICE_TASK = round1_cost");

        // then
        assertThat(result.confidence()).isEqualTo(Debate.Confidence.LOW);
        assertThat(result.positions("security")).isEmpty();
    }

    @Test
    void whereAllFailInTheFirstRoundThereIsNoDebate() throws Exception {
        // when
        Debate.Result result = run("## Confidence\\nHIGH", "exit 1");

        // then
        assertThat(result.confidence()).isEqualTo(Debate.Confidence.NONE);
        assertThat(result.rounds()).hasSize(1);
        assertThat(result.isSuccess()).isFalse();
        assertThat(claude.wasStarted(FACILITATOR)).isFalse();
    }

    @Test
    void whatWasSaidCannotBeChangedAfterwards() {
        Debate.Result result =
                new Debate.Result(
                        List.of(new HashMap<>()), Optional.empty(), Debate.Confidence.NONE);

        assertThatThrownBy(() -> result.rounds().getFirst().clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aDebateOfNobodyIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Debate.of("Any").withPerspectives());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Debate.of("Any").withPerspectives("cost", "cost"));
        assertThatIllegalArgumentException().isThrownBy(() -> Debate.of("Any").withRounds(0));
    }
}
