package dev.coppice.bench;

import dev.coppice.client.CoppiceClient;
import dev.coppice.client.JobOrder;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// Findings of running tasks are posted, by callers that post again as soon as they are answered: each is a durable event
/// of its job. The other side inserts a row into SQLite, durably too.
record Discoveries(Goal goal) implements Row {
    private static final int ROUNDS = 5;
    private static final Duration ROUND = Duration.ofSeconds(5);

    /// A server is there for long; in its first seconds Java compiles it.
    private static final Duration WARM_UP = Duration.ofSeconds(20);

    private static final String KEY = "a-key-of-forty-characters-for-the-bench!";

    @Override
    public int number() {
        return 11;
    }

    @Override
    public String what() {
        return "POST with a durable insert: a finding";
    }

    @Override
    public String against() {
        return WebRival.FASTAPI.words() + ", which inserts a row into SQLite, synchronous=FULL";
    }

    @Override
    public String unit() {
        return "µs a call";
    }

    @Override
    public Optional<String> lacking() throws InterruptedException {
        return WebRival.FASTAPI.lacking();
    }

    @Override
    public Measurement measure(Bench bench) throws Exception {
        Path folder = bench.folder();
        JobScene jobs =
                new JobScene(
                        ScratchRepository.ofFiles(folder.resolve("repository"), 10),
                        """
                        api: { port: 0, rate_limit: 1000000, api_key: '%s' }
                        workers: { max_workers: %d, stop_grace: 0.2 }
                        recursion: { workers_by_depth: [%2$d] }
                        """
                                .formatted(KEY, Callers.AT_ONCE));
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.putAll(jobs.environment());
        try (Served ours =
                        Served.start(
                                jobs.scratch().path(),
                                environment,
                                List.of(bench.home().resolve("coppice").toString(), "serve"));
                CoppiceClient client = new CoppiceClient(ours.address().toString(), KEY);
                Served theirs =
                        WebRival.FASTAPI.start(
                                folder, Files.writeString(folder.resolve("answer.json"), "{}"))) {
            ours(ours, client, WARM_UP);
            theirs(theirs, WARM_UP);
            return bench.inTurns(
                    ROUNDS, () -> ours(ours, client, ROUND), () -> theirs(theirs, ROUND));
        }
    }

    private static double ours(Served server, CoppiceClient client, Duration time)
            throws IOException, InterruptedException {
        String job = begin(client);
        double micros =
                Callers.micros(server.socket(), caller -> finding(job, caller), "accepted", time);
        client.cancel(job);
        return micros;
    }

    private static double theirs(Served server, Duration time) throws IOException {
        return Callers.micros(
                server.socket(),
                _ -> request("/api/v1/discoveries", "{\"content\":\"found\"}"),
                "accepted",
                time);
    }

    /// A job with a task for each caller that runs until it is canceled.
    private static String begin(CoppiceClient client) throws InterruptedException {
        List<Map<String, String>> tasks =
                IntStream.range(0, Callers.AT_ONCE)
                        .mapToObj(n -> Map.of("id", "task" + n, "description", "sleep 3600"))
                        .toList();
        String job = client.orchestrate(JobOrder.of("Find").plan(Map.of("tasks", tasks))).jobId();
        while (client.status(job).progress().runningTasks() < Callers.AT_ONCE) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        return job;
    }

    private static String finding(String job, int caller) {
        return request(
                "/api/v1/jobs/" + job + "/discoveries",
                "{\"task_id\":\"task%d\",\"content\":\"found\"}".formatted(caller));
    }

    private static String request(String path, String body) {
        return "POST %s HTTP/1.1\r\nHost: localhost\r\nX-API-Key: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(path, KEY, body.length(), body);
    }
}
