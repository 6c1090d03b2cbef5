package dev.coppice.library.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.coppice.library.session.ExpertPanel.Aggregation;
import dev.coppice.library.session.ExpertPanel.Consensus;
import dev.coppice.library.session.ExpertPanel.Decision;
import dev.coppice.library.session.ExpertPanel.DissentReport;
import dev.coppice.library.session.ExpertPanel.Expert;
import dev.coppice.library.session.ExpertPanel.Review;
import dev.coppice.library.session.ExpertPanel.Vote;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpertPanelTest {
    private static final Offset<Double> TENTH = within(0.05);

    @TempDir Path scratch;

    /// Reviews of these votes: `A` approves, `R` rejects, `-` abstains.
    private static List<Review> votes(String votes) {
        List<Review> reviews = new ArrayList<>();
        for (int i = 0; i < votes.length(); i++) {
            reviews.add(
                    review(
                            "expert_" + (reviews.size() + 1),
                            switch (votes.charAt(i)) {
                                case 'A' -> Vote.APPROVE;
                                case 'R' -> Vote.REJECT;
                                default -> Vote.ABSTAIN;
                            },
                            0.8));
        }
        return reviews;
    }

    private static Review review(String id, Vote vote, double confidence) {
        return new Review(
                id,
                "domain",
                "",
                List.of(),
                List.of("weakness of " + id),
                vote,
                confidence,
                "since " + id);
    }

    private static Decision majority(String votes, int quorum) {
        return Aggregation.SIMPLE_MAJORITY.decide(votes(votes), quorum);
    }

    @Test
    void a15_theMajorityDecidesAndATieRejects() {
        Decision all = majority("AAA", 3);
        assertThat(all.vote()).isEqualTo(Vote.APPROVE);
        assertThat(all.agreement()).isEqualTo(100);
        assertThat(all.dissentReport()).isEmpty();

        Decision most = majority("AAR", 3);
        assertThat(most.vote()).isEqualTo(Vote.APPROVE);
        assertThat(most.agreement()).isCloseTo(66.7, TENTH);
        assertThat(most.dissentReport())
                .contains(
                        new DissentReport(
                                Vote.APPROVE,
                                2,
                                List.of("expert_3"),
                                List.of("since expert_3"),
                                List.of("weakness of expert_3")));

        Decision against = majority("RRA", 3);
        assertThat(against.vote()).isEqualTo(Vote.REJECT);
        assertThat(against.agreement()).isCloseTo(66.7, TENTH);

        Decision ofThoseWhoVoted = majority("AA-", 2);
        assertThat(ofThoseWhoVoted.vote()).isEqualTo(Vote.APPROVE);
        assertThat(ofThoseWhoVoted.consensus()).isEqualTo(Consensus.UNANIMOUS);
        assertThat(ofThoseWhoVoted.abstentions()).isEqualTo(1);

        Decision none = majority("A--", 3);
        assertThat(none.isQuorumMet()).isFalse();
        assertThat(none.vote()).isEqualTo(Vote.ABSTAIN);

        Decision tie = majority("AR", 2);
        assertThat(tie.vote()).isEqualTo(Vote.REJECT);
        assertThat(tie.consensus()).isEqualTo(Consensus.SPLIT);
    }

    @Test
    void a16_confidenceWeighsAndOneDissentBreaksUnanimity() {
        List<Review> reviews =
                List.of(
                        review("sure", Vote.APPROVE, 0.95),
                        review("unsure", Vote.REJECT, 0.6),
                        review("doubting", Vote.REJECT, 0.5));

        assertThat(Aggregation.WEIGHTED.decide(reviews, 3).vote()).isEqualTo(Vote.REJECT);
        List<Review> outweighing =
                List.of(
                        review("sure", Vote.APPROVE, 0.95),
                        review("unsure", Vote.REJECT, 0.5),
                        review("doubting", Vote.REJECT, 0.4));
        Decision weighed = Aggregation.WEIGHTED.decide(outweighing, 3);
        assertThat(weighed.vote()).isEqualTo(Vote.APPROVE);
        assertThat(weighed.agreement()).isCloseTo(51.4, TENTH);
        assertThat(Aggregation.SIMPLE_MAJORITY.decide(outweighing, 3).vote())
                .isEqualTo(Vote.REJECT);
        assertThat(Aggregation.UNANIMOUS.decide(votes("AAR"), 3).vote()).isEqualTo(Vote.REJECT);
        assertThat(Aggregation.UNANIMOUS.decide(votes("AA-"), 2).vote()).isEqualTo(Vote.APPROVE);
    }

    @Test
    void aPanelReadsWhatItsExpertsSay() throws Exception {
        // given
        StandInClaude claude = new StandInClaude(scratch);
        ExpertPanel panel =
                ExpertPanel.of("A function that hashes passwords")
                        .withExperts(
                                new Expert("security", saying("APPROVE", "0.9")),
                                new Expert("performance", saying("**Reject**", "70 %")),
                                new Expert("simplicity", saying("approve", "high")),
                                new Expert("humour", "do: exit 3"));

        // when
        ExpertPanel.Result result = panel.run(claude.session());

        // then
        assertThat(result.reviews())
                .extracting(Review::expertId, Review::vote, Review::confidence)
                .containsExactly(
                        tuple("expert_security", Vote.APPROVE, 0.9),
                        tuple("expert_performance", Vote.REJECT, 0.7),
                        tuple("expert_simplicity", Vote.APPROVE, 0.5),
                        tuple("expert_humour", Vote.ABSTAIN, 0.5));
        assertThat(result.reviews().getFirst().weaknesses()).containsExactly("none", "really");
        assertThat(result.reviews().getLast().rationale()).contains("exit code 3");
        assertThat(result.decision().vote()).isEqualTo(Vote.APPROVE);
        assertThat(result.decision().dissentReport().orElseThrow().experts())
                .containsExactly("expert_performance");
        assertThat(claude.prompt("expert_security"))
                .contains("A function that hashes passwords", "APPROVE, REJECT or ABSTAIN");
    }

    private static String saying(String vote, String confidence) {
        return StandInClaude.saying(
                "## Weaknesses\\n- none\\n2. really\\n## Vote\\n%s\\n## Confidence\\n%s\\n## Rationale\\nIt is so."
                        .formatted(vote, confidence));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "## Vote: APPROVE | APPROVE",
                "## **Vote** -- REJECT | REJECT",
                "## 4. Vote -- APPROVE. | APPROVE",
                "## Vote (REJECT) | REJECT",
                "**Vote:** APPROVE | APPROVE",
                "Vote: **Reject** | REJECT",
                "## Vote -- I do not REJECT this: APPROVE | APPROVE",
                "## Vote -- I cannot APPROVE it | ABSTAIN",
                "## Vote -- APPROVE or REJECT, who knows | ABSTAIN"
            })
    void aVoteIsReadHoweverItIsWrittenDown(String said, Vote vote) throws Exception {
        assertThat(review(said).vote()).isEqualTo(vote);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"8/10 | 0.8", "0,9 | 0.9", "90 % | 0.9", "0.75 | 0.75", "1/0 | 0.5", "7 | 1"})
    void confidenceIsReadHoweverItIsWrittenDown(String said, double confidence) throws Exception {
        assertThat(review("## Confidence -- " + said).confidence())
                .isEqualTo(confidence, Offset.offset(1e-9));
    }

    /// @param said two dashes stand for the end of a line
    private Review review(String said) throws Exception {
        return ExpertPanel.of("Any")
                .withExperts(new Expert("one", StandInClaude.saying(said.replace(" -- ", "\\n"))))
                .run(new StandInClaude(scratch).session())
                .reviews()
                .getFirst();
    }

    @Test
    void aPanelWithoutExpertsOrQuorumIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> ExpertPanel.of("Any").withExperts());
        assertThatIllegalArgumentException().isThrownBy(() -> ExpertPanel.of("Any").withQuorum(0));
    }
}
