package dev.coppice.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.git.BranchName;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.server.access.Scope;
import dev.coppice.server.jobs.Fault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// What is followed while it grows: a job's events and its logs.
class FeedsTest {
    @TempDir Path folder;
    private Scene scene;

    @BeforeEach
    void serve() throws Exception {
        scene = new Scene(folder, "");
    }

    @AfterEach
    void end() {
        scene.close();
    }

    /// A line that says its word and waits until a file is there.
    private String waiting(String word) {
        return "echo %s; while [ ! -e '%s' ]; do sleep 0.05; done; echo %s > %s.txt"
                .formatted(word, gate(), word, word);
    }

    private Path gate() {
        return folder.resolve("gate");
    }

    // ---- events ----

    /// A stream of events that is read.
    private record Following(BufferedReader lines) implements AutoCloseable {
        /// The next event's number; empty at the end of the stream.
        Optional<Long> next() throws IOException {
            String line = lines.readLine();
            while (line != null && !line.startsWith("id: ")) {
                line = lines.readLine();
            }
            if (line == null) {
                return Optional.empty();
            }
            long id = Long.parseLong(line.substring("id: ".length()));
            String data = line(lines).substring("data: ".length());
            ApiDocument.requireEvent(data);
            assertThat(JsonMapper.shared().readTree(data).path("sequence").longValue())
                    .isEqualTo(id);
            return Optional.of(id);
        }

        /// The numbers of all events until the end.
        List<Long> rest() throws IOException {
            List<Long> all = new ArrayList<>();
            for (Optional<Long> next = next(); next.isPresent(); next = next()) {
                all.add(next.get());
            }
            return all;
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }

    /// Follows a job behind this event; empty where it is over and has no more.
    private Optional<Following> follow(String job, long after)
            throws IOException, InterruptedException {
        return follow(job, "", after);
    }

    private Optional<Following> follow(String job, String query, long after)
            throws IOException, InterruptedException {
        HttpRequest.Builder call =
                scene.call("/api/v1/jobs/" + job + "/events" + query)
                        .header("Last-Event-ID", Long.toString(after));
        HttpResponse<InputStream> answer = scene.follow(call);
        if (answer.statusCode() == 204) {
            answer.body().close();
            return Optional.empty();
        }
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
        return Optional.of(
                new Following(
                        new BufferedReader(
                                new InputStreamReader(answer.body(), StandardCharsets.UTF_8))));
    }

    @Test
    void whoComesBackWithTheLastEventThatItGotMissesNoneAndGetsNoneTwice() throws Exception {
        String job = scene.submit(waiting("one"), waiting("two"), waiting("three"));
        List<Long> got = new ArrayList<>(List.of(0L));

        // when the connection ends after every second event, while the job goes on
        Optional<Following> open = follow(job, 0);
        while (open.isPresent()) {
            try (Following following = open.get()) {
                for (int i = 0; i < 2; i++) {
                    following.next().ifPresent(got::add);
                    if (got.size() == 6) {
                        Files.createFile(gate());
                    }
                }
            }
            open = follow(job, got.getLast());
        }

        // then
        try (Following whole = follow(job, 0).orElseThrow()) {
            assertThat(got.subList(1, got.size())).isEqualTo(whole.rest());
        }
        assertThat(got).isEqualTo(LongStream.range(0, got.size()).boxed().toList());
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aBrowserThatComesBackWithTheAddressOfItsFirstCallGetsNoEventTwice() throws Exception {
        String job = scene.submit(waiting("one"));
        scene.awaiting(() -> Optional.of(lastEvent(job)).filter(last -> last >= 3));

        try (Following following = follow(job, "?after=1", 2).orElseThrow()) {
            assertThat(following.next()).contains(3L);
            Files.createFile(gate());
            assertThat(following.rest()).isNotEmpty();
        }
        long last = lastEvent(job);
        assertThat(follow(job, "?after=1", last)).as("and stops when the job is over").isEmpty();
        try (Following following = follow(job, "?after=" + (last - 1), 1).orElseThrow()) {
            assertThat(following.rest()).containsExactly(last);
        }
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void theStreamsOfAKeyThatIsRevokedEnd() throws Exception {
        String job = scene.submit(waiting("one"));
        scene.await(job, "running"::equals);
        String reader = scene.key("reader", Scope.READ);
        String path = "/api/v1/jobs/" + job;
        try (InputStream events = stream(path + "/events", reader);
                InputStream log = stream(path + "/logs/worker_1?follow=true", reader)) {
            assertThat(events.read()).isNotNegative();

            scene.revoke("reader");

            events.transferTo(OutputStream.nullOutputStream());
            log.transferTo(OutputStream.nullOutputStream());
        }
        assertThat(scene.get(path).body()).contains("\"running\"");
        Files.createFile(gate());
    }

    private InputStream stream(String path, String key) throws IOException, InterruptedException {
        return scene.follow(scene.keyless(path).header("X-API-Key", key)).body();
    }

    @Test
    void eachOfManyFollowersGetsEachEventOnce() throws Exception {
        String job = scene.submit(waiting("one"), waiting("two"));
        scene.awaiting(() -> Optional.of(lastEvent(job)).filter(last -> last >= 3));
        List<Following> followers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            followers.add(follow(job, i % 4).orElseThrow());
        }

        Files.createFile(gate());

        List<Long> last = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            try (Following following = followers.get(i)) {
                List<Long> got = following.rest();
                assertThat(got)
                        .isEqualTo(
                                LongStream.range(0, got.size())
                                        .mapToObj(n -> n + got.getFirst())
                                        .toList());
                assertThat(got.getFirst()).isEqualTo(i % 4 + 1);
                last.add(got.getLast());
            }
        }
        assertThat(last).containsOnly(last.getFirst());
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void theEventsOfAJobWhoseResultWasMergedHaveAnEnd() throws Exception {
        String job =
                scene.submitted(
                        Scene.with(Scene.order("echo x > a.txt"), "{\"integrate\":\"branch\"}"));
        scene.finished(job);
        long ended = lastEvent(job);

        scene.coppice()
                .merge(scene.coppice().view(new JobId(job)).orElseThrow(), new BranchName("trunk"));

        assertThat(lastEvent(job)).isEqualTo(ended + 1);
        for (long after : List.of(0L, ended - 1, ended)) {
            try (Following following = follow(job, after).orElseThrow()) {
                assertThat(following.rest())
                        .isEqualTo(LongStream.rangeClosed(after + 1, ended + 1).boxed().toList());
            }
        }
        assertThat(follow(job, ended + 1)).isEmpty();
    }

    @Test
    void whoSaysToHaveMoreEventsThanThereAreIsRefused() throws Exception {
        String job = scene.submit(waiting("one"));
        scene.await(job, "running"::equals);

        Scene.Answer refused = scene.get("/api/v1/jobs/" + job + "/events?after=1000000000");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().at("/errors/0/place").stringValue()).isEqualTo("after");
    }

