package dev.coppice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The client against a server that answers as it is told.
class CoppiceClientTest {
    private static final String KEY = "your-api-key";
    private static final Retries HASTY = new Retries(3, Duration.ofMillis(1), Duration.ofMillis(5));

    private record Answer(int status, String type, String body, Map<String, String> headers) {
        static Answer json(int status, String body) {
            return new Answer(status, "application/json", body, Map.of());
        }

        static Answer problem(int status, String detail) {
            String body =
                    """
                    {"type": "urn:x", "title": "X", "status": %d, "detail": "%s", "error": "%s",
                     "errors": [{"place": "config.max_workers", "message": "must be from 1 to 64"}]}
                    """
                            .formatted(status, detail, detail);
            return new Answer(status, "application/problem+json", body, Map.of());
        }
    }

    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final Queue<String> calls = new ConcurrentLinkedQueue<>();
    private final Queue<String> idempotencyKeys = new ConcurrentLinkedQueue<>();
    private HttpServer server;
    private CoppiceClient client;

    CoppiceClientTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        client = new CoppiceClient(address() + "/", KEY, HASTY);
    }

    private String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @BeforeEach
    void serve() {
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void close() {
        client.close();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        calls.add(
                exchange.getRequestMethod()
                        + " "
                        + exchange.getRequestURI()
                        + " "
                        + exchange.getRequestHeaders().getFirst("X-API-Key")
                        + " "
                        + body);
        List<String> keys = exchange.getRequestHeaders().get("Idempotency-Key");
        if (keys != null) {
            idempotencyKeys.addAll(keys);
        }
        Answer answer = answers.size() > 1 ? answers.remove() : answers.element();
        exchange.getResponseHeaders().set("Content-Type", answer.type());
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Test
    void anOrderIsSentAsDocument004HasIt() throws Exception {
        answers.add(
                Answer.json(
                        202, "{\"job_id\":\"abc\",\"status\":\"submitted\",\"warnings\":[\"w\"]}"));

        Submission job =
                client.orchestrate(
                        JobOrder.of("Create a pipeline \"now\"")
                                .maxWorkers(4)
                                .defaultTimeout(Duration.ofMinutes(5))
                                .enableRecursion(true));

        assertThat(job).isEqualTo(new Submission("abc", "submitted", List.of("w")));
        assertThat(calls)
                .containsExactly(
                        "POST /api/v1/orchestrate your-api-key "
                                + "{\"request\":\"Create a pipeline \\\"now\\\"\",\"config\":"
                                + "{\"max_workers\":4,\"default_timeout\":300.0,\"enable_recursion\":true}}");
    }

    @Test
    void aServerThatFailsOnceIsAskedAgainAndKnowsTheCallAgain() throws Exception {
        answers.add(Answer.json(500, ""));
        answers.add(Answer.json(202, "{\"job_id\":\"abc\",\"status\":\"submitted\"}"));

        assertThat(client.orchestrate(JobOrder.of("x")).jobId()).isEqualTo("abc");

        assertThat(calls).hasSize(2);
        assertThat(idempotencyKeys).hasSize(2);
        assertThat(idempotencyKeys.stream().distinct()).hasSize(1);
    }

    @Test
    void aCancelWhoseAnswerWasLostIsDone() throws Exception {
        answers.add(Answer.json(502, ""));
        answers.add(Answer.problem(409, "The job is over already: canceled."));
        answers.add(status("canceled", 0));

        client.cancel("abc");

        assertThat(calls).hasSize(3);
    }

    @Test
    void aJobThatIsOverIsNotCanceled() {
        answers.add(Answer.problem(409, "The job is over already: canceled."));
        answers.add(status("canceled", 1));

        assertThatThrownBy(() -> client.cancel("abc")).isInstanceOf(ConflictException.class);
    }

    @Test
    void aRetryIsMadeAgainOnlyWhereItWasSurelyNotDone() throws Exception {
        answers.add(Answer.problem(503, "The server stops."));
        answers.add(Answer.problem(429, "Too many."));
        answers.add(Answer.json(202, "{}"));
        client.retry("abc", Optional.empty());
        assertThat(calls).hasSize(3);

        answers.clear();
        answers.add(Answer.json(502, ""));
        assertThatThrownBy(() -> client.retry("abc", Optional.empty()))
                .isInstanceOf(ServerException.class);
        assertThat(calls).hasSize(4);
    }

    @Test
    void aServerThatSaysNothingIsNotWaitedForBeyondTheLimit() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                CoppiceClient waiting =
                        new CoppiceClient("http://127.0.0.1:" + silent.getLocalPort(), KEY)) {
            assertThatThrownBy(() -> waiting.await("abc", Duration.ofSeconds(1), _ -> {}))
                    .isInstanceOf(WaitTimedOutException.class);
        }
    }

    @Test
    void anAnswerThatStopsHalfwayIsNotWaitedForBeyondTheLimit() throws Exception {
        try (ServerSocket halting = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                CoppiceClient waiting =
                        new CoppiceClient("http://127.0.0.1:" + halting.getLocalPort(), KEY)) {
            Thread.ofVirtual().start(() -> beginAnswer(halting));

            assertThatThrownBy(() -> waiting.await("abc", Duration.ofSeconds(1), _ -> {}))
                    .isInstanceOf(WaitTimedOutException.class);
        }
    }

    /// Begins an answer, and leaves it at that until the caller goes.
    private static void beginAnswer(ServerSocket server) {
        try (Socket caller = server.accept()) {
            caller.getOutputStream()
                    .write(
                            "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"
                                    .getBytes(StandardCharsets.UTF_8));
            caller.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFileIsReadPartByPart() throws Exception {
        answers.add(Answer.json(500, ""));
        answers.add(
                new Answer(
                        200,
                        "text/plain; charset=utf-8",
                        "ä\nhalf",
                        Map.of("X-Next-Offset", "10")));

        FilePart part = client.artifact("abc", "depth_0/a b.log", 7);

        assertThat(part).isEqualTo(new FilePart("ä\nhalf", 10));
        assertThat(calls)
                .contains(
                        "GET /api/v1/jobs/abc/artifacts/depth_0/a%20b.log?offset=7 your-api-key ");
    }

    @Test
    void aServerThatFailsForEverIsAServerException() {
        answers.add(Answer.problem(503, "The server stops."));

        assertThatThrownBy(() -> client.status("abc"))
                .isInstanceOf(ServerException.class)
                .hasMessage("The server stops.");
        assertThat(calls).hasSize(4);
    }

    @Test
    void aWrongKeyIsToldAtOnce() {
        answers.add(Answer.problem(401, "The key is unknown."));

        assertThatThrownBy(() -> client.status("abc"))
                .isInstanceOf(AuthenticationException.class)
                .hasMessage("The key is unknown.");
        assertThat(calls).hasSize(1);
    }

    @Test
    void eachKindOfRefusalHasItsException() {
        assertThat(refused(400)).isInstanceOf(InvalidRequestException.class);
        assertThat(refused(413)).isInstanceOf(InvalidRequestException.class);
        assertThat(refused(403)).isInstanceOf(AuthenticationException.class);
        assertThat(refused(404)).isInstanceOf(NotFoundException.class);
        assertThat(refused(409)).isInstanceOf(ConflictException.class);
        assertThat(refused(429)).isInstanceOf(TooManyRequestsException.class);
        assertThat(refused(400).problem().orElseThrow().errors())
                .containsExactly(
                        new ProblemDocument.Item("config.max_workers", "must be from 1 to 64"));
    }

    private CoppiceClientException refused(int status) {
        answers.clear();
        answers.add(Answer.problem(status, "No."));
        return catchThrowableOfType(CoppiceClientException.class, () -> client.results("abc"));
    }

    @Test
    void noServerAtAllIsToldAfterAllTries() throws Exception {
        // a port that no other program can take meanwhile, and at which nobody listens
        try (Socket taken = new Socket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            String address = "http://127.0.0.1:" + taken.getLocalPort();
            try (CoppiceClient alone = new CoppiceClient(address, KEY, HASTY)) {
                assertThatThrownBy(() -> alone.status("abc"))
                        .isInstanceOf(UnreachableException.class)
                        .hasMessageContaining(address);
            }
        }
    }

    @Test
    void waitingTellsEachChangeAndEndsWithTheJob() throws Exception {
        answers.add(status("running", 0));
        answers.add(status("running", 0));
        answers.add(status("running", 1));
        answers.add(status("partial", 1));
        List<String> told = new ArrayList<>();

        JobStatus last =
                client.await(
                        "abc",
                        Duration.ofMinutes(1),
                        Duration.ofMillis(1),
                        status -> told.add(status.status() + " " + status.progress().completed()));

        assertThat(last.status()).isEqualTo("partial");
        assertThat(told).containsExactly("running 0", "running 1", "partial 1");
    }

    @Test
    void waitingEndsWhenTheTimeIsUp() {
        answers.add(status("running", 0));

        assertThatThrownBy(() -> client.await("abc", Duration.ZERO, Duration.ofMillis(1), _ -> {}))
                .isInstanceOf(WaitTimedOutException.class)
                .hasMessageContaining("abc");
    }

    private static Answer status(String status, int completed) {
        return Answer.json(
                200,
                """
                {"job_id": "abc", "status": "%s", "interrupted": false, "why": "",
                 "progress": {"total": 2, "completed": %d, "success_rate": 1.0}, "newer": [1]}
                """
                        .formatted(status, completed));
    }

    @Test
    void beforeAJobsEndNothingIsSaidOfIt() throws Exception {
        answers.add(status("running", 0));
        answers.add(
                Answer.json(
                        200, "{\"job_id\":\"abc\",\"status\":\"failed\",\"why\":\"It broke.\"}"));
        answers.add(Answer.json(200, "{\"job_id\":\"abc\",\"status\":\"failed\"}"));

        assertThat(client.status("abc").why()).isEmpty();
        assertThat(client.status("abc").why()).contains("It broke.");
        assertThat(client.status("abc").why()).as("what a caller without a key gets").isEmpty();
    }

    @Test
    void namesStayWithinTheirPartOfTheAddress() throws Exception {
        answers.add(status("running", 0));

        client.status("../abc?x=1");

        assertThat(calls.element())
                .startsWith("GET /api/v1/jobs/..%2Fabc%3Fx%3D1/status your-api-key");
    }

    @Test
    void anAddressThatIsNoneIsRefused() {
        assertThatThrownBy(() -> new CoppiceClient("localhost:8000", KEY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("http://HOST:PORT");
    }
}
