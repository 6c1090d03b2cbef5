package dev.coppice.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.client.Acceptance;
import dev.coppice.client.JobPage;
import dev.coppice.client.JobProgress;
import dev.coppice.client.JobResults;
import dev.coppice.client.JobSummary;
import dev.coppice.client.ProblemDocument;
import dev.coppice.client.ServerStatus;
import dev.coppice.client.Submission;
import dev.coppice.client.Wire;
import dev.coppice.model.Event;
import dev.coppice.model.Expectation;
import dev.coppice.model.Integration;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Reason;
import dev.coppice.model.Settings;
import dev.coppice.model.TaskStatus;
import dev.coppice.report.AttemptView;
import dev.coppice.server.jobs.Fault;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The OpenAPI document is whole, and its words are those of the code. That the server answers what it says is seen by
/// every test that calls the server, see [ApiDocument].
class ApiDocumentTest {
    private static final JsonNode API = ApiDocument.API;
    private static final JsonNode SCHEMAS = API.at("/components/schemas");

    // ---- whole ----

    /// Hands on each field of each object below `node`.
    private static void walk(JsonNode node, BiConsumer<String, JsonNode> taker) {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            taker.accept(field.getKey(), field.getValue());
        }
        node.forEach(each -> walk(each, taker));
    }

    @Test
    void everyReferenceLeadsSomewhereAndNothingIsThereInVain() {
        Set<String> references = new TreeSet<>();
        walk(
                API,
                (key, value) -> {
                    if (key.equals("$ref")) {
                        references.add(value.stringValue());
                    }
                });

        assertThat(references)
                .isEqualTo(
                        Stream.of("parameters", "responses", "schemas")
                                .flatMap(kind ->
                                        API.path("components")
                                                .path(kind)
                                                .propertyStream()
                                                .map(each ->
                                                        "#/components/"
                                                                + kind
                                                                + "/"
                                                                + each.getKey()))
                                .collect(Collectors.toCollection(TreeSet::new)));
    }

    /// Something that can be called.
    ///
    /// @param item all calls of its path
    private record Call(String name, JsonNode item, JsonNode operation) {
        private List<JsonNode> parameters() {
            return Stream.of(item, operation)
                    .flatMap(each -> each.path("parameters").valueStream())
                    .map(ApiDocument::resolved)
                    .toList();
        }
    }

    private static List<Call> calls() {
        List<Call> calls = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : API.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> field : path.getValue().properties()) {
                if (!field.getKey().equals("parameters")) {
                    String name = field.getKey() + " " + path.getKey();
                    calls.add(new Call(name, path.getValue(), field.getValue()));
                }
            }
        }
        return calls;
    }

    @Test
    void everyCallHasANameOfItsOwnAndSaysWhatItTakesAndAnswers() {
        Set<String> names = new HashSet<>();
        for (Call call : calls()) {
            JsonNode operation = call.operation();
            assertThat(names.add(operation.path("operationId").stringValue()))
                    .as(call.name())
                    .isTrue();
            assertThat(operation.path("tags")).as(call.name()).hasSize(1);
            assertThat(operation.path("summary").stringValue()).as(call.name()).isNotBlank();
            assertThat(operation.path("responses").propertyNames())
                    .as(call.name())
                    .contains("400")
                    .allMatch(status -> status.matches("[24]\\d\\d|503"));
            assertThat(operation.path("responses").has("429"))
                    .as("%s counts for its caller's rate", call.name())
                    .isNotEqualTo(operation.path("x-scope").stringValue().equals("open"));
            for (JsonNode response : operation.path("responses")) {
                assertThat(ApiDocument.resolved(response).path("description").stringValue())
                        .as(call.name())
                        .isNotBlank();
            }
            for (JsonNode parameter : call.parameters()) {
                assertThat(parameter.path("description").stringValue())
                        .as(call.name())
                        .isNotBlank();
                assertThat(parameter.has("schema")).as(call.name()).isTrue();
            }
            assertThat(
                            call.parameters().stream()
                                    .filter(each -> each.path("in").stringValue().equals("path"))
                                    .filter(each -> each.path("required").booleanValue())
                                    .map(each -> each.path("name").stringValue()))
                    .isEqualTo(
                            Pattern.compile("(?<=\\{)[a-z]+")
                                    .matcher(call.name())
                                    .results()
                                    .map(part -> part.group())
                                    .toList());
        }
    }

    @Test
    void whoMayCallIsSaidInTheWordsOfTheStandardToo() {
        for (Call call : calls()) {
            String security = call.operation().path("security").toString();
            switch (call.operation().path("x-scope").stringValue()) {
                case "open" -> assertThat(security).as(call.name()).isEqualTo("[]");
                case "ajar" -> assertThat(security).as(call.name()).endsWith(",{}]");
                default -> {
                    assertThat(security).as(call.name()).isEmpty(); // so the document's own counts
                    assertThat(call.operation().path("responses").propertyNames())
                            .as(call.name())
                            .contains("401", "403");
                }
            }
        }
        assertThat(API.path("security").findValues("key")).hasSize(1);
    }

    @Test
    void theRefusalsOfAnyCallAreNamed() {
        assertThat(ApiDocument.ofAnyCall())
                .allSatisfy(status ->
                        assertThat(API.at("/info/description").stringValue())
                                .contains(Integer.toString(status)));
    }

    @Test
    void everySchemaIsOneAndFitsItsExample() {
        walk(
                API,
                (key, value) -> {
                    if (key.equals("schema")) {
                        assertThat(ApiDocument.faults(value)).isEmpty();
                    }
                    JsonNode example = value.path("example");
                    if (!example.isMissingNode()) {
                        assertThat(ApiDocument.problems(value.path("schema"), example.toString()))
                                .isEmpty();
                    }
                });
        assertThat(SCHEMAS)
                .isNotEmpty()
                .allSatisfy(schema -> assertThat(ApiDocument.faults(schema)).isEmpty());
    }

    // ---- strict ----

    /// Events have more than is said of them, and what every task is told of by is closed where it is used.
    private static final Set<String> OPEN = Set.of("Event", "TaskOutcome");

    /// What an answer may be without.
    private static final Set<String> LEFT_OUT =
            Set.of("child_job_id", "child_results", "errors", "result", "error");

    private static final Set<String> OF_REQUESTS =
            Set.of("Order", "Config", "Plan", "Retry", "Discovery");

    @Test
    void anAnswerHasAllThatIsSaidOfItAndNothingElse() {
        for (Map.Entry<String, JsonNode> each : SCHEMAS.properties()) {
            JsonNode schema = each.getValue();
            boolean isObject = schema.has("properties") || schema.has("allOf");
            if (isObject && !OF_REQUESTS.contains(each.getKey())) {
                assertThat(
                                schema.path("additionalProperties").booleanValue(true)
                                        && schema.path("unevaluatedProperties").booleanValue(true))
                        .as(each.getKey() + " is open")
                        .isEqualTo(OPEN.contains(each.getKey()));
                Set<String> optional = new TreeSet<>(schema.path("properties").propertyNames());
                schema.path("required").forEach(name -> optional.remove(name.stringValue()));
                assertThat(LEFT_OUT).as(each.getKey()).containsAll(optional);
            }
        }
    }

    @Test
    void anAnswerThatIsNotDescribedIsSeen() {
        Map<String, String> json = Map.of("Content-Type", "application/json");
        ApiDocument.Told right =
                new ApiDocument.Told("GET", "/health", 200, json, "{\"status\":\"ok\"}");
        assertThatCode(() -> ApiDocument.requireDescribed(right)).doesNotThrowAnyException();

        Map<String, String> surplus = new TreeMap<>(json);
        surplus.put("X-Surplus", "1");
        for (ApiDocument.Told wrong :
                List.of(
                        new ApiDocument.Told("GET", "/health", 200, json, "{}"),
                        new ApiDocument.Told("GET", "/health", 200, json, "{\"status\":\"well\"}"),
                        new ApiDocument.Told(
                                "GET", "/health", 200, json, "{\"status\":\"ok\",\"surplus\":1}"),
                        new ApiDocument.Told("GET", "/health", 200, surplus, right.body()),
                        new ApiDocument.Told("GET", "/health", 200, Map.of(), right.body()),
                        new ApiDocument.Told("GET", "/health", 201, json, right.body()),
                        new ApiDocument.Told("GET", "/wealth", 200, json, right.body()),
                        new ApiDocument.Told("PUT", "/health", 200, json, right.body()))) {
            assertThatThrownBy(() -> ApiDocument.requireDescribed(wrong))
                    .as(wrong.toString())
                    .isInstanceOf(AssertionError.class);
        }
        String problem = Wire.write(Fault.of(Fault.Kind.INTERNAL, "The server fails.").document());
        ApiDocument.Told failed =
                new ApiDocument.Told(
                        "GET", "/health", 500, Map.of("Content-Type", Exchange.PROBLEM), problem);
        assertThatThrownBy(() -> ApiDocument.requireDescribed(failed))
                .isInstanceOf(AssertionError.class);
        assertThat(ApiDocument.problems(ApiDocument.schema("Problem"), problem)).isEmpty();
    }

    // ---- the words of the code ----

    /// The records that the server writes, by their schemas.
    private static final Map<Class<?>, String> WRITTEN =
            Map.of(
                    Acceptance.class, "Acceptance",
                    JobPage.class, "JobPage",
                    JobSummary.class, "JobSummary",
                    ProblemDocument.class, "Problem",
                    ProblemDocument.Item.class, "ProblemItem",
                    ServerStatus.class, "ServerStatus",
                    Submission.class, "Submission");

    /// The records by which the client reads a part of what the server writes of a job.
    private static final Map<Class<?>, String> READ =
            Map.of(
                    dev.coppice.client.JobStatus.class, "Status",
                    JobProgress.class, "Progress",
                    JobResults.class, "Results",
                    JobResults.Body.class, "ResultsBody",
                    JobResults.TaskResult.class, "TaskResult");

    @Test
    void theRecordsThatTheServerWritesAreTheSchemas() {
        WRITTEN.forEach((type, schema) ->
                assertThat(ofRecord(type)).as(schema).isEqualTo(ofSchema(SCHEMAS.path(schema))));
    }

    @Test
    void whatTheClientReadsIsInTheSchemas() {
        READ.forEach((type, schema) -> {
            Map<String, String> described = ofSchema(SCHEMAS.path(schema));
            ofRecord(type)
                    .forEach((key, kind) ->
                            assertThat(described.getOrDefault(key, "nothing"))
                                    .as(schema + "." + key)
                                    .isIn(kind, kind.replace("?", ""))); // may expect less
        });
    }

    /// The keys of a record on the wire, each with its kind: `string`, `number?`, `list of JobSummary`.
    private static Map<String, String> ofRecord(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .collect(
                        Collectors.toMap(
                                component -> snake(component.getName()),
                                component -> kind(component.getGenericType()),
                                (a, _) -> a,
                                TreeMap::new));
    }

    private static String kind(Type type) {
        if (type instanceof ParameterizedType of) {
            String inner = kind(of.getActualTypeArguments()[0]);
            return of.getRawType() == Optional.class ? inner + "?" : "list of " + inner;
        }
        Map<Type, String> plain =
                Map.of(
                        String.class, "string",
                        Instant.class, "date-time",
                        int.class, "integer",
                        long.class, "integer",
                        double.class, "number",
                        BigDecimal.class, "number",
                        boolean.class, "boolean");
        return Stream.of(plain, WRITTEN, READ)
                .flatMap(kinds -> Optional.ofNullable(kinds.get(type)).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("on no wire: " + type));
    }

    /// The same of a schema. What may be left out may be missing or null, but for a list, which is empty then.
    private static Map<String, String> ofSchema(JsonNode schema) {
        Map<String, String> keys = new TreeMap<>();
        schema.path("allOf").forEach(part -> keys.putAll(ofSchema(ApiDocument.resolved(part))));
        Set<String> required =
                schema.path("required")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .collect(Collectors.toSet());
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            String kind = kind(property.getValue());
            boolean isLeftOut =
                    !required.contains(property.getKey()) && !kind.startsWith("list of ");
            keys.put(property.getKey(), isLeftOut ? kind + "?" : kind);
        }
        return keys;
    }

    private static String kind(JsonNode schema) {
        JsonNode resolved = ApiDocument.resolved(schema);
        if (resolved.has("properties") || resolved.has("allOf")) {
            String reference = schema.path("$ref").stringValue();
            return reference.substring(reference.lastIndexOf('/') + 1);
        }
        if (resolved.has("anyOf")) { // something, or null
            return kind(resolved.path("anyOf").path(0)) + "?";
        }
        JsonNode type = resolved.path("type");
        String name = type.isArray() ? type.path(0).stringValue() : type.stringValue();
        String plain =
                name.equals("array")
                        ? "list of " + kind(resolved.path("items"))
                        : resolved.path("format").asString("").equals("date-time")
                                ? "date-time"
                                : name;
        return type.isArray() ? plain + "?" : plain;
    }

    @Test
    void theWordsThatThereAreToChooseFromAreThoseOfTheModel() {
        assertThat(words("JobStatus")).isEqualTo(wires(JobStatus.values()));
        assertThat(words("Reason")).isEqualTo(wires(Reason.values()));
        assertThat(words("TaskState/properties/phase"))
                .isEqualTo(wires(AttemptView.Phase.values()));
        assertThat(words("Note/properties/level")).isEqualTo(wires(Event.Level.values()));
        assertThat(words("Job/properties/integrate"))
                .isEqualTo(wires(Settings.Result.values()))
                .isEqualTo(words("Config/properties/integrate"));
        assertThat(words("Plan/properties/tasks/items/properties/expects"))
                .isEqualTo(wires(Expectation.values()));
        assertThat(words("Event/properties/type")).isEqualTo(kinds(Event.class));
        assertThat(words("Delivery/properties/state")).isEqualTo(kinds(Integration.Delivery.class));
        Set<String> tasks = wires(TaskStatus.values());
        tasks.remove("completed"); // which has the words of document 004
        tasks.addAll(Set.of("success", "recursive_success"));
        assertThat(words("TaskOutcome/properties/status")).isEqualTo(tasks);
    }

    private static Set<String> words(String schema) {
        return SCHEMAS.at("/" + schema + "/enum")
                .valueStream()
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> wires(Enum<?>[] constants) {
        return Arrays.stream(constants)
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> kinds(Class<?> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses())
                .map(kind -> snake(kind.getSimpleName()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String snake(String name) {
        return name.replaceAll("(?<!^)([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