    @Test
    void theLogsOfTheJobAndOfItsWorkersGrowWhileItRuns() throws Exception {
        String job = scene.submit(waiting("one"));
        Path logs =
                scene.repository().path().resolve(".coppice/workspace/job_" + job).resolve("logs");
        String orchestrator =
                scene.awaiting(() -> text(logs.resolve("orchestrator.log"), "attempt 1"));
        String worker = scene.awaiting(() -> text(logs.resolve("depth_0_worker_1.log"), "one"));
        assertThat(scene.get("/api/v1/jobs/" + job).json().path("status").stringValue())
                .isEqualTo("running");

        Files.createFile(gate());
        scene.finished(job);

        assertThat(Files.readString(logs.resolve("orchestrator.log")))
                .startsWith(orchestrator)
                .hasSizeGreaterThan(orchestrator.length());
        assertThat(Files.readString(logs.resolve("depth_0_worker_1.log")))
                .startsWith(worker)
                .hasSizeGreaterThan(worker.length());
    }

    /// What is in a file, once that is.
    private static Optional<String> text(Path file, String wanted) throws IOException {
        return Files.exists(file)
                ? Optional.of(Files.readString(file)).filter(text -> text.contains(wanted))
                : Optional.empty();
    }

    private long lastEvent(String job) {
        return scene.coppice().log().last(new JobId(job)).orElseThrow().sequence();
    }

    @Test
    void whatIsStoredIsRenderedOnceForAllWhoReadIt() throws Exception {
        Files.createFile(gate());
        String job = scene.submit(waiting("one"), waiting("two"), waiting("three"));
        scene.finished(job);
        try (Feeds feeds = new Feeds(scene.coppice())) {
            Feed.Batch first = feeds.stored(new JobId(job), 0).orElseThrow();

            assertThat(feeds.stored(new JobId(job), 7)).containsSame(first);
            assertThat(first.last()).as("a page is bounded").isEqualTo(20);
            assertThat(feeds.stored(new JobId(job), 20).orElseThrow().last()).isBetween(21L, 40L);
            assertThat(feeds.stored(new JobId(job), lastEvent(job))).isEmpty();
        }
    }

