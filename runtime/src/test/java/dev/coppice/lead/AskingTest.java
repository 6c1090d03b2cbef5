package dev.coppice.lead;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.lead.Asking.Heard;
import dev.coppice.model.Settings;
import dev.coppice.plan.PlanRules.Author;
import dev.coppice.testkit.Golden;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AskingTest {
    private static final String BAD =
            "{\"tasks\": [{\"id\": \"a\", \"description\": \"\", \"dependencies\": [\"b\"]},"
                    + " {\"id\": \"b\", \"description\": \"x\", \"dependencies\": [\"a\"]}]}";
    private static final String GOOD = "{\"tasks\": [{\"description\": \"x\"}]}";

    private final Settings settings = Samples.settings("");
    private final LeadPrompt prompt =
            new LeadPrompt("Build it", List.of("src/Api.java"), Optional.empty(), settings);
    private final Asking asking = Asking.of(prompt, Samples.rules(settings, Author.AGENT));

    @Test
    void aPlanIsAccepted() {
        assertThat(asking.hear(GOOD))
                .isInstanceOfSatisfying(
                        Heard.Accepted.class,
                        accepted -> {
                            assertThat(accepted.plan().tasks()).hasSize(1);
                            assertThat(accepted.plan().tasks().getFirst().trusted()).isFalse();
                        });
    }

    @Test
    void aBadAnswerIsSentBackWithAllItsProblems() {
        Heard.AskAgain again = again(asking, BAD);

        Golden.check("lead/again.txt", again.prompt() + "\n");
        assertThat(again.whole())
                .as("for an agent that remembers nothing")
                .startsWith(prompt.text())
                .endsWith(again.prompt());
        assertThat(again.next().hear(GOOD)).isInstanceOf(Heard.Accepted.class);
    }

    @Test
    void proseIsSentBack() {
        assertThat(again(asking, "First the model, then the view.").prompt())
                .contains("- answer: there is no JSON object with a plan in it");
    }

    @Test
    void anAnswerIsSentBackTwiceAtMost() {
        Asking second = again(asking, BAD).next();
        Asking third = again(second, "no").next();

        assertThat(third.hear(BAD))
                .isInstanceOfSatisfying(
                        Heard.GaveUp.class,
                        gaveUp ->
                                assertThat(gaveUp.message())
                                        .startsWith(
                                                "the lead gave no usable plan in 3 answers; the"
                                                        + " last one: ")
                                        .contains("the description is empty", "a → b → a"));
        assertThat(third.hear(GOOD)).isInstanceOf(Heard.Accepted.class);
    }

    private static Heard.AskAgain again(Asking asking, String answer) {
        return switch (asking.hear(answer)) {
            case Heard.AskAgain again -> again;
            case Heard.Accepted accepted -> throw new AssertionError(accepted.toString());
            case Heard.GaveUp gaveUp -> throw new AssertionError(gaveUp.toString());
        };
    }
}
