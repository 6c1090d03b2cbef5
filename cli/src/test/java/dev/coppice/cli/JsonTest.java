package dev.coppice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void everyKindOfValueHasItsForm() {
        assertThat(
                        Json.write(
                                Json.object(
                                        "text", "a \"b\" \\ \n\u0001 é",
                                        "number", 1.5,
                                        "flag", true,
                                        "nothing", Optional.empty(),
                                        "something", Optional.of(2),
                                        "list", List.of(1, List.of()),
                                        "object", Json.object())))
                .isEqualTo(
                        """
                        {"text":"a \\"b\\" \\\\ \\n\\u0001 é","number":1.5,"flag":true,"nothing":null,\
                        "something":2,"list":[1,[]],"object":{}}\
                        """);
    }
}