    /// The next line, which is there.
    private static String line(BufferedReader lines) throws IOException {
        return Objects.requireNonNull(lines.readLine(), "the stream has ended");
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void whoDoesNotKeepUpIsDropped() throws Exception {
        String name = scene.submit("true");
        scene.finished(name);
        JobId job = new JobId(name);
        long last = lastEvent(name);
        Event note = new Event.Noted(Event.Level.INFO, Optional.empty(), "and so on");
        try (Feed feed = new Feed(scene.coppice(), job, last)) {
            Feed.Follower follower = feed.follow();
            for (int i = 1; i <= 64; i++) {
                int batches = i;
                scene.coppice().store().append(job, last + i, Instant.now(), List.of(note));
                scene.awaiting(
                        () -> Optional.of(follower.waiting()).filter(w -> w.size() == batches));
            }
            assertThat(follower.isDropped()).isFalse();

            scene.coppice().store().append(job, last + 65, Instant.now(), List.of(note));

            // which ends a write that nobody reads, here the wait for it
            while (!Thread.interrupted()) {
                LockSupport.parkNanos(20_000_000);
            }
            assertThat(follower.isDropped()).isTrue();
        }
    }

    @Test
    void moreStreamsThanTheServerCanHoldAreRefused() throws Exception {
        CountDownLatch begun = new CountDownLatch(2_000);
        CountDownLatch end = new CountDownLatch(1);
        try (Feeds feeds = new Feeds(scene.coppice());
                ExecutorService followers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 2_000; i++) {
                Future<?> _ =
                        followers.submit(() -> {
                            try (Feeds.Stream _ = feeds.begin(() -> true)) {
                                begun.countDown();
                                end.await();
                            }
                            return 0;
                        });
            }
            begun.await();

            assertThatThrownBy(() -> feeds.begin(() -> true))
                    .isInstanceOfSatisfying(
                            Fault.class, fault -> assertThat(fault.status()).isEqualTo(503));
            end.countDown();
        }
    }

    // ---- logs ----

    @Test
    void aLogIsFollowedUntilTheJobIsOver() throws Exception {
        String job = scene.submit(waiting("begun") + "; echo done");
        scene.await(job, "running"::equals);
        HttpRequest.Builder call = scene.call("/api/v1/jobs/" + job + "/logs/worker_1?follow=true");
        HttpResponse<InputStream> answer = scene.follow(call);

        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            String line = line(lines);
            while (!line.contains("begun")) {
                line = line(lines);
            }
            Files.createFile(gate());
            assertThat(lines.lines().filter(each -> each.contains("done"))).isNotEmpty();
        }
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void aFollowerOfAQuietLogThatWentAwayIsSeen() throws Exception {
        String job = scene.submit(waiting("begun"));
        scene.await(job, "running"::equals);
        URI server = scene.uri("/");
        try (Socket follower = new Socket(server.getHost(), server.getPort())) {
            follower.getOutputStream()
                    .write(
                            "GET /api/v1/jobs/%s/logs/worker_1?follow=true HTTP/1.1\r\nHost: localhost\r\nX-API-Key: %s\r\n\r\n"
                                    .formatted(job, Scene.KEY)
                                    .getBytes(StandardCharsets.UTF_8));
            scene.awaiting(() -> Optional.of(streams()).filter(open -> open == 1));
        }

        scene.awaiting(() -> Optional.of(streams()).filter(open -> open == 0));

        assertThat(scene.get("/api/v1/jobs/" + job).body()).contains("\"running\"");
        Files.createFile(gate());
    }

    private int streams() throws IOException, InterruptedException {
        return scene.get("/api/v1/status").json().path("followers").intValue();
    }

    @Test
    void aLogIsReadInParts() throws Exception {
        Files.createFile(gate());
        String job = scene.submit(waiting("one"));
        scene.finished(job);
        String path = "/api/v1/jobs/" + job + "/logs/orchestrator";
        String whole = scene.get(path).body();
        int size = whole.length();

        Map<String, String> parts =
                Map.of(
                        "0-9", whole.substring(0, 10),
                        "5-", whole.substring(5),
                        "-7", whole.substring(size - 7),
                        "0-999999", whole);
        for (Map.Entry<String, String> part : parts.entrySet()) {
            Scene.Answer answer =
                    scene.send(scene.call(path).header("Range", "bytes=" + part.getKey()));
            assertThat(answer.body()).as(part.getKey()).isEqualTo(part.getValue());
            assertThat(answer.status()).isEqualTo(answer.body().length() == size ? 200 : 206);
        }
        assertThat(
                        scene.send(scene.call(path).header("Range", "bytes=0-9"))
                                .header("Content-Range"))
                .isEqualTo("bytes 0-9/" + size);
        assertThat(scene.get(path + "?offset=10&limit=20").body())
                .isEqualTo(whole.substring(10, 30));
        assertThat(scene.get(path + "?offset=10&limit=20").status()).isEqualTo(200);
        assertThat(scene.get(path + "?offset=" + size).status()).isEqualTo(416);
        Scene.Answer beyond = scene.send(scene.call(path).header("Range", "bytes=9-5"));
        assertThat(beyond.status()).isEqualTo(416);
        assertThat(beyond.header("Content-Range")).isEqualTo("bytes */" + size);
        assertThat(scene.get("/api/v1/jobs/" + job + "/logs/worker_9").status()).isEqualTo(404);
    }
}
