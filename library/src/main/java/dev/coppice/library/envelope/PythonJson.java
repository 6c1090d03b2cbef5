package dev.coppice.library.envelope;

import dev.coppice.model.Sha256;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON to the byte as Python's `json.dumps` writes it, since hashes are taken of it: ASCII alone, numbers as Python's
/// `repr` has them, `", "` and `": "` between. Values are `null`, booleans, `Long` or `BigInteger`, `Double`, text, lists
/// and maps by text; [#value] turns what callers have into these.
final class PythonJson {
    private static final JsonMapper MAPPER = new JsonMapper();

    /// As Python compares texts: by code points, not by the halves of surrogate pairs.
    private static final Comparator<String> BY_CODE_POINTS =
            (a, b) -> {
                int[] left = a.codePoints().toArray();
                int[] right = b.codePoints().toArray();
                return java.util.Arrays.compare(left, right);
            };

    private final StringBuilder text = new StringBuilder();
    private final boolean isSorted;
    private final int indent;

    private PythonJson(boolean isSorted, int indent) {
        this.isSorted = isSorted;
        this.indent = indent;
    }

    /// `json.dumps(value, sort_keys=True)`.
    static String sorted(@Nullable Object value) {
        PythonJson json = new PythonJson(true, 0);
        json.write(value, 0);
        return json.text.toString();
    }

    /// `json.dumps(value, indent=2)`.
    static String indented(@Nullable Object value) {
        PythonJson json = new PythonJson(false, 2);
        json.write(value, 0);
        return json.text.toString();
    }

