package dev.coppice.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Opening;
import dev.coppice.runtime.Preparation;
import dev.coppice.runtime.Surroundings;
import dev.coppice.server.access.Access;
import dev.coppice.server.access.Keys;
import dev.coppice.server.access.Scope;
import dev.coppice.server.jobs.OrderReader;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A server on a repository whose agent is the shell: each task's description is the line that it runs.
final class Scene implements AutoCloseable {
    /// The key that may do everything.
    static final String KEY = "a-key-of-forty-characters-for-the-tests!";

    private static final Duration ENOUGH = Duration.ofMinutes(5);

    private final Path folder;
    private final ScratchRepository repository;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Keys keys;
    private final Duration patience;
    private final int connections;
    private Coppice coppice;
    private RestServer server;

    /// @param configuration further keys of `agents`, then further sections of its `coppice.yaml`
    Scene(Path folder, String configuration) throws IOException {
        this(folder, configuration, ENOUGH);
    }

    Scene(Path folder, String configuration, Duration patience) throws IOException {
        this(folder, configuration, patience, RestServer.Options.CONNECTIONS);
    }

    Scene(Path folder, String configuration, Duration patience, int connections)
            throws IOException {
        this.folder = folder;
        this.patience = patience;
        this.connections = connections;
        this.repository = ScratchRepository.ofFiles(folder.resolve("a repository"), 5);
        repository.write(
                "coppice.yaml",
                """
                workers: { stop_grace: 0.2, max_retries: 0 }
                agents:
                  default: script
                  lead: script
                  script: { command: [bash], stdin: description }
                  other: { command: [sh], stdin: description }
                """
                        + configuration);
        repository.commit("Configure");
        keys = new Keys(folder.resolve("home/.coppice"), InstantSource.system());
        coppice = open();
        server = serve(InstantSource.system());
    }

    private Coppice open() {
        Map<String, String> environment = new HashMap<>(repository.environment());
        environment.put("PATH", System.getenv("PATH"));
        environment.put("COPPICE_HOME", folder.resolve("home/.coppice").toString());
        Surroundings surroundings =
                new Surroundings(
                        repository.path(),
                        folder.resolve("home"),
                        environment,
                        Optional.empty(),
                        InstantSource.system());
        return switch (Coppice.open(surroundings, Optional.empty(), new LinkedHashMap<>())) {
            case Opening.Opened(Coppice opened) -> opened;
            case Opening.Refused refused -> throw new AssertionError(refused.toString());
        };
    }

    private RestServer serve(InstantSource clock) throws IOException {
        return RestServer.start(coppice, new Access(keys, Optional.of(KEY)), options(clock));
    }

    private RestServer.Options options(InstantSource clock) throws IOException {
        return new RestServer.Options(
                "localhost",
                0,
                Files.createDirectories(logs()),
                patience,
                connections,
                "test",
                clock);
    }

    /// A door for the workers alone, as `coppice run` opens one.
    WorkerDoor openWorkerDoor() throws IOException {
        return WorkerDoor.open(coppice, options(InstantSource.system()));
    }

    /// Lays the jobs down and begins anew, as a new process would.
    void restart() throws IOException, InterruptedException {
        restart(InstantSource.system());
    }

    /// The same, by this clock.
    void restart(InstantSource clock) throws IOException, InterruptedException {
        stop();
        start(clock);
    }

    void stop() throws InterruptedException {
        server.layDown();
        server.close();
        coppice.close();
    }

    void start(InstantSource clock) throws IOException {
        coppice = open();
        server = serve(clock);
    }

    /// What the server stands on.
    Coppice coppice() {
        return coppice;
    }

    ScratchRepository repository() {
        return repository;
    }

    List<Route> routes() {
        return server.routes();
    }

    Path logs() {
        return folder.resolve("logs");
    }

    /// A key of this scope.
    String key(String name, Scope scope) {
        return keys.add(name, scope).orElseThrow();
    }

    boolean revoke(String name) {
        return keys.revoke(name);
    }

    URI uri(String path) {
        return URI.create(server.address() + path);
    }

    // ---- calls ----

    /// An answer.
    record Answer(int status, String body, HttpResponse<String> whole) {
        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }

