package dev.coppice.bench;

import dev.coppice.lead.PlanReader;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.RunOrder;
import dev.coppice.server.access.Access;
import dev.coppice.server.access.Keys;
import dev.coppice.server.rest.RestServer;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A job's events are sent to followers as they are appended. The other side stores nothing: it sends what it is posted.
///
/// @param figure what is measured of it
record EventStream(Figure figure, Goal goal) implements Row {
    private static final int FOLLOWERS = 100;
    private static final int ROUNDS = 5;
    private static final String KEY = "a-key-of-forty-characters-for-the-bench!";

    private static final String NODE =
            """
            const followers = new Set()
            let last = 0
            const server = require('http').createServer((request, response) => {
              if (request.method === 'GET') {
                response.writeHead(200, {'Content-Type': 'text/event-stream'})
                response.write(':\\n\\n')
                followers.add(response)
                request.on('close', () => followers.delete(response))
                return
              }
              let body = ''
              request.on('data', piece => body += piece)
              request.on('end', () => {
                for (const event of JSON.parse(body)) {
                  const text = `id: ${++last}\\ndata: ${JSON.stringify(event)}\\n\\n`
                  for (const follower of followers) follower.write(text)
                }
                response.end()
              })
            })
            server.listen(0, '127.0.0.1', () => console.log('serving at http://127.0.0.1:' + server.address().port))
            """;

    /// What is measured.
    enum Figure {
        THROUGHPUT(
                "events to %d followers, 50 appended at once".formatted(FOLLOWERS),
                "µs a delivery"),
        LATENCY("p99 from an append to a follower, 10,000 deliveries a second", "ms");

        private final String words;
        private final String unit;

        Figure(String words, String unit) {
            this.words = words;
            this.unit = unit;
        }
    }

    @Override
    public int number() {
        return 12;
    }

    @Override
    public String what() {
        return "server-sent events: " + figure.words;
    }

    @Override
    public String against() {
        return "node:http, which stores nothing and writes each event to each response";
    }

    @Override
    public String unit() {
        return figure.unit;
    }

    @Override
    public Optional<String> lacking() throws InterruptedException {
        return WebRival.NODE.lacking();
    }

    /// Publishes events, each with the mark that followers count.
    @FunctionalInterface
    private interface Publisher {
        void publish(int events) throws Exception;
    }

    @Override
    public Measurement measure(Bench bench) throws Exception {
        Path folder = bench.folder();
        JobScene jobs =
                new JobScene(ScratchRepository.ofFiles(folder.resolve("repository"), 10), "");
        Path script = Files.writeString(folder.resolve("server.js"), NODE);
        try (Coppice coppice = jobs.open();
                RestServer server = serve(coppice, folder);
                Served node =
                        Served.start(folder, System.getenv(), List.of("node", script.toString()));
                HttpClient client = HttpClient.newHttpClient()) {
            Appending ours = new Appending(coppice, job(coppice));
            return bench.inTurns(
                    ROUNDS,
                    () ->
                            take(
                                    new InetSocketAddress(
                                            server.address().getHost(), server.address().getPort()),
                                    "/api/v1/jobs/%s/events?after=%d"
                                            .formatted(ours.job, ours.last),
                                    ours::publish),
                    () -> take(node.socket(), "/", events -> post(client, node.address(), events)));
        }
    }

    private double take(InetSocketAddress server, String path, Publisher publisher)
            throws Exception {
        String request =
                "GET %s HTTP/1.1\r\nHost: localhost\r\nX-API-Key: %s\r\n\r\n".formatted(path, KEY);
        try (Followers followers = Followers.open(server, request, FOLLOWERS)) {
            return switch (figure) {
                case THROUGHPUT -> throughput(followers, publisher);
                case LATENCY -> latency(followers, publisher);
            };
        }
    }

    private static double throughput(Followers followers, Publisher publisher) throws Exception {
        int events = 10_000;
        int atOnce = 50;
        int window = 1_000; // of a follower that is further behind nobody knows that it is not gone
        double millis =
                Bench.millis(() -> {
                    for (int i = 0; i < events; i += atOnce) {
                        publisher.publish(atOnce);
                        followers.await(Math.max(0, i + atOnce - window));
                    }
                    followers.await(events);
                });
        return millis * 1e3 / events / FOLLOWERS;
    }

    private static double latency(Followers followers, Publisher publisher) throws Exception {
        int events = 200;
        long every = TimeUnit.SECONDS.toNanos(1) / 100;
        List<Double> millis = new ArrayList<>();
        long next = System.nanoTime();
        for (int i = 1; i <= events; i++) {
            millis.addAll(followers.millis(() -> publisher.publish(1), i));
            next += every;
            LockSupport.parkNanos(next - System.nanoTime());
        }
        Collections.sort(millis);
        return millis.get(millis.size() * 99 / 100);
    }

    // ---- ours ----

    private static RestServer serve(Coppice coppice, Path folder) throws IOException {
        return RestServer.start(
                coppice,
                new Access(
                        new Keys(folder.resolve("keys"), InstantSource.system()), Optional.of(KEY)),
                new RestServer.Options(
                        "localhost",
                        0,
                        Files.createDirectories(folder.resolve("logs")),
                        RestServer.Options.PATIENCE,
                        RestServer.Options.CONNECTIONS,
                        "bench",
                        InstantSource.system()));
    }

    /// A job that nobody drives.
    private static JobId job(Coppice coppice) throws InterruptedException {
        String plan = "goal: Be followed\ntasks: [{description: echo}]\n";
        return coppice.leave(
                JobScene.ready(
                        coppice,
                        new RunOrder(
                                "",
                                Optional.of(PlanReader.file("plan.yaml", plan)),
                                Optional.empty())));
    }

    /// Appends to a job's history.
    private static final class Appending {
        private final Coppice coppice;
        private final JobId job;
        private long last;

        private Appending(Coppice coppice, JobId job) {
            this.coppice = coppice;
            this.job = job;
            this.last = coppice.log().last(job).orElseThrow().sequence();
        }

        private void publish(int events) {
            Event event = new Event.Noted(Event.Level.INFO, Optional.empty(), text());
            List<Event> all = Collections.nCopies(events, event);
            if (!coppice.store().append(job, last + 1, Instant.now(), all)) {
                throw new IllegalStateException("an append was refused");
            }
            last += events;
        }
    }

    private static String text() {
        return "A worker has said something of some length " + Followers.MARK;
    }

    // ---- theirs ----

    private static void post(HttpClient client, URI server, int events)
            throws IOException, InterruptedException {
        String event =
                "{\"job\":\"0123456789ab\",\"sequence\":123456,\"at\":\"2026-11-21T09:30:00.000Z\",\"type\":\"noted\",\"level\":\"info\",\"text\":\"%s\"}"
                        .formatted(text());
        String body =
                Stream.generate(() -> event)
                        .limit(events)
                        .collect(Collectors.joining(",", "[", "]"));
        HttpRequest request =
                HttpRequest.newBuilder(server)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        client.send(request, HttpResponse.BodyHandlers.discarding());
    }
}
