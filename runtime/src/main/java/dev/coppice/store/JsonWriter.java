package dev.coppice.store;

import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;

/// Writes the fields of one JSON object, one after the other, in the order of the calls. Fields that
/// are absent are left out.
final class JsonWriter {
    private static final JsonFactory FACTORY =
            JsonFactory.builder().characterEscapes(new SurrogateEscapes()).build();

    private final JsonGenerator out;

    private JsonWriter(JsonGenerator out) {
        this.out = out;
    }

    /// The object that has these fields, without white space.
    static String object(Consumer<JsonWriter> fields) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            out.writeStartObject();
            fields.accept(new JsonWriter(out));
            out.writeEndObject();
        }
        return text.toString();
    }

    JsonWriter text(String name, String value) {
        out.writeStringProperty(name, value);
        return this;
    }

    /// A value whose text is its form.
    JsonWriter text(String name, Object value) {
        return text(name, value.toString());
    }

    JsonWriter text(String name, Optional<?> value) {
        value.ifPresent(present -> text(name, present));
        return this;
    }

    /// A constant, in lower case.
    JsonWriter constant(String name, Enum<?> value) {
        return text(name, wire(value));
    }

    JsonWriter constant(String name, Optional<? extends Enum<?>> value) {
        value.ifPresent(present -> constant(name, present));
        return this;
    }

    /// The form of a constant: its name in lower case.
    static String wire(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    JsonWriter money(String name, Optional<BigDecimal> value) {
        value.ifPresent(present -> text(name, present.toPlainString()));
        return this;
    }

    JsonWriter number(String name, long value) {
        out.writeNumberProperty(name, value);
        return this;
    }

    JsonWriter fraction(String name, double value) {
        out.writeNumberProperty(name, value);
        return this;
    }

    JsonWriter flag(String name, boolean value) {
        out.writeBooleanProperty(name, value);
        return this;
    }

    JsonWriter texts(String name, List<?> values) {
        out.writeArrayPropertyStart(name);
        values.forEach(value -> out.writeString(value.toString()));
        out.writeEndArray();
        return this;
    }

    JsonWriter texts(String name, Optional<? extends List<?>> values) {
        values.ifPresent(present -> texts(name, present));
        return this;
    }

    JsonWriter numbers(String name, List<Integer> values) {
        out.writeArrayPropertyStart(name);
        values.forEach(value -> out.writeNumber((int) value));
        out.writeEndArray();
        return this;
    }

    /// A list of lists of texts.
    JsonWriter lists(String name, List<? extends List<String>> values) {
        out.writeArrayPropertyStart(name);
        for (List<String> value : values) {
            out.writeStartArray();
            value.forEach(out::writeString);
            out.writeEndArray();
        }
        out.writeEndArray();
        return this;
    }

    <T> JsonWriter object(String name, T value, BiConsumer<JsonWriter, T> fields) {
        out.writeName(name);
        object(value, fields);
        return this;
    }

    <T> JsonWriter object(String name, Optional<T> value, BiConsumer<JsonWriter, T> fields) {
        value.ifPresent(present -> object(name, present, fields));
        return this;
    }

    <T> JsonWriter objects(String name, Collection<T> values, BiConsumer<JsonWriter, T> fields) {
        out.writeArrayPropertyStart(name);
        values.forEach(value -> object(value, fields));
        out.writeEndArray();
        return this;
    }

    /// An object that has a field for each entry, sorted by key.
    <T> JsonWriter map(String name, Map<?, T> entries, BiConsumer<JsonWriter, T> fields) {
        Map<String, T> sorted = new TreeMap<>();
        entries.forEach((key, value) -> sorted.put(key.toString(), value));
        out.writeObjectPropertyStart(name);
        sorted.forEach((key, value) -> object(key, value, fields));
        out.writeEndObject();
        return this;
    }

    private <T> void object(T value, BiConsumer<JsonWriter, T> fields) {
        out.writeStartObject();
        fields.accept(this, value);
        out.writeEndObject();
    }

    /// Writes the halves of characters beyond the 65,536 first as `\ud83c`. An agent's output that
    /// was cut in the middle of an emoji has a lone half, which has no form in UTF-8: the driver would
    /// store a question mark, and the hash would not fit.
    private static final class SurrogateEscapes extends CharacterEscapes {
        private static final long serialVersionUID = 1L;

        @Override
        public int[] getEscapeCodesForAscii() {
            return standardAsciiEscapesForJSON();
        }

        @Override
        public @Nullable SerializableString getEscapeSequence(int character) {
            return Character.isSurrogate((char) character)
                    ? new SerializedString("\\u" + Integer.toHexString(character))
                    : null;
        }
    }
}
