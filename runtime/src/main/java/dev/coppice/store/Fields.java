package dev.coppice.store;

import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The fields of one JSON object, read by name. A field that is absent or has another form than asked
/// for is an [IllegalArgumentException] that names it; fields that nobody asks for are passed over.
///
/// Two arrays instead of a map: a plan may have 100,000 tasks of 15 fields each.
final class Fields {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final List<String> names;
    private final List<Object> values;

    private Fields(List<String> names, List<Object> values) {
        this.names = names;
        this.values = values;
    }

    /// The fields of the object in `json`.
    static Fields of(String json) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("no JSON object");
            }
            Fields fields = object(parser);
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("something follows the JSON object");
            }
            return fields;
        } catch (JacksonException e) {
            throw new IllegalArgumentException("broken JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static Fields object(JsonParser parser) {
        List<String> names = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            Object value = value(parser);
            if (value != null) {
                names.add(name);
                values.add(value);
            }
        }
        return new Fields(names, values);
    }

    /// Texts, numbers and flags as themselves, objects as Fields, arrays as lists; `null` is absence.
    private static @Nullable Object value(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> {
                List<Object> array = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    Object value = value(parser);
                    if (value != null) {
                        array.add(value);
                    }
                }
                yield array;
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new IllegalArgumentException("broken JSON");
        };
    }

    String text(String name) {
        return required(name, maybeText(name));
    }

    Optional<String> maybeText(String name) {
        return find(name, String.class);
    }

    /// A value that is written as a text.
    <T> T value(String name, Function<String, T> of) {
        return required(name, maybeValue(name, of));
    }

    <T> Optional<T> maybeValue(String name, Function<String, T> of) {
        try {
            return maybeText(name).map(of);
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new IllegalArgumentException("`" + name + "`: " + e.getMessage(), e);
        }
    }

    /// One of the constants, written in lower case.
    <E extends Enum<E>> E constant(String name, Class<E> constants) {
        return value(name, text -> ofWire(text, constants));
    }

    <E extends Enum<E>> Optional<E> maybeConstant(String name, Class<E> constants) {
        return maybeValue(name, text -> ofWire(text, constants));
    }

    private static <E extends Enum<E>> E ofWire(String text, Class<E> constants) {
        for (E constant : constants.getEnumConstants()) {
            if (JsonWriter.wire(constant).equals(text)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("unknown: " + text);
    }

    long number(String name) {
        return required(name, find(name, Number.class)).longValue();
    }

    int integer(String name) {
        return Math.toIntExact(number(name));
    }

    double fraction(String name) {
        return required(name, find(name, Number.class)).doubleValue();
    }

    Optional<Double> maybeFraction(String name) {
        return find(name, Number.class).map(Number::doubleValue);
    }

    boolean flag(String name) {
        return required(name, find(name, Boolean.class));
    }

    List<String> texts(String name) {
        return required(name, maybeTexts(name));
    }

    Optional<List<String>> maybeTexts(String name) {
        return maybeList(name, String.class);
    }

    List<Integer> numbers(String name) {
        return list(name, Number.class).stream().map(Number::intValue).toList();
    }

    /// A list of lists of texts.
    List<List<String>> lists(String name) {
        return list(name, List.class).stream().map(each -> all(name, each, String.class)).toList();
    }

    Fields object(String name) {
        return required(name, find(name, Fields.class));
    }

    <T> T object(String name, Function<Fields, T> of) {
        return of.apply(object(name));
    }

    <T> Optional<T> maybeObject(String name, Function<Fields, T> of) {
        return find(name, Fields.class).map(of);
    }

    <T> List<T> objects(String name, Function<Fields, T> of) {
        return list(name, Fields.class).stream().map(of).toList();
    }

    /// An object that has a field for each entry.
    <K, T> Map<K, T> map(String name, Function<String, K> key, Function<Fields, T> of) {
        Fields entries = object(name);
        Map<K, T> map = new HashMap<>();
        entries.names.forEach(each -> map.put(key.apply(each), entries.object(each, of)));
        return map;
    }

    private <T> List<T> list(String name, Class<T> form) {
        return required(name, maybeList(name, form));
    }

    private <T> Optional<List<T>> maybeList(String name, Class<T> form) {
        return find(name, List.class).map(list -> all(name, list, form));
    }

    private static <T> List<T> all(String name, List<?> values, Class<T> form) {
        return values.stream().map(value -> as(name, value, form)).toList();
    }

    private <T> Optional<T> find(String name, Class<T> form) {
        int at = names.indexOf(name);
        return at < 0 ? Optional.empty() : Optional.of(as(name, values.get(at), form));
    }

    private static <T> T as(String name, Object value, Class<T> form) {
        if (!form.isInstance(value)) {
            throw new IllegalArgumentException("`" + name + "` has another form");
        }
        return form.cast(value);
    }

    private static <T> T required(String name, Optional<T> value) {
        return value.orElseThrow(() -> new IllegalArgumentException("no `" + name + "`"));
    }
}
