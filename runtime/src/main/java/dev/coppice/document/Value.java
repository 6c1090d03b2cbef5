package dev.coppice.document;

import dev.coppice.model.Excerpt;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// One value of a document.
public sealed interface Value {
    /// Characters of a value in a message.
    int SHOWN_MAX = 60;

    /// Where it stands: `plan.yaml:7`, or `tasks[2].priority` in text that has no name.
    String place();

    /// The value in a message: short, on one line.
    String shown();

    /// Text, quoted or not.
    record Text(String place, String text) implements Value {
        @Override
        public String shown() {
            return "\"" + shortened(text.replaceAll("\\p{Cntrl}", " ")) + "\"";
        }
    }

    /// A number, with its digits as they were written.
    record Digits(String place, String digits) implements Value {
        @Override
        public String shown() {
            return digits;
        }
    }

    record Flag(String place, boolean isTrue) implements Value {
        @Override
        public String shown() {
            return Boolean.toString(isTrue);
        }
    }

    /// `null`, or nothing behind the colon.
    record Nothing(String place) implements Value {
        @Override
        public String shown() {
            return "nothing";
        }
    }

    record Items(String place, List<Value> values) implements Value {
        public Items {
            values = List.copyOf(values);
        }

        @Override
        public String shown() {
            return shortened(
                    values.stream()
                            .limit(SHOWN_MAX)
                            .map(Value::shown)
                            .collect(Collectors.joining(", ", "[", "]")));
        }
    }

    /// Keys with their values, in the order of the text.
    record Fields(String place, SequencedMap<String, Value> values) implements Value {
        public Fields {
            values = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(values));
        }

        @Override
        public String shown() {
            return shortened("keys with values: " + String.join(", ", values.keySet()));
        }
    }

    private static String shortened(String line) {
        return Excerpt.beginning(line, SHOWN_MAX, "…").text();
    }
}
