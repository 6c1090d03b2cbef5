package dev.coppice.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.coppice.server.jobs.Order;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The OpenAPI document says what the routes are, and nothing that it describes can be called so wrongly that the
/// server fails.
class RoutesTest {
    private static final List<String> METHODS = List.of("get", "post", "delete");

    private static final String ORCHESTRATE = "/api/v1/orchestrate";

    @TempDir java.nio.file.Path folder;

    @Test
    void theOpenApiDocumentSaysWhatTheRoutesAre() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            Map<String, String> routes =
                    scene.routes().stream()
                            .collect(
                                    Collectors.toMap(
                                            route -> route.method() + " " + plain(route.path()),
                                            RoutesTest::said,
                                            (a, _) -> a,
                                            TreeMap::new));

            assertThat(documented()).isEqualTo(routes);
        }
    }

    private static String plain(String path) {
        return path.replace("...", "");
    }

    private static String said(Route route) {
        String door =
                switch (route.door()) {
                    case Route.Door.Open _ -> "open";
                    case Route.Door.Ajar _ -> "ajar";
                    case Route.Door.Keyed keyed -> keyed.scope().wire();
                    case Route.Door.Shared shared -> shared.scope().wire() + ", workers";
                };
        return door + " " + route.queries();
    }

    private Map<String, String> documented() {
        Map<String, String> all = new TreeMap<>();
        ApiDocument.API
                .path("paths")
                .propertyStream()
                .forEach(path ->
                        METHODS.stream()
                                .filter(path.getValue()::has)
                                .forEach(method ->
                                        all.put(
                                                method.toUpperCase(Locale.ROOT)
                                                        + " "
                                                        + path.getKey(),
                                                said(path.getValue().path(method)))));
        return all;
    }

    private static String said(JsonNode operation) {
        List<String> queries =
                operation
                        .path("parameters")
                        .valueStream()
                        .filter(each -> each.path("in").asString("").equals("query"))
                        .map(each -> each.path("name").stringValue())
                        .toList();
        return operation.path("x-scope").stringValue() + " " + queries;
    }

    @Test
    void noCallHoweverWrongMakesTheServerFail() throws Exception {
        try (Scene scene = new Scene(folder, "api: { rate_limit: 100000 }\n")) {
            String job = scene.submit("echo x > a.txt");
            scene.finished(job);
            for (String call : documented().keySet()) {
                String method = call.split(" ")[0];
                for (String part :
                        List.of(job, "0123456789ab", "nobody", "%00", "%F0%28", "a%2Fb")) {
                    for (String query :
                            List.of("", "?limit=x", "?limit=-1&offset=1e9", "?a=%FF", "?%")) {
                        String path =
                                call.split(" ")[1]
                                                .replaceAll("\\{job}", part)
                                                .replaceAll("\\{[a-z]+}", part)
                                        + query;
                        List<String> bodies =
                                method.equals("POST") && query.isEmpty() ? bodies() : List.of("");
                        for (String body : bodies) {
                            assertThatCode(() ->
                                            RawCall.send(
                                                    scene.uri("/"), method, path, Scene.KEY, body))
                                    .as(method + " " + path + " " + body)
                                    .doesNotThrowAnyException(); // as an undocumented answer does
                        }
                    }
                }
            }
        }
    }

    @Test
    void noOrderThatIsWellFormedMakesTheServerFailHoweverOddItsWordsAre() throws Exception {
        try (Scene scene = new Scene(folder, "api: { rate_limit: 100000 }\n")) {
            for (String body : oddOrders()) {
                assertThatCode(() ->
                                RawCall.send(scene.uri("/"), "POST", ORCHESTRATE, Scene.KEY, body))
                        .as(body)
                        .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void whateverAWorkerOrdersDoesNotMakeTheServerFail() throws Exception {
        java.nio.file.Path orders = Files.createDirectory(folder.resolve("orders"));
        List<String> bodies = new ArrayList<>(oddOrders());
        bodies.addAll(
                List.of("{\"request\":null}", "{\"request\":null,\"plan\":null}", "{}", "null"));
        for (int i = 0; i < bodies.size(); i++) {
            Files.writeString(orders.resolve(i + ".json"), bodies.get(i));
        }
        try (Scene scene = new Scene(folder, "api: { rate_limit: 100000 }\n")) {
            String job =
                    scene.submit(
                            """
                            for order in '%s'/*; do
                              printf 'X-API-Key: %%s' "$COPPICE_API_KEY" | curl -s -o /dev/null -w '%%{http_code}\\n' -H @- \
                                -H 'Content-Type: application/json' --data-binary "@$order" "$COPPICE_API_URL%s"
                            done > '%s'
                            """
                                    .formatted(orders, ORCHESTRATE, folder.resolve("statuses")));
            scene.finished(job);

            assertThat(Files.readAllLines(folder.resolve("statuses")))
                    .hasSize(bodies.size())
                    .allMatch(statuses("POST " + ORCHESTRATE)::contains);
        }
    }

    @Test
    void noToolHoweverOddlyCalledMakesTheServerFail() throws Exception {
        try (Scene scene = new Scene(folder, "api: { rate_limit: 100000 }\n")) {
            String job = scene.submit("echo x > a.txt");
            scene.finished(job);
            JsonNode tools = message(scene, "tools/list", Map.of()).at("/result/tools");
            assertThat(tools).hasSize(11);
            for (JsonNode tool : tools) {
                JsonNode keys = tool.at("/inputSchema/properties");
                Map<String, Object> usual =
                        new TreeMap<>(Map.of("job_id", job, "task_id", "task-1"));
                usual.keySet().removeIf(key -> !keys.has(key));
                for (String key : keys.propertyNames()) {
                    for (Object odd : ODD_VALUES) {
                        Map<String, Object> arguments = new TreeMap<>(usual);
                        arguments.put(key, odd);
                        JsonNode answer =
                                message(
                                        scene,
                                        "tools/call",
                                        Map.of("name", tool.path("name"), "arguments", arguments));
                        assertThat(answer.at("/error/code").asInt(0)).isNotEqualTo(-32603);
                        assertThat(answer.at("/result/structuredContent/status").asString(""))
                                .as(tool.path("name") + " " + arguments + "\n" + answer)
                                .isNotEqualTo("500");
                    }
                }
            }
        }
    }

    private static final List<Object> ODD_VALUES =
            List.of(
                    -1,
                    1e300,
                    true,
                    "",
                    "\u0000",
                    "../..",
                    "x".repeat(100_000),
                    List.of(),
                    List.of(List.of()),
                    Map.of(),
                    Map.of("tasks", List.of(Map.of("description", 7))));

    private static JsonNode message(Scene scene, String method, Map<String, Object> parameters)
            throws Exception {
        Scene.Answer answer =
                scene.post(
                        "/mcp",
                        JsonMapper.shared()
                                .writeValueAsString(
                                        Map.of(
                                                "jsonrpc",
                                                "2.0",
                                                "id",
                                                1,
                                                "method",
                                                method,
                                                "params",
                                                parameters)));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    @Test
    void theKeysAndLimitsOfAnOrderAreThoseOfTheDocument() throws Exception {
        try (Scene scene = new Scene(folder, "api: { rate_limit: 100000 }\n")) {
            Map<String, JsonNode> config = properties("/components/schemas/Config");
            // one of them is for whoever wrote for document 004, and no wish
            assertThat(config).hasSize(Order.Wishes.class.getRecordComponents().length + 1);
            for (String key : config.keySet()) {
                assertKnown(scene, "config." + key, "{\"config\":{\"" + key + "\":{}},\"odd\":1}");
                for (Map.Entry<String, Integer> beyond :
                        Map.of("minimum", -1, "maximum", 1).entrySet()) {
                    JsonNode limit = config.get(key).path(beyond.getKey());
                    if (limit.isNumber()) {
                        int last = limit.intValue();
                        assertThat(refused(scene, key, last)).as(key + " " + last).isFalse();
                        assertThat(refused(scene, key, last + beyond.getValue()))
                                .as(key + " beyond " + last)
                                .isTrue();
                    }
                }
            }
            for (String key :
                    properties("/components/schemas/Plan/properties/tasks/items").keySet()) {
                assertKnown(
                        scene,
                        "plan.tasks[0]." + key,
                        "{\"plan\":{\"tasks\":[{\"" + key + "\":{}}]}}");
            }
        }
    }

    private Map<String, JsonNode> properties(String schema) {
        return ApiDocument.API
                .at(schema + "/properties")
                .propertyStream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /// That a value of no kind is refused for what it is, not for its key.
    private static void assertKnown(Scene scene, String place, String body) throws Exception {
        assertThat(errors(scene, body))
                .as(place)
                .anyMatch(error -> error.startsWith(place + ": ") && !error.contains("not known"));
    }

    private static boolean refused(Scene scene, String key, int value) throws Exception {
        return errors(scene, "{\"config\":{\"%s\":%d},\"odd\":1}".formatted(key, value)).stream()
                .anyMatch(error -> error.startsWith("config." + key + ": "));
    }

    private static List<String> errors(Scene scene, String body) throws Exception {
        Scene.Answer answer = scene.post(ORCHESTRATE, body);
        assertThat(answer.status()).isEqualTo(400);
        return answer.json()
                .path("errors")
                .valueStream()
                .map(error ->
                        error.path("place").stringValue()
                                + ": "
                                + error.path("message").stringValue())
                .toList();
    }

    @Test
    void thePageOfTheDocumentNeedsNobodyElse() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            Scene.Answer page = scene.get("/docs");

            assertThat(page.header("Content-Type")).startsWith("text/html");
            assertThat(page.body()).contains("/openapi.json");
            assertThat(page.body()).doesNotContainPattern("(?i)https?:|[\"'(]//|@import");
        }
    }

    @Test
    void theFiguresAreInTheTextFormOfPrometheus() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            scene.finished(scene.submit("echo x > a.txt"));
            Scene.Answer figures = scene.get("/metrics");

            assertThat(figures.header("Content-Type")).startsWith("text/plain; version=0.0.4");
            assertThat(figures.body()).endsWith("\n");
            String family = "";
            for (String line : figures.body().lines().toList()) {
                if (line.startsWith("# TYPE ")) {
                    assertThat(line)
                            .matches("# TYPE [a-z_]+ (counter|gauge|summary)")
                            .doesNotContain(" " + family + " ");
                    family = line.split(" ")[2];
                } else if (!line.startsWith("# HELP ")) {
                    assertThat(line)
                            .startsWith(family)
                            .matches(
                                    "[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*})? [0-9.eE+-]+");
                }
            }
            assertThat(figures.body().lines()).doesNotHaveDuplicates();
        }
    }

    /// Orders that are right but for the words in them.
    private static List<String> oddOrders() {
        List<String> odd =
                List.of("nobody", "-x", "--upload-pack=x", "HEAD~9", "a b", "../..", "é\u0001");
        List<String> orders = new ArrayList<>();
        for (String key : List.of("base", "target", "agent", "model")) {
            for (String word : odd) {
                orders.add(
                        Scene.with(
                                Scene.order("true"),
                                JsonMapper.shared().writeValueAsString(Map.of(key, word))));
            }
        }
        for (String key : List.of("agent", "id", "description")) {
            for (String word : odd) {
                Map<String, String> task = new TreeMap<>(Map.of("description", "true"));
                task.put(key, word);
                orders.add(
                        JsonMapper.shared()
                                .writeValueAsString(
                                        Map.of("plan", Map.of("tasks", List.of(task)))));
            }
        }
        return orders;
    }

    /// The statuses that the document has for a call.
    private List<String> statuses(String call) {
        String[] words = call.split(" ");
        return ApiDocument.API
                .path("paths")
                .path(words[1])
                .path(words[0].toLowerCase(Locale.ROOT))
                .path("responses")
                .propertyStream()
                .map(Map.Entry::getKey)
                .toList();
    }

    /// Bodies of every kind that is no order, and each field of an order with each kind of value.
    private List<String> bodies() {
        List<String> bodies =
                new ArrayList<>(
                        List.of(
                                "",
                                "{",
                                "[]",
                                "null",
                                "7",
                                "\"x\"",
                                "{}",
                                "{\"request\":\"\"}",
                                "{\"request\":\"x\",\"request\":\"y\"}",
                                "{} {}",
                                "{\"request\":\"x\",\"surprise\":1}",
                                "\u0000",
                                "[".repeat(2_000)));
        Stream.concat(
                        ApiDocument.API
                                .at("/components/schemas/Config/properties")
                                .propertyStream()
                                .map(property -> "\"config\":{\"" + property.getKey() + "\":%s}"),
                        Stream.of(
                                "\"jsonrpc\":\"2.0\",\"id\":1,\"method\":%s",
                                "\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"tools/call\"",
                                "\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":%s",
                                "\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"add_tasks\",\"arguments\":%s}",
                                "\"config\":%s",
                                "\"plan\":%s",
                                "\"plan\":{\"tasks\":%s}",
                                "\"plan\":{\"tasks\":[{\"description\":%s}]}",
                                "\"tasks\":%s"))
                .forEach(field -> {
                    for (String value :
                            List.of(
                                    "-1",
                                    "1e999999999",
                                    "1e-999999999",
                                    "99999999999999999999",
                                    "true",
                                    "[[]]",
                                    "{\"a\":1}",
                                    "\"\\u0000\"")) {
                        bodies.add("{\"request\":7," + field.formatted(value) + "}");
                    }
                });
        return bodies;
    }
}
