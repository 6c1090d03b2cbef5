package dev.coppice.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.server.access.Scope;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Who comes in, and how far.
class EntranceTest {
    private static final String KEY_OF_NOBODY = "cpk_0123456789012345678901234567890123456789012";

    private static final String LOG = "logs/orchestrator.log";

    @TempDir Path folder;

    @Test
    void p12WhatIsWrongWithACallIsToldAllAtOnce() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            String orchestrate = "/api/v1/orchestrate";
            HttpRequest.Builder none =
                    Scene.body(scene.keyless(orchestrate), "{\"request\":\"x\"}");
            HttpRequest.Builder bad = Scene.body(scene.keyless(orchestrate), "{\"request\":\"x\"}");

            assertThat(scene.send(none).status()).isEqualTo(401);
            assertThat(scene.send(bad.header("X-API-Key", "wrong")).status()).isEqualTo(401);
            assertThat(scene.post(orchestrate, "{\"request\":\"\"}").status()).isEqualTo(400);
            Scene.Answer answer =
                    scene.post(
                            orchestrate,
                            """
                            {"request": 5, "config": {"max_workers": 0, "current_depth": -1,
                             "default_timeout": "soon", "max_worker": 3}}
                            """);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().path("error").stringValue()).isNotBlank();
            assertThat(
                            answer.json()
                                    .path("errors")
                                    .valueStream()
                                    .map(e -> e.path("place").stringValue()))
                    .containsExactlyInAnyOrder(
                            "request",
                            "config.max_workers",
                            "config.current_depth",
                            "config.default_timeout",
                            "config.max_worker");
            assertThat(answer.body()).contains("max_workers\\\"?");
        }
    }

    @Test
    void p6ADepthBeyondTheLimitIsRefusedInTheDocumentedWords() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            Scene.Answer answer =
                    scene.post(
                            "/api/v1/orchestrate",
                            "{\"request\":\"x\",\"config\":{\"current_depth\":3,\"max_recursion_depth\":2}}");

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().path("error").stringValue())
                    .contains("Maximum recursion depth (2) reached", "max_recursion_depth");
        }
    }

    @Test
    void p20WithoutAKeyAStatusOnLoopbackHasTheCountsAlone() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            String job = scene.submit("echo x > a.txt");
            scene.finished(job);
            String path = "/api/v1/jobs/" + job + "/status";

            Scene.Answer open = scene.send(scene.keyless(path));
            assertThat(open.status()).isEqualTo(200);
            assertThat(open.json().propertyStream().map(e -> e.getKey()))
                    .containsExactly("job_id", "status", "progress");
            assertThat(scene.send(scene.keyless(path).header("X-API-Key", "wrong")).status())
                    .isEqualTo(401);
            assertThat(scene.send(scene.keyless("/api/v1/jobs/" + job)).status()).isEqualTo(401);
        }
    }

    @Test
    void whatAProxyPassesOnHasNoOpenStatus() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            String path = "/api/v1/jobs/" + scene.submit("echo x > a.txt") + "/status";
            for (String header :
                    List.of(
                            "Forwarded: for=10.0.0.1",
                            "X-Forwarded-For: 10.0.0.1",
                            "X-Real-IP: 10.0.0.1",
                            "Via: 1.1 proxy")) {
                String[] words = header.split(": ");
                assertThat(scene.send(scene.keyless(path).header(words[0], words[1])).status())
                        .as(header)
                        .isEqualTo(401);
            }
            String host = "\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            assertThat(raw(scene, "GET " + path + " HTTP/1.1" + host)).startsWith("HTTP/1.1 200");
            assertThat(raw(scene, "GET " + path + " HTTP/1.0" + host)).startsWith("HTTP/1.1 401");
        }
    }

    private static String raw(Scene scene, String call) throws IOException {
        URI server = scene.uri("/");
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.getOutputStream().write(call.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void theOpenStatusCanBeClosed() throws Exception {
        try (Scene scene = new Scene(folder, "api: { open_status: false }\n")) {
            assertThat(scene.send(scene.keyless("/api/v1/jobs/0123456789ab/status")).status())
                    .isEqualTo(401);
            assertThat(scene.send(scene.keyless("/health")).status()).isEqualTo(200);
        }
    }

    @Test
    void aKeyMayDoWhatItsScopeSaysUntilItIsRevoked() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            String reader = scene.key("reader", Scope.READ);
            HttpRequest.Builder look =
                    scene.keyless("/api/v1/jobs").header("Authorization", "Bearer " + reader);
            HttpRequest.Builder act =
                    Scene.body(scene.keyless("/api/v1/orchestrate"), "{}")
                            .header("X-API-Key", reader);

            assertThat(scene.send(look).status()).isEqualTo(200);
            assertThat(scene.send(act).status()).isEqualTo(403);
            assertThat(scene.revoke("reader")).isTrue();
            assertThat(scene.send(look).status()).isEqualTo(401);
        }
    }

    @Test
    void aSpoiltFileOfKeysLocksNobodyOut() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            String reader = scene.key("reader", Scope.READ);
            HttpRequest.Builder look = scene.keyless("/api/v1/jobs").header("X-API-Key", reader);
            assertThat(scene.send(look).status()).isEqualTo(200);

            Files.writeString(folder.resolve("home/.coppice/keys.json"), "{\"keys\": [{");

            assertThat(scene.send(look).status()).isEqualTo(200);
            assertThat(scene.get("/api/v1/jobs").status()).isEqualTo(200);
            assertThat(scene.get("/health").status()).isEqualTo(200);
            assertThat(
                            scene.send(
                                            scene.keyless("/api/v1/jobs")
                                                    .header("X-API-Key", KEY_OF_NOBODY))
                                    .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void eachCallThatChangesSomethingOrIsRefusedIsALineOfTheAuditLog() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            String reader = scene.key("reader", Scope.READ);
            String job = scene.submit("echo x > a.txt");
            scene.finished(job);
            scene.get("/api/v1/jobs/" + job + "/results");
            scene.send(
                    Scene.body(scene.keyless("/api/v1/jobs/" + job + "/retry?really=1"), "{}")
                            .header("X-API-Key", reader));
            scene.send(scene.keyless("/api/v1/jobs").header("X-API-Key", KEY_OF_NOBODY));
            scene.send(scene.call("/api/v1/jobs/" + job).DELETE());

            assertThat(
                            audit(scene).stream()
                                    .map(JsonMapper.shared()::readTree)
                                    .map(line ->
                                            Stream.of(
                                                            "key", "address", "method", "path",
                                                            "status", "job")
                                                    .map(name -> line.path(name).asString("-"))
                                                    .toList()))
                    .containsExactly(
                            line("local", "POST", "/api/v1/orchestrate", "202", job),
                            line("reader", "POST", "/api/v1/jobs/" + job + "/retry", "403", "-"),
                            line("-", "GET", "/api/v1/jobs", "401", "-"),
                            line("local", "DELETE", "/api/v1/jobs/" + job, "409", job));
            Path log = scene.logs().resolve("audit.jsonl");
            assertThat(log).content().doesNotContain(reader, Scene.KEY, KEY_OF_NOBODY);
            assertThat(
                            Instant.parse(
                                    JsonMapper.shared()
                                            .readTree(audit(scene).getFirst())
                                            .path("at")
                                            .stringValue()))
                    .isBeforeOrEqualTo(Instant.now());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
                    .isEqualTo("rw-------");
        }
    }

    private static List<String> line(
            String key, String method, String path, String status, String job) {
        return List.of(key, "127.0.0.1", method, path, status, job);
    }

    private static List<String> audit(Scene scene) throws IOException {
        return Files.readAllLines(scene.logs().resolve("audit.jsonl"));
    }

    @Test
    void whoCallsTooOftenWaits() throws Exception {
        try (Scene scene = new Scene(folder, "api: { rate_limit: 2 }\n")) {
            assertThat(scene.get("/api/v1/jobs").status()).isEqualTo(200);
            assertThat(scene.get("/api/v1/jobs").status()).isEqualTo(200);
            Scene.Answer refused = nextUnlike(scene, scene.call("/api/v1/jobs"), 200);

            assertThat(refused.status()).isEqualTo(429);
            assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 30);
            HttpRequest.Builder other =
                    scene.keyless("/api/v1/jobs").header("X-API-Key", scene.key("b", Scope.READ));
            assertThat(scene.send(other).status()).as("each key has its own").isEqualTo(200);
        }
    }

    /// The first answer to this call that has not this status. Each minute lets some more calls in, so that it is not known
    /// which one it is.
    private static Scene.Answer nextUnlike(Scene scene, HttpRequest.Builder call, int status)
            throws Exception {
        Scene.Answer answer = scene.send(call);
        while (answer.status() == status) {
            answer = scene.send(call);
        }
        return answer;
    }

    @Test
    void thatTheServerLivesIsSeenHoweverOftenOthersCall() throws Exception {
        try (Scene scene = new Scene(folder, "api: { rate_limit: 2 }\n")) {
            for (int i = 0; i < 10; i++) {
                assertThat(scene.send(scene.keyless("/health")).status()).isEqualTo(200);
            }
            assertThat(scene.send(scene.keyless("/api/v1/jobs")).status())
                    .as("and it costs the others nothing")
                    .isEqualTo(401);
            assertThat(nextUnlike(scene, scene.keyless("/api/v1/jobs"), 401).status())
                    .isEqualTo(429);
            assertThat(scene.send(scene.keyless("/health")).status()).isEqualTo(200);
        }
    }

    @Test
    void whoAsksForTheHeadAloneGetsThatOfAGet() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            String job = scene.submit("sleep 600");
            scene.await(job, "running"::equals);
            Path written =
                    scene.repository().path().resolve(".coppice/workspace/job_" + job).resolve(LOG);
            scene.awaiting(() -> Optional.of(written).filter(Files::exists));
            String path = "/api/v1/jobs/" + job;
            for (String each :
                    List.of(
                            "/health",
                            "/docs",
                            "/api/v1/jobs",
                            path + "/status",
                            path + "/artifacts/" + LOG,
                            path + "/logs/orchestrator",
                            path + "/logs/orchestrator?follow=true",
                            path + "/events")) {
                Scene.Answer head = scene.send(scene.call(each).HEAD());

                assertThat(head.status()).as(each).isEqualTo(200);
                assertThat(head.body()).as(each).isEmpty();
                assertThat(head.header("Content-Type")).as(each).isNotEmpty();
            }
            assertThat(scene.send(scene.keyless("/api/v1/jobs").HEAD()).status()).isEqualTo(401);
            assertThat(scene.send(scene.call(path + "/retry").HEAD()).status()).isEqualTo(405);
            assertThat(audit(scene)).as("a look is not noted, a refusal is").hasSize(3);
        }
    }

    @Test
    void manyCallsTooManyAreOneLineOfTheAuditLogWithTheKeysName() throws Exception {
        try (Scene scene = new Scene(folder, "api: { rate_limit: 1 }\n")) {
            List<String> expected = new ArrayList<>();
            int before = scene.get("/api/v1/jobs").status();
            for (int refused = 0; refused < 10; ) {
                int status = scene.get("/api/v1/jobs").status();
                refused += status == 429 ? 1 : 0;
                if (status == 429 && before != 429) { // once, unless a minute goes by
                    expected.add("local 429 /api/v1/jobs");
                }
                before = status;
            }
            expected.add("- 401 /api/v1/" + "x".repeat(191) + "…");
            scene.send(scene.keyless("/api/v1/" + "x".repeat(10_000)));

            assertThat(
                            audit(scene).stream()
                                    .map(JsonMapper.shared()::readTree)
                                    .map(line ->
                                            line.path("key").asString("-")
                                                    + " "
                                                    + line.path("status").asInt()
                                                    + " "
                                                    + line.path("path").asString())
                                    .toList())
                    .isEqualTo(expected);
        }
    }

    @Test
    void anAuditLogThatIsFullBeginsAnew() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            Path log = scene.logs().resolve("audit.jsonl");
            long full = 64L << 20;
            try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
                file.setLength(full);
            }

            scene.send(scene.keyless("/api/v1/jobs"));

            assertThat(audit(scene)).hasSize(1);
            assertThat(scene.logs().resolve("audit.1.jsonl")).hasSize(full);
            Files.delete(log); // as programs do that keep logs small
            scene.send(scene.keyless("/api/v1/jobs"));
            assertThat(audit(scene)).hasSize(1);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void moreJobsThanTheLimitAreNotTakenOn() throws Exception {
        try (Scene scene = new Scene(folder, "api: { max_concurrent_jobs: 1 }\n")) {
            scene.submit("sleep 600");

            Scene.Answer second = scene.post("/api/v1/orchestrate", Scene.order("sleep 600"));

            assertThat(second.status()).isEqualTo(429);
            assertThat(second.header("Retry-After")).isNotEmpty();
        }
    }

    @Test
    void aJobThatIsTriedAgainNeedsRoomAsANewOneDoes() throws Exception {
        try (Scene scene = new Scene(folder, "api: { max_concurrent_jobs: 1 }\n")) {
            String failed = scene.submit("exit 1");
            scene.finished(failed);
            String running = scene.submit("sleep 600");

            assertThat(scene.post("/api/v1/jobs/" + failed + "/retry", "").status()).isEqualTo(429);
            scene.send(scene.call("/api/v1/jobs/" + running).DELETE());
            scene.finished(running);
            assertThat(scene.post("/api/v1/jobs/" + failed + "/retry", "").status()).isEqualTo(202);
            scene.finished(failed);
        }
    }

    @Test
    void moreConnectionsThanTheLimitWait() throws Exception {
        try (Scene scene = new Scene(folder, "", RestServer.Options.PATIENCE, 3)) {
            List<Socket> held = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                held.add(health(scene));
                assertThat(held.get(i).getInputStream().read()).isEqualTo('H');
            }
            try (Socket waiting = health(scene)) {
                waiting.setSoTimeout(500);
                assertThatThrownBy(() -> waiting.getInputStream().read())
                        .isInstanceOf(SocketTimeoutException.class);

                for (Socket each : held) {
                    each.close();
                }

                waiting.setSoTimeout(120_000);
                assertThat(waiting.getInputStream().read()).isEqualTo('H');
            }
        }
    }

    /// A connection on which a call was made, and which stays open.
    private static Socket health(Scene scene) throws IOException {
        Socket socket = new Socket(scene.uri("/").getHost(), scene.uri("/").getPort());
        socket.getOutputStream()
                .write(
                        "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                .getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    @Test
    void whatIsNoRequestIsRefusedInTheSameForm() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            URI server = scene.uri("/");
            String padding = "x".repeat(20_000);

            assertRefused(RawCall.send(server, "GET", "/a b", Scene.KEY, ""), 400);
            assertRefused(RawCall.send(server, "GET", "/health HTTP/9\r\n", Scene.KEY, ""), 505);
            assertRefused(RawCall.send(server, "GET", "/health", Scene.KEY + padding, ""), 431);
            assertRefused(RawCall.send(server, "GET", "/health?" + padding, Scene.KEY, ""), 414);
            assertRefused(RawCall.send(server, "BREW", "/health", Scene.KEY, ""), 405);
            assertRefused(RawCall.send(server, "GET", "/api/v2/jobs", Scene.KEY, ""), 404);
            assertThat(scene.get("/health").status()).isEqualTo(200);
        }
    }

    private static void assertRefused(RawCall.Answer answer, int status) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.text())
                .contains("application/problem+json", "\"error\":")
                .doesNotContain("The server failed");
    }

    @Test
    void theFolderOfAJobThatEndedLongAgoIsRemoved() throws Exception {
        try (Scene scene = new Scene(folder, "api: { retention: 30d }\n")) {
            String job = scene.submit("echo x > a.txt");
            String workspace = scene.finished(job).path("results").path("workspace").stringValue();
            scene.restart();
            assertThat(Path.of(workspace)).isDirectory();

            scene.restart(Clock.offset(Clock.systemUTC(), Duration.ofDays(31)));

            scene.awaiting(
                    () -> Optional.of(workspace).filter(gone -> !Files.exists(Path.of(gone))));
            assertThat(scene.get("/api/v1/jobs/" + job + "/artifacts/FINAL_RESULT.md").status())
                    .isEqualTo(404);
            assertThat(scene.get("/api/v1/jobs/" + job + "/results").status()).isEqualTo(200);
        }
    }

    @Test
    void bodiesThatAreTooLargeOrNoJsonAreRefused() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            byte[] large = new byte[100_000_000];
            HttpRequest.Builder call =
                    scene.call("/api/v1/orchestrate").header("Content-Type", "application/json");
            assertThat(
                            scene.send(call.POST(HttpRequest.BodyPublishers.ofByteArray(large)))
                                    .status())
                    .isEqualTo(413);
            assertThat(
                            scene.send(
                                            scene.call("/api/v1/orchestrate")
                                                    .POST(
                                                            HttpRequest.BodyPublishers.ofString(
                                                                    "{}")))
                                    .status())
                    .isEqualTo(415);
            assertThat(scene.send(scene.call("/api/v1/nothing")).status()).isEqualTo(404);
            Scene.Answer wrong = scene.send(scene.call("/health").DELETE());
            assertThat(wrong.status()).isEqualTo(405);
            assertThat(wrong.header("Allow")).isEqualTo("GET, HEAD");
        }
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedHoweverItComes() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            InputStream endless = new SequenceInputStream(ones(50_000_000), ones(50_000_000));
            HttpRequest.Builder inChunks =
                    scene.call("/api/v1/orchestrate")
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofInputStream(() -> endless));

            assertThat(scene.send(inChunks).status()).isEqualTo(413);
            assertThat(
                            scene.send(
                                            Scene.body(
                                                    scene.call("/api/v1/orchestrate")
                                                            .expectContinue(true),
                                                    "1".repeat(2_000_000)))
                                    .status())
                    .isEqualTo(413);
            assertThat(scene.get("/api/v1/jobs").json().path("total").intValue()).isZero();
        }
    }

    private static InputStream ones(int count) {
        return new ByteArrayInputStream(new byte[count]);
    }

    @Test
    void jsonThatIsNestedTooDeepIsRefusedAndCostsLittle() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            String key = "k".repeat(1_900);
            for (String deep :
                    List.of(
                            "[".repeat(1_000_000),
                            "{\"plan\":".repeat(100_000),
                            ("{\"" + key + "\":").repeat(500))) {
                Scene.Answer answer = scene.post("/api/v1/orchestrate", deep);

                assertThat(answer.status()).isEqualTo(400);
                assertThat(answer.json().path("error").stringValue()).contains("nesting depth");
            }
        }
    }

    @Test
    void whoSendsAByteNowAndThenIsSentAway() throws Exception {
        try (Scene scene = new Scene(folder, "", Duration.ofSeconds(1))) {
            String head = "POST /api/v1/orchestrate HTTP/1.1\r\nHost: localhost\r\n";
            String body =
                    "Content-Type: application/json\r\nContent-Length: 1000000\r\nX-API-Key: "
                            + Scene.KEY
                            + "\r\n\r\n";

            assertThat(slowly(scene.uri("/"), head, "X-Padding: ")).isEmpty();
            String whole = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
            assertThat(slowly(scene.uri("/"), whole + head, "X-Padding: "))
                    .as("and also behind a call that came whole")
                    .doesNotContain("HTTP/1.1 4");
            assertThat(slowly(scene.uri("/"), head + body, "{"))
                    .startsWith("HTTP/1.1 408")
                    .contains("application/problem+json");
        }
    }

    /// What is answered to one that sends `begun`, and then a byte after the other until it is sent away.
    private static String slowly(URI server, String begun, String next) throws Exception {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.getOutputStream().write((begun + next).getBytes(StandardCharsets.UTF_8));
            Thread drip =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    while (true) {
                                        socket.getOutputStream().write('a');
                                        LockSupport.parkNanos(100_000_000);
                                    }
                                } catch (IOException closed) {
                                    // which is what the test waits for
                                }
                            });
            try {
                return RawCall.rest(socket);
            } finally {
                drip.interrupt();
                drip.join();
            }
        }
    }

    @Test
    void namesOfArtifactsDoNotLeadOut() throws Exception {
        try (Scene scene = new Scene(folder, "")) {
            String job =
                    scene.submit(
                            "echo x > a.txt; ln -s /etc/passwd ../x; ln -s /etc ../folder; exit 1");
            scene.finished(job);
            for (String name :
                    List.of(
                            "../../../coppice.yaml",
                            "%2e%2e/%2e%2e/coppice.yaml",
                            "%252e%252e/%252e%252e/coppice.yaml",
                            "..\\..\\..\\coppice.yaml",
                            "..;/..;/..;/coppice.yaml",
                            "logs/../../../../coppice.yaml",
                            "depth_0/worker_1/folder/passwd",
                            "..%2F..%2Fcoppice.yaml",
                            "/etc/passwd",
                            "%2Fetc%2Fpasswd",
                            "depth_0/worker_1/x",
                            "depth_0/worker_1/worktree/a.txt",
                            "",
                            ".",
                            "reports",
                            "a%00b")) {
                RawCall.Answer answer =
                        RawCall.send(
                                scene.uri("/"),
                                "GET",
                                "/api/v1/jobs/" + job + "/artifacts/" + name,
                                Scene.KEY,
                                "");
                assertThat(answer.status()).as(name).isIn(400, 404);
            }
        }
    }

    @Test
    void p18NoKeyIsFoundInWhatTheServerLeaves() throws Exception {
        String key;
        try (Scene scene = new Scene(folder, "")) {
            key = scene.key("submitter", Scope.SUBMIT);
            // what is asked is stored as it is: the agent alone puts the key together
            String halves = key.substring(0, 8) + "''" + key.substring(8);
            String order = Scene.order("echo " + halves + "; echo " + halves + " >&2");
            HttpRequest.Builder call =
                    Scene.body(scene.keyless("/api/v1/orchestrate"), order)
                            .header("X-API-Key", key);
            JsonNode answer = scene.send(call).json();
            scene.finished(answer.path("job_id").stringValue());
        }

        assertThat(filesWith(key)).isEmpty();
    }

    private List<Path> filesWith(String secret) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).filter(file -> has(file, secret)).toList();
        }
    }

    private static boolean has(Path file, String secret) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).contains(secret);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
