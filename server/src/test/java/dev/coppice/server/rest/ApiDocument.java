package dev.coppice.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// The OpenAPI document, by which every answer is judged that a test gets: its status, its headers, its type and what
/// is in it must be described there.
final class ApiDocument {
    static final JsonNode API = read();

    /// By which responses refusals are described that the document names for all calls at once, in its own description.
    private static final Map<Integer, String> OF_EACH_CALL =
            Map.of(
                    400, "InvalidRequest",
                    414, "InvalidRequest",
                    431, "InvalidRequest",
                    505, "InvalidRequest");

    /// The same where there is no such call.
    private static final Map<Integer, String> OF_NO_CALL =
            Map.of(
                    401, "Unauthorized",
                    403, "Forbidden",
                    404, "NotFound",
                    405, "InvalidRequest",
                    429, "TooManyRequests");

    private static final String DATA = "data: ";
    private static final String HEAD = "HEAD";

    /// Headers of HTTP itself and of its safety, of which nothing needs to be said.
    private static final Set<String> USUAL_HEADERS =
            Set.of(
                    "allow",
                    "cache-control",
                    "connection",
                    "content-length",
                    "content-security-policy",
                    "content-type",
                    "date",
                    "transfer-encoding",
                    "x-accel-buffering",
                    "x-content-type-options");

    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(
                    SpecificationVersion.DRAFT_2020_12,
                    builder ->
                            builder.schemaRegistryConfig(
                                    SchemaRegistryConfig.builder()
                                            .formatAssertionsEnabled(true)
                                            .build()));

    private static final Map<JsonNode, Schema> SCHEMAS = new ConcurrentHashMap<>();

    private ApiDocument() {}

    private static JsonNode read() {
        try (InputStream in =
                Objects.requireNonNull(Routes.class.getResourceAsStream("openapi.json"))) {
            return JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build()
                    .readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What the node refers to; itself where it refers to nothing.
    static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? API.at(node.path("$ref").stringValue().substring(1)) : node;
    }

    /// What `json` has that the schema does not describe, or has not though the schema demands it.
    static List<Error> problems(JsonNode schema, String json) {
        return SCHEMAS.computeIfAbsent(schema, ApiDocument::compiled)
                .validate(json, InputFormat.JSON);
    }

    private static Schema compiled(JsonNode schema) {
        ObjectNode whole = ((ObjectNode) schema).deepCopy();
        whole.set("components", API.path("components")); // where its references lead
        return REGISTRY.getSchema(whole);
    }

    /// What is wrong with the schema itself.
    static List<Error> faults(JsonNode schema) {
        return REGISTRY.getSchema(
                        SchemaLocation.of(SpecificationVersion.DRAFT_2020_12.getDialectId()))
                .validate(schema);
    }

    /// The statuses of refusals that the document names for all calls at once.
    static Set<Integer> ofAnyCall() {
        return OF_EACH_CALL.keySet();
    }

    /// An answer.
    ///
    /// @param path that was asked for, without a query
    record Told(String method, String path, int status, Map<String, String> headers, String body) {
        Told {
            Map<String, String> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            sorted.putAll(headers);
            headers = sorted;
        }

        private String type() {
            return headers.getOrDefault("Content-Type", "").split(";", 2)[0].strip();
        }
    }

    /// Fails where the document does not describe the answer.
    static void requireDescribed(Told told) {
        JsonNode response = response(told);
        assertThat(response.isObject()).as("the status is described: %s", told).isTrue();
        requireHeaders(response.path("headers"), told);
        if (response.has("content")) {
            JsonNode content = response.path("content").path(told.type());
            assertThat(content.isObject()).as("the type is described: %s", told).isTrue();
            if (told.method().equals(HEAD)) {
                assertThat(told.body()).as("a head alone: %s", told).isEmpty();
            } else {
                requireContent(content, told);
            }
        } else {
            assertThat(told.type() + told.body()).as("nothing is told: %s", told).isEmpty();
        }
    }

    private static JsonNode response(Told told) {
        JsonNode call = call(told);
        JsonNode own = call.path("responses").path(Integer.toString(told.status()));
        if (!own.isMissingNode()) {
            return resolved(own);
        }
        String common =
                OF_EACH_CALL.getOrDefault(
                        told.status(),
                        call.isMissingNode() ? OF_NO_CALL.getOrDefault(told.status(), "") : "");
        return API.path("components").path("responses").path(common);
    }

    private static JsonNode call(Told told) {
        return API.path("paths")
                .propertyStream()
                .filter(path -> told.path().matches(pattern(path.getKey())))
                .map(path -> path.getValue().path(operation(told.method())))
                .findFirst()
                .orElse(MissingNode.getInstance());
    }

    /// A HEAD is described as the GET of which it is the head.
    private static String operation(String method) {
        return method.equals(HEAD) ? "get" : method.toLowerCase(Locale.ROOT);
    }

    /// The variable part called `path` has slashes in it.
    private static String pattern(String path) {
        return path.replace("{path}", ".*").replaceAll("\\{[a-z]+}", "[^/]*");
    }

    private static void requireHeaders(JsonNode described, Told told) {
        Set<String> others = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        others.addAll(told.headers().keySet());
        USUAL_HEADERS.forEach(others::remove);
        for (Map.Entry<String, JsonNode> header : described.properties()) {
            boolean isThere = others.remove(header.getKey());
            assertThat(isThere || !header.getValue().path("required").booleanValue(false))
                    .as("it has %s: %s", header.getKey(), told)
                    .isTrue();
        }
        assertThat(others).as("the headers are described: %s", told).isEmpty();
    }

    private static void requireContent(JsonNode content, Told told) {
        if (told.type().equals("text/event-stream")) {
            told.body()
                    .lines()
                    .filter(line -> line.startsWith(DATA))
                    .forEach(line -> requireEvent(line.substring(DATA.length())));
        } else if (told.type().endsWith("json") && content.has("schema")) {
            assertThat(problems(content.path("schema"), told.body())).as("%s", told).isEmpty();
        }
    }

    /// Fails where the document does not describe what a server-sent event has.
    static void requireEvent(String data) {
        assertThat(problems(schema("Event"), data)).as(data).isEmpty();
    }

    static JsonNode schema(String name) {
        return API.path("components").path("schemas").path(name);
    }
}
