package dev.coppice.cli;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// Writes the small JSON documents that are the command line's own; a job's come from
/// [dev.coppice.folder.StatusJson].
///
/// A map is an object, a collection an array; numbers and booleans stand for themselves, an empty
/// optional is null, and all else is text.
final class Json {
    private Json() {}

    /// An object of these keys and values, in this order.
    static SequencedMap<String, Object> object(Object... keysAndValues) {
        SequencedMap<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            object.put(keysAndValues[i].toString(), keysAndValues[i + 1]);
        }
        return object;
    }

    /// The value on one line.
    static String write(Object value) {
        StringBuilder json = new StringBuilder();
        write(value, json);
        return json.toString();
    }

    private static void write(Object value, StringBuilder json) {
        switch (value) {
            case Optional<?> optional ->
                    optional.ifPresentOrElse(
                            there -> write(there, json), () -> json.append("null"));
            case Map<?, ?> map -> {
                String before = "{";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    json.append(before);
                    quote(String.valueOf(entry.getKey()), json);
                    json.append(":");
                    write(entry.getValue(), json);
                    before = ",";
                }
                json.append(map.isEmpty() ? "{}" : "}");
            }
            case Collection<?> values -> {
                String before = "[";
                for (Object each : values) {
                    json.append(before);
                    write(each, json);
                    before = ",";
                }
                json.append(values.isEmpty() ? "[]" : "]");
            }
            case Number number -> json.append(number);
            case Boolean flag -> json.append(flag);
            default -> quote(value.toString(), json);
        }
    }

    private static void quote(String text, StringBuilder json) {
        json.append('"');
        text.chars()
                .forEach(c -> {
                    switch (c) {
                        case '"' -> json.append("\\\"");
                        case '\\' -> json.append("\\\\");
                        case '\n' -> json.append("\\n");
                        case '\t' -> json.append("\\t");
                        case '\r' -> json.append("\\r");
                        default -> {
                            if (c < ' ') {
                                json.append(String.format(java.util.Locale.ROOT, "\\u%04x", c));
                            } else {
                                json.append((char) c);
                            }
                        }
                    }
                });
        json.append('"');
    }
}
