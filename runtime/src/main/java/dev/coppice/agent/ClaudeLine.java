package dev.coppice.agent;

import dev.coppice.model.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// One line of Claude Code's events: its type by its first bytes, and of an `assistant` line what is wanted, read token
/// by token.
final class ClaudeLine {
    private static final String TYPE_FIRST = "{\"type\":\"";

    private ClaudeLine() {}

    enum Type {
        ASSISTANT("assistant"),
        SYSTEM("system"),
        RATE_LIMIT("rate_limit_event"),
        RESULT("result"),
        OTHER("");

        private final String wire;

        Type(String wire) {
            this.wire = wire;
        }
    }

    private static final List<Type> TYPES = List.of(Type.values());

    /// The type of a line. Most lines begin with it; the others are read until it comes.
    static Type typeOf(byte[] bytes, int from, int length) {
        if (hasAt(bytes, from, from + length, TYPE_FIRST)) {
            int at = from + TYPE_FIRST.length();
            for (Type type : TYPES) {
                int after = at + type.wire.length();
                if (hasAt(bytes, at, from + length, type.wire)
                        && hasAt(bytes, after, from + length, "\"")) {
                    return type;
                }
            }
            return Type.OTHER;
        }
        try (JsonParser parser = Json.MAPPER.createParser(bytes, from, length)) {
            parser.nextToken();
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                if (parser.nextToken() == JsonToken.VALUE_STRING && name.equals("type")) {
                    String wire = parser.getString();
                    return TYPES.stream()
                            .filter(type -> type.wire.equals(wire))
                            .findFirst()
                            .orElse(Type.OTHER);
                }
                parser.skipChildren();
            }
        }
        return Type.OTHER;
    }

    private static boolean hasAt(byte[] bytes, int at, int end, String ascii) {
        if (end - at < ascii.length()) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if (bytes[at + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /// A message of the model, or a part of one: each block of its content comes in a line of its own, with the same
    /// id and the same usage.
    ///
    /// @param message the message's id
    /// @param text what it says
    /// @param error the kind of the provider's error that the line stands for
    /// @param isMadeByProgram whether the program itself wrote the message, to show an error
    record Assistant(
            String message,
            Usage usage,
            List<AgentNote> notes,
            Optional<String> text,
            Optional<String> error,
            boolean isMadeByProgram) {

        static Assistant of(byte[] bytes, int from, int length) {
            try (JsonParser parser = Json.MAPPER.createParser(bytes, from, length)) {
                return new AssistantParser(parser).line();
            }
        }
    }

    private static final class AssistantParser {
        private final JsonParser parser;
        private final List<AgentNote> notes = new ArrayList<>(1);
        private final StringBuilder said = new StringBuilder();
        private String id = "";
        private String model = "";
        private Usage usage = Usage.NONE;

        AssistantParser(JsonParser parser) {
            this.parser = parser;
        }

        /// What follows the message is wanted only where the program made it.
        Assistant line() {
            boolean isMadeByProgram = false;
            String error = "";
            parser.nextToken();
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                if (name.equals("message")) {
                    message();
                    isMadeByProgram = model.equals("<synthetic>");
                    if (!isMadeByProgram) {
                        break;
                    }
                } else if (name.equals("error")) {
                    error = string();
                } else {
                    parser.skipChildren();
                }
            }
            return new Assistant(
                    id,
                    usage,
                    notes,
                    said.isEmpty() ? Optional.empty() : Optional.of(said.toString()),
                    error.isEmpty() ? Optional.empty() : Optional.of(error),
                    isMadeByProgram);
        }

        private void message() {
            if (!parser.isExpectedStartObjectToken()) {
                parser.skipChildren();
                return;
            }
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                switch (name) {
                    case "id" -> id = string();
                    case "model" -> model = string();
                    case "content" -> content();
                    case "usage" -> usage();
                    default -> parser.skipChildren();
                }
            }
        }

        private void content() {
            if (!parser.isExpectedStartArrayToken()) {
                parser.skipChildren();
                return;
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.isExpectedStartObjectToken()) {
                    block();
                } else {
                    parser.skipChildren();
                }
            }
        }

        private void block() {
            String text = "";
            String tool = "";
            String what = "";
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                switch (name) {
                    case "text" -> text = string();
                    case "name" -> tool = string();
                    case "input" -> what = firstString();
                    default -> parser.skipChildren();
                }
            }
            if (!text.isEmpty()) {
                said.append(text);
                notes.add(new AgentNote.Said(AgentNote.cut(text)));
            }
            if (!tool.isEmpty()) {
                notes.add(new AgentNote.ToolUsed(tool, AgentNote.cut(what)));
            }
        }

        /// A tool names its file, command or pattern before all else.
        private String firstString() {
            if (!parser.isExpectedStartObjectToken()) {
                parser.skipChildren();
                return "";
            }
            String first = "";
            while (parser.nextName() != null) {
                if (parser.nextToken() == JsonToken.VALUE_STRING && first.isEmpty()) {
                    first = parser.getString();
                }
                parser.skipChildren();
            }
            return first;
        }

        private void usage() {
            if (!parser.isExpectedStartObjectToken()) {
                parser.skipChildren();
                return;
            }
            long input = 0;
            long output = 0;
            long read = 0;
            long written = 0;
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                switch (name) {
                    case "input_tokens" -> input = number();
                    case "output_tokens" -> output = number();
                    case "cache_read_input_tokens" -> read = number();
                    case "cache_creation_input_tokens" -> written = number();
                    default -> parser.skipChildren();
                }
            }
            usage = new Usage(input, output, read, written, Optional.empty());
        }

        private String string() {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                return parser.getString();
            }
            parser.skipChildren();
            return "";
        }

        private long number() {
            if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
                return parser.getLongValue();
            }
            parser.skipChildren();
            return 0;
        }
    }
}
