package dev.coppice.server.mcp;

import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What models are told of a tool, from `tools.json`.
record ToolText(String name, String title, String description, Map<String, Object> inputSchema) {
    private static final String REFERENCE = "$ref";

    static List<ToolText> all() {
        JsonNode root = read();
        Object task = value(root.path("task"), Map.of());
        return root.path("tools")
                .valueStream()
                .map(tool -> of(tool, Map.of("#/task", task)))
                .toList();
    }

    private static JsonNode read() {
        try (InputStream in =
                Objects.requireNonNull(ToolText.class.getResourceAsStream("tools.json"))) {
            return JsonMapper.shared().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ToolText of(JsonNode tool, Map<String, Object> references) {
        return new ToolText(
                tool.path("name").stringValue(),
                tool.path("title").stringValue(),
                tool.path("description").stringValue(),
                fields(tool.path("inputSchema"), references));
    }

    /// With references replaced by what they name: not every model follows them.
    private static Object value(JsonNode node, Map<String, Object> references) {
        if (node.has(REFERENCE)) {
            return Objects.requireNonNull(references.get(node.path(REFERENCE).stringValue()));
        }
        if (node.isObject()) {
            return fields(node, references);
        }
        if (node.isArray()) {
            return node.valueStream()
                    .map(each -> value(each, references))
                    .collect(Collectors.toList());
        }
        return Objects.requireNonNull(JsonMapper.shared().treeToValue(node, Object.class));
    }

    private static Map<String, Object> fields(JsonNode node, Map<String, Object> references) {
        Map<String, Object> fields = new LinkedHashMap<>();
        node.propertyStream()
                .forEach(field -> fields.put(field.getKey(), value(field.getValue(), references)));
        return fields;
    }

    /// In the words of the protocol.
    McpSchema.Tool described(boolean isLooking) {
        return McpSchema.Tool.builder(name, inputSchema)
                .title(title)
                .description(description)
                .annotations(
                        McpSchema.ToolAnnotations.builder()
                                .readOnlyHint(isLooking)
                                .destructiveHint(false)
                                .openWorldHint(false)
                                .build())
                .build();
    }
}
