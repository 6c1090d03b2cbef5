package dev.coppice.bench;

import dev.coppice.client.CoppiceClient;
import dev.coppice.client.JobOrder;
import dev.coppice.testkit.ScratchRepository;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A running job is polled by many, each over a connection of its own, while many others follow its events. The other
/// side has the same document in memory, and as many followers to whom it says nothing.
record StatusPolls(Goal goal) implements Row {
    private static final int ROUNDS = 5;
    private static final int FOLLOWERS = 500;
    private static final int POLLS_A_SECOND = 200;
    private static final int POLLS = 3 * POLLS_A_SECOND;
    private static final String KEY = "a-key-of-forty-characters-for-the-bench!";

    private static final String NODE =
            """
            const answer = JSON.parse(require('fs').readFileSync(process.argv[2]))
            const server = require('http').createServer((request, response) => {
              if (request.url.endsWith('/events')) {
                response.writeHead(200, {'Content-Type': 'text/event-stream'})
                response.write(':\\n\\n')
              } else {
                const body = JSON.stringify(answer)
                response.writeHead(200, {'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body)})
                response.end(body)
              }
            })
            server.listen(0, '127.0.0.1', () => console.log('serving at http://127.0.0.1:' + server.address().port))
            """;

    @Override
    public int number() {
        return 12;
    }

    @Override
    public String what() {
        return "p99 of a poll of a running job's status, %d a second, while %d follow its events"
                .formatted(POLLS_A_SECOND, FOLLOWERS);
    }

    @Override
    public String against() {
        return "node:http, which has the same document in memory";
    }

    @Override
    public String unit() {
        return "ms";
    }

    @Override
    public Optional<String> lacking() throws InterruptedException {
        return WebRival.NODE.lacking();
    }

    @Override
    public Measurement measure(Bench bench) throws Exception {
        Path folder = bench.folder();
        JobScene jobs =
                new JobScene(
                        ScratchRepository.ofFiles(folder.resolve("repository"), 100),
                        "api: { port: 0, rate_limit: 1000000, api_key: '%s' }\n".formatted(KEY));
        Path script = Files.writeString(folder.resolve("server.js"), NODE);
        Path answer = folder.resolve("answer.json");
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.putAll(jobs.environment());
        try (Served ours =
                        Served.start(
                                jobs.scratch().path(),
                                environment,
                                List.of(bench.home().resolve("coppice").toString(), "serve"));
                CoppiceClient client = new CoppiceClient(ours.address().toString(), KEY)) {
            String job = begin(client);
            String path = "/api/v1/jobs/" + job;
            Files.writeString(answer, body(ask(ours.socket(), request(path + "/status"))));
            try (Served theirs =
                    Served.start(
                            folder,
                            System.getenv(),
                            List.of("node", script.toString(), answer.toString()))) {
                return bench.inTurns(
                        ROUNDS, () -> p99(ours.socket(), path), () -> p99(theirs.socket(), path));
            } finally {
                client.cancel(job);
            }
        }
    }

    /// A job of which two tasks run until it is canceled.
    private static String begin(CoppiceClient client) throws InterruptedException {
        List<Map<String, String>> tasks =
                Collections.nCopies(2, Map.of("description", "sleep 3600"));
        String job =
                client.orchestrate(JobOrder.of("Be polled").plan(Map.of("tasks", tasks))).jobId();
        while (client.status(job).progress().runningTasks() < 2) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        return job;
    }

    private static double p99(InetSocketAddress server, String path) throws Exception {
        List<Future<Double>> polls = new ArrayList<>();
        try (Followers _ = Followers.open(server, request(path + "/events"), FOLLOWERS);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            long next = System.nanoTime();
            for (int i = 0; i < POLLS; i++) {
                polls.add(
                        callers.submit(
                                () -> Bench.millis(() -> ask(server, request(path + "/status")))));
                next += TimeUnit.SECONDS.toNanos(1) / POLLS_A_SECOND;
                LockSupport.parkNanos(next - System.nanoTime());
            }
        }
        List<Double> millis = new ArrayList<>();
        for (Future<Double> poll : polls) {
            millis.add(poll.get());
        }
        Collections.sort(millis);
        return millis.get(POLLS * 99 / 100);
    }

    private static String request(String path) {
        return "GET %s HTTP/1.1\r\nHost: localhost\r\nX-API-Key: %s\r\nConnection: %s\r\n\r\n"
                .formatted(path, KEY, path.endsWith("/events") ? "keep-alive" : "close");
    }

    /// The answer, whole.
    private static String ask(InetSocketAddress server, String request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(server)) {
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            String answer =
                    new String(
                            channel.socket().getInputStream().readAllBytes(),
                            StandardCharsets.UTF_8);
            if (!answer.startsWith("HTTP/1.1 200")) {
                throw new IOException("not the answer that was wanted: " + answer);
            }
            return answer;
        }
    }

    private static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }
}
