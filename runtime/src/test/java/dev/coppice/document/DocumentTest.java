package dev.coppice.document;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.plan.Problem;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class DocumentTest {
    private static final String NESTED =
            """
            goal: x

            tasks:
              - id: a
                dependencies:
                  - b
            """;

    @Test
    void aValueOfAFileKnowsItsLine() {
        Value tasks = field(Document.yaml("plan.yaml", NESTED), "tasks");

        Value.Fields first = (Value.Fields) ((Value.Items) tasks).values().getFirst();

        assertThat(tasks.place()).isEqualTo("plan.yaml:3");
        assertThat(first.place()).isEqualTo("plan.yaml:4");
        assertThat(field(first, "dependencies").place()).isEqualTo("plan.yaml:5");
    }

    @Test
    void aValueOfUnnamedTextKnowsItsPath() {
        Value tasks = field(Document.unnamed("answer", NESTED, false), "tasks");

        Value.Fields first = (Value.Fields) ((Value.Items) tasks).values().getFirst();
        Value.Items dependencies = (Value.Items) field(first, "dependencies");

        assertThat(dependencies.values().getFirst().place()).isEqualTo("tasks[0].dependencies[0]");
    }

    @Test
    void plainWordsOfYamlAreWhatYamlSaysTheyAre() {
        Document document =
                Document.yaml(
                        "x",
                        "a: yes\nb: true\nc: 010\nd: ~\ne:\nf: ''\ng: 1.50\nh: \"5\"\ni: 10:30\n");

        assertThat(field(document, "a")).isEqualTo(new Value.Text("x:1", "yes"));
        assertThat(field(document, "b")).isEqualTo(new Value.Flag("x:2", true));
        assertThat(field(document, "c")).isEqualTo(new Value.Digits("x:3", "010"));
        assertThat(field(document, "d")).isEqualTo(new Value.Nothing("x:4"));
        assertThat(field(document, "e")).isEqualTo(new Value.Nothing("x:5"));
        assertThat(field(document, "f")).isEqualTo(new Value.Text("x:6", ""));
        assertThat(field(document, "g")).isEqualTo(new Value.Digits("x:7", "1.50"));
        assertThat(field(document, "h")).isEqualTo(new Value.Text("x:8", "5"));
        assertThat(field(document, "i")).isEqualTo(new Value.Text("x:9", "10:30"));
    }

    @Test
    void halvesOfCharactersAreTakenOut() {
        String text = "[\"a\\ud83c\", \"\\udf33b\", \"\\ud83c\\udf33\"]";

        for (Document document : List.of(Document.json("x", text), Document.yaml("x", text))) {
            Value.Items items = (Value.Items) document.root().orElseThrow();
            assertThat(items.values())
                    .extracting(value -> ((Value.Text) value).text())
                    .containsExactly("a\ufffd", "\ufffdb", "🌳");
        }
    }

    @Test
    void anEmptyTextHasNoRootAndNoProblem() {
        assertThat(Document.yaml("x", "# nothing\n").root()).isEmpty();
        assertThat(Document.yaml("x", "# nothing\n").problems()).isEmpty();
    }

    @Test
    void aCharacterOfTwoHalvesMayStandAnywhere() {
        for (int shift = 0; shift < 1100; shift++) {
            String text = "x".repeat(shift) + "😀".repeat(1100);

            Document document = Document.yaml("x", "a: " + text);

            assertThat(field(document, "a")).isEqualTo(new Value.Text("x:1", text));
        }
    }

    @Test
    void whatIsBrokenIsToldWithItsLine() {
        assertThat(problem(Document.yaml("x", "a: 1\nb: c: d\n")))
                .isEqualTo("x:2: can't be read: mapping values are not allowed here");
        assertThat(problem(Document.json("x", "{\"a\": 1,\n}"))).startsWith("x:2: can't be read: ");
        assertThat(problem(Document.yaml("x", "a: 1\n---\nb: 1\n")))
                .isEqualTo("x:3: a second document begins here");
        assertThat(problem(Document.yaml("x", "a: 1\na: 2\n")))
                .isEqualTo("x:2: \"a\" stands here twice");
        assertThat(problem(Document.yaml("x", "a: &one 1\nb: *one\n")))
                .isEqualTo("x:2: aliases (*name) are not read; repeat the value");
        assertThat(problem(Document.json("x", "[".repeat(65)))).contains("nesting depth (65)");
        assertThat(problem(Document.yaml("x", "[".repeat(65)))).contains("nesting depth (65)");
    }

    private static String problem(Document document) {
        assertThat(document.problems()).hasSize(1);
        Problem problem = document.problems().getFirst();
        return problem.toString();
    }

    private static Value field(Document document, String key) {
        return field(document.root().orElseThrow(), key);
    }

    private static Value field(Value value, String key) {
        return Objects.requireNonNull(((Value.Fields) value).values().get(key));
    }
}
