package dev.coppice.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// A tree is two `char`s.
class ExcerptTest {
    private static final String WHOLE = "a🌳b🌳🌳";

    @Test
    void aTextThatFitsIsLeftWhole() {
        assertThat(Excerpt.beginning("🌳🌳", 4, "…")).isEqualTo(new Excerpt("🌳🌳", false));
        assertThat(Excerpt.end("🌳🌳", 4)).isEqualTo(new Excerpt("🌳🌳", false));
        assertThat(Excerpt.end("", 0).after("…")).isEmpty();
    }

    @Test
    void whatIsLeftHasWholeCharactersWhereverTheCutIs() {
        for (int max = 0; max < WHOLE.length(); max++) {
            Excerpt beginning = Excerpt.beginning(WHOLE, max, "");
            Excerpt end = Excerpt.end(WHOLE, max);

            assertThat(beginning.isCut() && end.isCut()).isTrue();
            assertThat(WHOLE).startsWith(beginning.text()).endsWith(end.text());
            assertThat(max - beginning.text().length()).as("what is lost more").isBetween(0, 1);
            assertThat(max - end.text().length()).as("what is lost more").isBetween(0, 1);
            assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(beginning.text())).isTrue();
            assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(end.text())).isTrue();
        }
    }

    @Test
    void aMarkSaysThatSomethingIsMissing() {
        assertThat(Excerpt.beginning("abcdef", 4, "…")).isEqualTo(new Excerpt("abc…", true));
        assertThat(Excerpt.beginning("ab🌳ef", 4, "…")).isEqualTo(new Excerpt("ab…", true));
        assertThat(Excerpt.end("abcdef", 3).after("…")).isEqualTo("…def");
    }

    @Test
    void anExcerptIsNotCutAgain() {
        Excerpt cut = Excerpt.beginning(WHOLE, 5, "…");

        assertThat(Excerpt.beginning(cut.text(), 5, "…").text()).isEqualTo(cut.text());
    }

    @Test
    void halvesOfCharactersAreReplacedAndWholeOnesStay() {
        assertThat(new WholeText("\udf33a\ud83cb🌳\ud83c").value())
                .isEqualTo("\ufffda\ufffdb🌳\ufffd");
        assertThat(new WholeText("Grüße 日本 🌳").value()).isEqualTo("Grüße 日本 🌳");
    }
}
