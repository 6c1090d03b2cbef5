package dev.coppice.house.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coppice.client.CoppiceClient;
import dev.coppice.client.JobOrder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Many look at one job while it runs.
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class CrowdTest {
    private static final int FOLLOWERS = 500;
    private static final int POLLS = 1_000;
    private static final int POLLS_A_SECOND = 200;

    /// Says that no more events will come.
    private static final int OVER = 204;

    /// Half of what the launcher lets a server have.
    private static final String HEAP = "-Xmx256m";

    private static final String KEY = "a-key-of-forty-characters-for-the-tests!";
    private static final Pattern SERVING = Pattern.compile("^serving at (\\S+)", Pattern.MULTILINE);

    @TempDir Path folder;

    @Test
    void fiveHundredFollowersAndTwoHundredPollsASecondGetWhatTheyAskFor() throws Exception {
        // given a job whose tasks end one after the other, the last one when it may
        Scene scene = Scene.in(folder).with("JAVA_TOOL_OPTIONS", HEAP);
        scene.configure(
                Scene.CONFIGURATION
                        + "api: { port: 0, rate_limit: 1000000, api_key: '%s' }\n".formatted(KEY));
        Path gate = folder.resolve("gate");
        String last = "while [ ! -e '%s' ]; do sleep 0.05; done".formatted(gate);
        Process serving = scene.start("serve");
        try (HttpClient http = HttpClient.newHttpClient();
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Scene.await(() -> SERVING.matcher(scene.program().printed("out")).find());
            String address = address(scene);
            String job = submit(address, last);
            String path = address + "/api/v1/jobs/" + job;

            // when
            List<Future<List<Long>>> followers = new ArrayList<>();
            for (int i = 0; i < FOLLOWERS; i++) {
                followers.add(callers.submit(() -> follow(http, path)));
            }
            Scene.await(() ->
                    get(http, address + "/metrics")
                            .body()
                            .contains("coppice_streams " + FOLLOWERS));
            List<Future<Integer>> polls = new ArrayList<>();
            for (int i = 0; i < POLLS; i++) {
                polls.add(callers.submit(() -> get(http, path + "/status").statusCode()));
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1) / POLLS_A_SECOND);
            }
            for (Future<Integer> poll : polls) {
                assertThat(poll.get()).isEqualTo(200);
            }
            Files.createFile(gate);

            // then
            List<Long> whole =
                    LongStream.rangeClosed(1, followers.getFirst().get().size()).boxed().toList();
            for (Future<List<Long>> follower : followers) {
                assertThat(follower.get()).isEqualTo(whole);
            }
            assertThat(get(http, path + "/status").body()).contains("\"completed\"");
            assertThat(serving.isAlive()).isTrue();
        } finally {
            serving.destroy();
            serving.waitFor();
        }
    }

    private static String address(Scene scene) throws IOException {
        Matcher serving = SERVING.matcher(scene.program().printed("out"));
        assertThat(serving.find()).isTrue();
        return serving.group(1);
    }

    private static String submit(String address, String last) throws InterruptedException {
        List<Map<String, String>> tasks =
                Stream.concat(IntStream.range(0, 20).mapToObj(i -> "echo " + i), Stream.of(last))
                        .map(line -> Map.of("description", line))
                        .toList();
        try (CoppiceClient client = new CoppiceClient(address, KEY)) {
            return client.orchestrate(
                            JobOrder.of("Be looked at")
                                    .defaultTimeout(Duration.ofHours(1))
                                    .plan(Map.of("tasks", tasks)))
                    .jobId();
        }
    }

    private static HttpRequest request(String uri) {
        return HttpRequest.newBuilder(URI.create(uri)).header("X-API-Key", KEY).build();
    }

    private static HttpResponse<String> get(HttpClient http, String uri) throws IOException {
        try {
            return http.send(request(uri), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /// The numbers of the events that came, to the end of the job. Like a browser this comes back with the last one where
    /// the stream ends before: as it does for who can't keep up.
    private static List<Long> follow(HttpClient http, String path)
            throws IOException, InterruptedException {
        List<Long> got = new ArrayList<>();
        while (true) {
            long last = got.isEmpty() ? 0 : got.getLast();
            HttpResponse<Stream<String>> answer =
                    http.send(
                            request(path + "/events?after=" + last),
                            HttpResponse.BodyHandlers.ofLines());
            try (Stream<String> lines = answer.body()) {
                if (answer.statusCode() == OVER) {
                    return got;
                }
                assertThat(answer.statusCode()).isEqualTo(200);
                lines.filter(line -> line.startsWith("id: "))
                        .map(line -> Long.valueOf(line.substring("id: ".length())))
                        .forEach(got::add);
            } catch (UncheckedIOException _) {
                // it was cut off, which is an end like another
            }
        }
    }
}
