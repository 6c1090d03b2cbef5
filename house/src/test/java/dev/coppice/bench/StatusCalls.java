package dev.coppice.bench;

import dev.coppice.model.JobId;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The status of a job is asked for over REST, by callers that ask again as soon as they are answered. The other side
/// answers with the same document, which it has in memory.
record StatusCalls(WebRival rival, Goal goal) implements Row {
    private static final int ROUNDS = 5;
    private static final Duration ROUND = Duration.ofSeconds(3);
    private static final String KEY = "a-key-of-forty-characters-for-the-bench!";
    private static final String PATH = "/api/v1/jobs/JOB/status";

    @Override
    public int number() {
        return 11;
    }

    @Override
    public String what() {
        return "GET of a job's status over REST";
    }

    @Override
    public String against() {
        return rival.words() + ", which has the same document in memory";
    }

    @Override
    public String unit() {
        return "µs a call";
    }

    @Override
    public Optional<String> lacking() throws InterruptedException {
        return rival.lacking();
    }

    @Override
    public Measurement measure(Bench bench) throws Exception {
        Path folder = bench.folder();
        JobScene jobs =
                new JobScene(
                        ScratchRepository.ofFiles(folder.resolve("repository"), 100),
                        "api: { port: 0, rate_limit: 1000000, api_key: '%s' }\n".formatted(KEY));
        JobId job = jobs.runSmall(1);
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.putAll(jobs.environment());
        String path = PATH.replace("JOB", job.value());
        try (Served ours =
                        Served.start(
                                jobs.scratch().path(),
                                environment,
                                List.of(bench.home().resolve("coppice").toString(), "serve"));
                Served theirs =
                        rival.start(
                                folder,
                                Files.writeString(
                                        folder.resolve("answer.json"),
                                        get(ours.address() + path)))) {
            return bench.inTurns(
                    ROUNDS,
                    () -> Callers.micros(ours.socket(), _ -> request(path), "\"progress\"", ROUND),
                    () ->
                            Callers.micros(
                                    theirs.socket(), _ -> request(path), "\"progress\"", ROUND));
        }
    }

    private static String request(String path) {
        return "GET %s HTTP/1.1\r\nHost: localhost\r\nX-API-Key: %s\r\n\r\n".formatted(path, KEY);
    }

    private static String get(String uri) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(uri)).header("X-API-Key", KEY).build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }
}
