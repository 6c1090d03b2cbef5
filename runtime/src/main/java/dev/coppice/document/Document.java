package dev.coppice.document;

import dev.coppice.model.WholeText;
import dev.coppice.plan.Problem;
import java.io.Reader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;
import tools.jackson.dataformat.yaml.YAMLSchema;

/// A text that was read as YAML or JSON. Its texts are whole, as [WholeText] has it.
///
/// @param root the whole; empty for an empty text or one that can't be read
/// @param problems broken syntax (which ends the reading), keys that stand twice, YAML's aliases
public record Document(Optional<Value> root, List<Problem> problems) {
    /// So deep values may be nested: the path of each is as long as all keys around it.
    private static final int NESTING_MAX = 64;

    private static final StreamReadConstraints LIMITS =
            StreamReadConstraints.builder().maxNestingDepth(NESTING_MAX).build();
    private static final TokenStreamFactory YAML =
            YAMLFactory.builder().yamlSchema(YAMLSchema.CORE).streamReadConstraints(LIMITS).build();
    private static final TokenStreamFactory JSON =
            JsonFactory.builder().streamReadConstraints(LIMITS).build();

    public Document {
        problems = List.copyOf(problems);
    }

    /// Reads YAML 1.2; places are `name:line`.
    public static Document yaml(String name, String text) {
        return new Reading(YAML, name, true).document(text);
    }

    /// Reads JSON; places are `name:line`.
    public static Document json(String name, String text) {
        return new Reading(JSON, name, true).document(text);
    }

    /// Reads YAML or JSON that has no file; places are paths like `tasks[2].priority`, and `name`
    /// stands for the whole.
    public static Document unnamed(String name, String text, boolean isJson) {
        return new Reading(isJson ? JSON : YAML, name, false).document(text);
    }

    /// One walk over the tokens of a text.
    private static final class Reading {
        private final TokenStreamFactory format;
        private final String name;
        private final boolean isByLine;
        private final List<Problem> problems = new ArrayList<>();

        Reading(TokenStreamFactory format, String name, boolean isByLine) {
            this.format = format;
            this.name = name;
            this.isByLine = isByLine;
        }

        Document document(String text) {
            Reader reader = new WholeCharacters(text);
            try (JsonParser parser = format.createParser(ObjectReadContext.empty(), reader)) {
                Optional<Value> root =
                        parser.nextToken() == null
                                ? Optional.empty()
                                : Optional.of(value(parser, place(parser, ""), ""));
                if (parser.nextToken() != null) {
                    problems.add(new Problem(place(parser, ""), "a second document begins here"));
                }
                return new Document(root, problems);
            } catch (JacksonException e) {
                problems.add(new Problem(place(e), "can't be read: " + cause(e)));
                return new Document(Optional.empty(), problems);
            }
        }

        private Value value(JsonParser parser, String place, String path) {
            JsonToken token = parser.currentToken();
            if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
                problems.add(new Problem(place, "aliases (*name) are not read; repeat the value"));
                return new Value.Nothing(place);
            }
            return switch (token) {
                case START_OBJECT -> fields(parser, place, path);
                case START_ARRAY -> items(parser, place, path);
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                        new Value.Digits(place, parser.getString());
                case VALUE_TRUE, VALUE_FALSE ->
                        new Value.Flag(place, token == JsonToken.VALUE_TRUE);
                case VALUE_NULL -> new Value.Nothing(place);
                case VALUE_STRING,
                        VALUE_EMBEDDED_OBJECT,
                        PROPERTY_NAME,
                        END_ARRAY,
                        END_OBJECT,
                        NOT_AVAILABLE ->
                        new Value.Text(place, new WholeText(parser.getString()).value());
            };
        }

        private Value fields(JsonParser parser, String place, String path) {
            SequencedMap<String, Value> values = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                String below = path.isEmpty() ? key : path + "." + key;
                String where = place(parser, below);
                parser.nextToken();
                if (values.putIfAbsent(key, value(parser, where, below)) != null) {
                    problems.add(new Problem(where, "\"" + key + "\" stands here twice"));
                }
            }
            return new Value.Fields(place, values);
        }

        private Value items(JsonParser parser, String place, String path) {
            List<Value> values = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                String below = path + "[" + values.size() + "]";
                values.add(value(parser, place(parser, below), below));
            }
            return new Value.Items(place, values);
        }

        private String place(JsonParser parser, String path) {
            return isByLine ? name + ":" + parser.currentTokenLocation().getLineNr() : whole(path);
        }

        private String whole(String path) {
            return path.isEmpty() ? name : path;
        }

        private String place(JacksonException e) {
            return e.getLocation() == null || !isByLine
                    ? name
                    : name + ":" + e.getLocation().getLineNr();
        }

        /// What the parser says, on one line and without the excerpts that it draws.
        private static String cause(JacksonException e) {
            return String.join(
                    "; ",
                    e.getOriginalMessage()
                            .lines()
                            .filter(line -> !line.startsWith(" ") && !line.isBlank())
                            .toList());
        }
    }
}
