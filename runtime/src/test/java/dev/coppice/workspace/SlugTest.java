package dev.coppice.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.model.TaskId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlugTest {
    @Test
    void aTaskIsCalledByTheIdThatSomebodyChose() {
        assertThat(Slug.of(new TaskId("Rest_Layer.v2"), "Write it").value())
                .isEqualTo("rest-layer-v2");
    }

    @Test
    void aNumberedTaskIsCalledByItsDescription() {
        assertThat(Slug.of(new TaskId("task-3"), "Écrire le café: REST & co.").value())
                .isEqualTo("ecrire-le-cafe-rest-co");
    }

    @Test
    void aLongNameIsCutToFortyCharactersAndEndsWithALetterOrDigit() {
        String slug = Slug.of(new TaskId("task-1"), "a".repeat(39) + " and more").value();

        assertThat(slug).isEqualTo("a".repeat(39));
    }

    @Test
    void aNameWithoutAsciiLettersIsJustTask() {
        assertThat(Slug.of(new TaskId("task-1"), "验证输入 🚀").value()).isEqualTo("task");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../etc/passwd",
                "a b\tc\nd",
                "x\u0000y",
                "$(rm -rf /)",
                "-rf",
                "..",
                "İstanbul",
                "a/../../b",
                "con\u202Efdp",
                "~",
                ".git"
            })
    void whateverADescriptionHoldsOnlyLettersDigitsAndHyphensComeOut(String description) {
        assertThat(Slug.of(new TaskId("task-1"), description).value())
                .matches("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?");
    }

    @Test
    void aSlugOfAnotherFormCannotBeMade() {
        assertThatThrownBy(() -> new Slug("../x")).isInstanceOf(IllegalArgumentException.class);
    }
}