    /// The SHA-256 of a text as it is, of anything else as sorted JSON, in hexadecimal.
    ///
    /// @throws IllegalArgumentException for what JSON has no form for
    static String hash(@Nullable Object data) {
        String hashed =
                data instanceof CharSequence words ? words.toString() : sorted(value(data, "data"));
        try {
            ByteBuffer encoded =
                    StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(hashed));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return Sha256.of(bytes).hex();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("half a character in the text to be hashed", e);
        }
    }

    /// An immutable copy of what a caller gave, in the values above.
    ///
    /// @param where what it is, for the message
    /// @throws IllegalArgumentException for what JSON has no form for
    static @Nullable Object value(@Nullable Object given, String where) {
        return switch (given) {
            case null -> null;
            case Boolean truth -> truth;
            case CharSequence words -> words.toString();
            case AgentType type -> type.value();
            case TaskStatus status -> status.value();
            case Byte number -> number.longValue();
            case Short number -> number.longValue();
            case Integer number -> number.longValue();
            case Long number -> number;
            case BigInteger number when number.bitLength() < Long.SIZE -> number.longValue();
            case BigInteger number -> number;
            case Float number -> number.doubleValue();
            case Double number -> number;
            case Map<?, ?> map -> object(map, where);
            case Collection<?> list -> list(list, where);
            default ->
                    throw new IllegalArgumentException(
                            where
                                    + " holds a "
                                    + given.getClass().getName()
                                    + ", which has no form in JSON");
        };
    }

    /// [#value] of an object.
    static Map<String, @Nullable Object> object(Map<?, ?> given, String where) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        given.forEach((key, value) -> {
            if (!(key instanceof String name)) {
                throw new IllegalArgumentException(where + " has a key that is no text: " + key);
            }
            object.put(name, value(value, where + "." + name));
        });
        return Collections.unmodifiableMap(object);
    }

    private static List<@Nullable Object> list(Collection<?> given, String where) {
        List<@Nullable Object> list = new ArrayList<>();
        given.forEach(each -> list.add(value(each, where + "[" + list.size() + "]")));
        return Collections.unmodifiableList(list);
    }

    /// The same object with each of its texts, and each name, put through `each`.
    static Map<String, @Nullable Object> withTexts(Map<?, ?> object, UnaryOperator<String> each) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>();
        object.forEach((name, value) ->
                changed.put(each.apply(String.valueOf(name)), withText(value, each)));
        return changed;
    }

    private static @Nullable Object withText(@Nullable Object value, UnaryOperator<String> each) {
        return switch (value) {
            case String text -> each.apply(text);
            case Map<?, ?> object -> withTexts(object, each);
            case List<?> list -> {
                List<@Nullable Object> changed = new ArrayList<>();
                list.forEach(item -> changed.add(withText(item, each)));
                yield changed;
            }
            case null, default -> value;
        };
    }

    /// What a JSON text says.
    ///
    /// @throws IllegalArgumentException for what is no JSON
    static @Nullable Object parse(String json) {
        try {
            return read(MAPPER.readTree(json));
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static @Nullable Object read(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                Map<String, @Nullable Object> object = new LinkedHashMap<>();
                node.properties()
                        .forEach(entry -> object.put(entry.getKey(), read(entry.getValue())));
                yield Collections.unmodifiableMap(object);
            }
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                node.forEach(each -> list.add(read(each)));
                yield Collections.unmodifiableList(list);
            }
            case STRING -> node.stringValue();
            case BOOLEAN -> node.booleanValue();
            case NUMBER ->
                    node.isIntegralNumber()
                            ? value(node.bigIntegerValue(), "number")
                            : node.doubleValue();
            case NULL, MISSING -> null;
            case BINARY, POJO -> throw new IllegalArgumentException("not JSON: " + node);
        };
    }

    private void write(@Nullable Object value, int depth) {
        switch (value) {
            case null -> text.append("null");
            case String words -> quote(words);
            case Double number -> text.append(number(number));
            case Map<?, ?> map -> writeObject(map, depth);
            case List<?> list -> writeList(list, depth);
            default -> text.append(value);
        }
    }

    private void writeObject(Map<?, ?> map, int depth) {
        if (map.isEmpty()) {
            text.append("{}");
            return;
        }
        List<String> keys = new ArrayList<>();
        map.keySet().forEach(key -> keys.add(String.valueOf(key)));
        if (isSorted) {
            keys.sort(BY_CODE_POINTS);
        }
        text.append('{');
        for (int i = 0; i < keys.size(); i++) {
            separate(i, depth + 1);
            quote(keys.get(i));
            text.append(": ");
            write(map.get(keys.get(i)), depth + 1);
        }
        close('}', depth);
    }

    private void writeList(List<?> list, int depth) {
        if (list.isEmpty()) {
            text.append("[]");
            return;
        }
        text.append('[');
        for (int i = 0; i < list.size(); i++) {
            separate(i, depth + 1);
            write(list.get(i), depth + 1);
        }
        close(']', depth);
    }

    private void separate(int position, int depth) {
        if (indent > 0) {
            text.append(position == 0 ? "\n" : ",\n").repeat(' ', indent * depth);
        } else if (position > 0) {
            text.append(", ");
        }
    }

    private void close(char bracket, int depth) {
        if (indent > 0) {
            text.append('\n').repeat(' ', indent * depth);
        }
        text.append(bracket);
    }

    private void quote(String words) {
        text.append('"');
        for (int i = 0; i < words.length(); i++) {
            char c = words.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                case '\b' -> text.append("\\b");
                case '\f' -> text.append("\\f");
                default -> {
                    if (c < ' ' || c > '~') {
                        text.append("\\u").append(HexFormat.of().toHexDigits(c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }

    /// A number as Python's `repr` has it: the fewest digits that mean it, with an exponent below 1e-4 and from 1e16.
    static String number(double number) {
        if (Double.isNaN(number)) {
            return "NaN";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "Infinity" : "-Infinity";
        }
        if (number == 0) {
            return Double.toString(number);
        }
        BigDecimal shortest = shortest(Math.abs(number)).stripTrailingZeros();
        String digits = shortest.unscaledValue().toString();
        int exponent = digits.length() - 1 - shortest.scale();
        String sign = number < 0 ? "-" : "";
        if (exponent >= -4 && exponent < 16) {
            String plain = shortest.toPlainString();
            return sign + (plain.contains(".") ? plain : plain + ".0");
        }
        String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
        String power = Integer.toString(Math.abs(exponent));
        return sign
                + digits.charAt(0)
                + fraction
                + (exponent < 0 ? "e-" : "e+")
                + (power.length() == 1 ? "0" + power : power);
    }

    /// Java writes two digits even where one would do, and then the two that are nearest.
    private static BigDecimal shortest(double number) {
        BigDecimal one = new BigDecimal(number).round(new MathContext(1, RoundingMode.HALF_EVEN));
        return one.doubleValue() == number ? one : new BigDecimal(Double.toString(number));
    }
}
