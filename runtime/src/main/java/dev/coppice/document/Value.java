package dev.coppice.document;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// One value of a document.
public sealed interface Value {
    /// Where it stands: `plan.yaml:7`, or `tasks[2].priority` in text that has no name.
    String place();

    /// The value in a message: short, on one line.
    String shown();

    /// Text, quoted or not.
    record Text(String place, String text) implements Value {
        @Override
        public String shown() {
            String line = text.replaceAll("\\p{Cntrl}", " ");
            return "\"" + (line.length() <= 60 ? line : line.substring(0, 59) + "…") + "\"";
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
            return "a list";
        }
    }

    /// Keys with their values, in the order of the text.
    record Fields(String place, SequencedMap<String, Value> values) implements Value {
        public Fields {
            values = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(values));
        }

        @Override
        public String shown() {
            return "keys with values (" + String.join(", ", firstKeys()) + ")";
        }

        private List<String> firstKeys() {
            List<String> keys = new ArrayList<>(values.sequencedKeySet());
            return keys.size() <= 3 ? keys : List.of(keys.get(0), keys.get(1), "…");
        }
    }
}
