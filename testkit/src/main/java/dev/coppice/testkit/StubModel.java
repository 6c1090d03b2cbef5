package dev.coppice.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.coppice.testkit.ModelScript.Answer;
import dev.coppice.testkit.ModelScript.Trouble;
import dev.coppice.testkit.ModelScript.Turn;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// A stand-in for a model, so that a real coding CLI can be run without network, account or model: an HTTP server that
/// speaks the Anthropic Messages API, streaming and not, and answers from a script. The script stands in the prompt, as a
/// fenced block, or a rule gives it for a prompt:
/// ````
/// ```model
/// write hello.txt
/// | first line
/// bash git status
/// fail 529 times 1
/// say done
/// ```
/// ````
/// | step | does |
/// |---|---|
/// | `say TEXT` | says it; the lines below belong to it |
/// | `write PATH` | has the client write a file of the lines below; the path is from the client's directory |
/// | `bash LINE`, `background LINE` | has the client run a line of shell, in the background |
/// | `call TOOL` | calls any tool of the client's with the lines below, a JSON object |
/// | `json` | gives the lines below as the structured answer, or as text where the client has no tool for it |
/// | `fail STATUS [times N] [after SECONDS] [reset EPOCH]` | fails, always or N times; with `retry-after`; with the headers of an account that is used up until then |
/// | `sleep SECONDS`, `hang` | waits before the answer that follows; for ever |
/// | `usage INPUT OUTPUT [CACHE_READ CACHE_WRITE]` | says that each following answer used so many tokens |
///
/// Every answer is one turn. Which turn it is follows from the conversation that the client sends: so one stub serves
/// any number of clients, and a resumed session goes on where it was. The newest prompt with a script counts. Only how
/// often a step failed is kept. Safe for use by many threads.
public final class StubModel implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Function<String, Optional<String>> rules;
    private final List<ModelRequest> requests = new CopyOnWriteArrayList<>();
    private final Map<String, AtomicInteger> failures = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    private StubModel(HttpServer server, Function<String, Optional<String>> rules) {
        this.server = server;
        this.rules = rules;
    }

    /// Starts one that answers the scripts in prompts.
    public static StubModel start() {
        return start(prompt -> Optional.empty());
    }

    /// Starts one whose scripts come from these rules, else from the prompts.
    ///
    /// @param rules gives the steps for a prompt; called from many threads
    public static StubModel start(Function<String, Optional<String>> rules) {
        try {
            InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            StubModel stub = new StubModel(HttpServer.create(anyPort, 0), rules);
            stub.server.setExecutor(stub.threads);
            stub.server.createContext("/v1/messages", stub::answer);
            stub.server.start();
            return stub;
        } catch (IOException e) {
            throw new UncheckedIOException("the stub of a model can't listen", e);
        }
    }

    /// Its root, for `ANTHROPIC_BASE_URL`.
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /// What it was asked so far, in order.
    public List<ModelRequest> requests() {
        return List.copyOf(requests);
    }

    /// Ends it, and with it every answer that hangs.
    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
            if (exchange.getRequestURI().getPath().endsWith("/count_tokens")) {
                respond(exchange, 200, "{\"input_tokens\":" + (body.length() / 4 + 1) + "}");
                return;
            }
            String session = exchange.getRequestHeaders().getFirst("X-Claude-Code-Session-Id");
            ModelRequest request = ModelRequest.read(session == null ? "" : session, body);
            requests.add(request);
            Place place = place(request);
            if (isTroubled(exchange, place)) {
                return;
            }
            String id = "msg_" + UUID.randomUUID().toString().replace("-", "");
            ModelAnswer answer = new ModelAnswer(id, request, place.turn());
            if (request.streaming()) {
                exchange.getResponseHeaders().set("content-type", "text/event-stream");
                exchange.sendResponseHeaders(200, 0);
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(answer.events().getBytes(UTF_8));
                }
            } else {
                respond(exchange, 200, answer.json());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// A turn of a script; `key` names it among all of all clients.
    private record Place(Turn turn, String key) {}

    private Place place(ModelRequest request) {
        for (int i = request.prompts().size() - 1; i >= 0; i--) {
            String prompt = request.prompts().get(i);
            Optional<ModelScript> script =
                    rules.apply(prompt).map(ModelScript::parse).or(() -> ModelScript.in(prompt));
            if (script.isPresent()) {
                List<Turn> turns = script.get().turns();
                int at = request.answersSince().get(i);
                String key = request.session() + " " + i + " " + at;
                return at < turns.size() ? new Place(turns.get(at), key) : said("Done.", key);
            }
        }
        return said("There is no script for this.", "");
    }

    private static Place said(String text, String key) {
        return new Place(
                new Turn(List.of(), new Answer.Say(text), ModelScript.Tokens.DEFAULT), key);
    }

    /// Whether an error was sent, or nothing will be.
    private boolean isTroubled(HttpExchange exchange, Place place)
            throws IOException, InterruptedException {
        int index = 0;
        for (Trouble trouble : place.turn().troubles()) {
            String key = place.key() + " " + index++;
            switch (trouble) {
                case Trouble.Sleep sleep -> Thread.sleep(sleep.time());
                case Trouble.Hang _ -> {
                    closed.await();
                    return true;
                }
                case Trouble.Fail fail -> {
                    AtomicInteger failed = failures.computeIfAbsent(key, _ -> new AtomicInteger());
                    if (failed.getAndIncrement() < fail.times()) {
                        fail(exchange, fail);
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static void fail(HttpExchange exchange, Trouble.Fail fail) throws IOException {
        fail.retryAfterSeconds()
                .ifPresent(seconds ->
                        exchange.getResponseHeaders().set("retry-after", String.valueOf(seconds)));
        fail.accountReset()
                .ifPresent(reset -> {
                    String prefix = "anthropic-ratelimit-unified-";
                    exchange.getResponseHeaders().set(prefix + "status", "rejected");
                    exchange.getResponseHeaders().set(prefix + "reset", String.valueOf(reset));
                    exchange.getResponseHeaders().set(prefix + "representative-claim", "five_hour");
                });
        respond(exchange, fail.status(), ModelAnswer.error(fail.status()));
    }

    private static void respond(HttpExchange exchange, int status, String json) throws IOException {
        byte[] bytes = json.getBytes(UTF_8);
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