        String header(String name) {
            return whole.headers().firstValue(name).orElse("");
        }
    }

    /// A call with the key.
    HttpRequest.Builder call(String path) {
        return HttpRequest.newBuilder(uri(path)).header("X-API-Key", KEY).timeout(ENOUGH);
    }

    /// A call without any.
    HttpRequest.Builder keyless(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(ENOUGH);
    }

    /// The answer, which the OpenAPI document describes.
    Answer send(HttpRequest.Builder call) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                client.send(call.build(), HttpResponse.BodyHandlers.ofString());
        ApiDocument.requireDescribed(told(answer, answer.body()));
        return new Answer(answer.statusCode(), answer.body(), answer);
    }

    /// What comes as it comes.
    HttpResponse<InputStream> follow(HttpRequest.Builder call)
            throws IOException, InterruptedException {
        HttpResponse<InputStream> answer =
                client.send(call.build(), HttpResponse.BodyHandlers.ofInputStream());
        ApiDocument.requireDescribed(told(answer, ""));
        return answer;
    }

    private static ApiDocument.Told told(HttpResponse<?> answer, String body) {
        return new ApiDocument.Told(
                answer.request().method(),
                answer.request().uri().getRawPath(),
                answer.statusCode(),
                answer.headers().map().entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        Map.Entry::getKey, it -> it.getValue().getFirst())),
                body);
    }

    Answer get(String path) throws IOException, InterruptedException {
        return send(call(path));
    }

    Answer post(String path, String body) throws IOException, InterruptedException {
        return send(body(call(path), body));
    }

    static HttpRequest.Builder body(HttpRequest.Builder call, String json) {
        return call.header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json));
    }

    // ---- jobs ----

    /// Starts a job of tasks that run these lines, and returns its id.
    String submit(String... lines) throws IOException, InterruptedException {
        return submitted(order(lines));
    }

    /// Starts the job of an order, and returns its id.
    String submitted(String order) throws IOException, InterruptedException {
        Answer answer = post("/api/v1/orchestrate", order);
        if (answer.status() != 202) {
            throw new AssertionError(answer.body());
        }
        return answer.json().path("job_id").stringValue();
    }

    /// A job whose tasks nobody does but those who claim them.
    String leaveToClaimants(String... lines) throws InterruptedException {
        return switch (coppice.prepare(OrderReader.read(order(lines)).run())) {
            case Preparation.Ready ready -> coppice.leaveToClaimants(ready).value();
            case Preparation.Refused refused -> throw new AssertionError(refused.toString());
        };
    }

    static String order(String... lines) {
        StringBuilder tasks = new StringBuilder();
        for (String line : lines) {
            tasks.append(tasks.isEmpty() ? "" : ",")
                    .append("{\"description\":")
                    .append(JsonMapper.shared().writeValueAsString(line))
                    .append('}');
        }
        return "{\"request\":\"Do it\",\"plan\":{\"tasks\":[" + tasks + "]}}";
    }

    /// The order with a `config`.
    static String with(String order, String config) {
        return order.substring(0, order.length() - 1) + ",\"config\":" + config + "}";
    }

    /// Polls as document 004 does, until the job is over.
    JsonNode finished(String job) throws IOException, InterruptedException {
        return await(job, status -> !status.matches("submitted|planning|running"));
    }

    JsonNode await(String job, Predicate<String> isWanted)
            throws IOException, InterruptedException {
        return awaiting(() ->
                Optional.of(get("/api/v1/jobs/" + job + "/status").json())
                        .filter(status -> isWanted.test(status.path("status").stringValue())));
    }

    /// What may not be there yet.
    @FunctionalInterface
    interface Look<T> {
        Optional<T> look() throws IOException, InterruptedException;
    }

    /// Looks until there is something to be seen.
    <T> T awaiting(Look<T> look) throws IOException, InterruptedException {
        long end = System.nanoTime() + ENOUGH.toNanos();
        while (true) {
            Optional<T> seen = look.look();
            if (seen.isPresent()) {
                return seen.get();
            }
            assertThat(System.nanoTime()).as("it hangs").isLessThan(end);
            LockSupport.parkNanos(20_000_000);
        }
    }

    @Override
    public void close() {
        coppice.engine().killAll();
        try {
            server.layDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        server.close();
        coppice.close();
    }
}
