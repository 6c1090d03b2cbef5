package dev.coppice.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/// A client of Coppice's REST API, as document 004 has one in Python. Its methods block and can be interrupted; each may be
/// called from many threads at once.
///
/// A call that the server could not answer (5xx, 429, no connection) is made again after a wait; starting a job too, since it
/// carries a key by which the server knows it again. [#retry] is made again only where the server has surely not done it.
/// Everything else that goes wrong is a [CoppiceClientException] at once.
///
/// ```java
/// try (CoppiceClient client = new CoppiceClient("http://localhost:8000", "your-api-key")) {
///     Submission job = client.orchestrate(JobOrder.of("Create a pipeline").maxWorkers(4));
///     client.await(job.jobId(), Duration.ofHours(1), status -> System.out.println(status.progress()));
///     JobResults results = client.results(job.jobId());
/// }
/// ```
public final class CoppiceClient implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofSeconds(1);

    /// So long the server may take to answer, however little time is left.
    private static final Duration LEAST = Duration.ofSeconds(1);

    private static final Duration UNLIMITED = ChronoUnit.FOREVER.getDuration();

    /// Begins each line of the stream of events that has an event.
    private static final String EVENT = "data: ";

    private final URI server;
    private final String apiKey;
    private final Retries retries;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build();

    /// A client with [Retries#DEFAULT].
    ///
    /// @param apiUrl the server's root, `http://localhost:8000`
    /// @param apiKey sent as `X-API-Key`, never as part of a URL
    /// @throws IllegalArgumentException where the URL is none of http or https
    public CoppiceClient(String apiUrl, String apiKey) {
        this(apiUrl, apiKey, Retries.DEFAULT);
    }

    /// As the other, with other waits.
    public CoppiceClient(String apiUrl, String apiKey, Retries retries) {
        this.server = URI.create(apiUrl.replaceFirst("/+$", ""));
        if (!("http".equals(server.getScheme()) || "https".equals(server.getScheme()))
                || server.getHost() == null) {
            throw new IllegalArgumentException(
                    "the server's address must have the form http://HOST:PORT, not " + apiUrl);
        }
        this.apiKey = apiKey;
        this.retries = retries;
    }

    /// Starts a job and returns as soon as the server has taken it on.
    public Submission orchestrate(JobOrder order) throws InterruptedException {
        HttpRequest.Builder call =
                call("/api/v1/orchestrate")
                        .header("Idempotency-Key", UUID.randomUUID().toString())
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(order.json()));
        return read(send(call), Submission.class);
    }

    /// Where a job stands.
    public JobStatus status(String jobId) throws InterruptedException {
        return status(jobId, UNLIMITED);
    }

    private JobStatus status(String jobId, Duration limit) throws InterruptedException {
        return read(send(job(jobId, "/status").GET(), _ -> true, limit), JobStatus.class);
    }

    /// Waits until a job is over.
    ///
    /// @param limit how long at most; a server that does not answer may make it a second more
    /// @param progress is told where the job stands, at first and whenever that has changed; looked at once a second
    /// @throws WaitTimedOutException where the job is not over by then; it goes on
    public JobStatus await(String jobId, Duration limit, Consumer<JobStatus> progress)
            throws InterruptedException {
        return await(jobId, limit, POLL, progress);
    }

    JobStatus await(String jobId, Duration limit, Duration poll, Consumer<JobStatus> progress)
            throws InterruptedException {
        long begin = System.nanoTime();
        Optional<JobStatus> told = Optional.empty();
        while (true) {
            JobStatus status;
            try {
                status = status(jobId, left(limit, begin));
            } catch (UnreachableException | ServerException | TooManyRequestsException e) {
                if (left(limit, begin).isPositive()) {
                    throw e;
                }
                throw new WaitTimedOutException(jobId, limit);
            }
            if (told.filter(status::equals).isEmpty()) {
                progress.accept(status);
                told = Optional.of(status);
            }
            if (status.isOver()) {
                return status;
            }
            Duration left = left(limit, begin);
            if (!left.isPositive()) {
                throw new WaitTimedOutException(jobId, limit);
            }
            Thread.sleep(shorter(left, poll));
        }
    }

    private static Duration left(Duration limit, long begin) {
        return limit.minusNanos(System.nanoTime() - begin);
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /// What a job brought.
    ///
    /// @throws ConflictException before its end
    public JobResults results(String jobId) throws InterruptedException {
        return read(send(job(jobId, "/results").GET()), JobResults.class);
    }

    /// What [#status] is made of, as JSON: all that the server says of a job.
    public String statusDocument(String jobId) throws InterruptedException {
        return send(job(jobId, "/status").GET());
    }

    /// What [#results] is made of, as JSON.
    ///
    /// @throws ConflictException before the job's end
    public String resultsDocument(String jobId) throws InterruptedException {
        return send(job(jobId, "/results").GET());
    }

    /// The events that a job has so far, each as a line of JSON, in their order.
    ///
    /// @param after only those behind the event with this number; 0: all
    public List<String> events(String jobId, long after) throws InterruptedException {
        return send(job(jobId, "/events?follow=false&after=" + after).GET())
                .lines()
                .filter(line -> line.startsWith(EVENT))
                .map(line -> line.substring(EVENT.length()))
                .toList();
    }

    /// Lines of a file of a job's folder, as far as it was written: about a megabyte of them.
    ///
    /// @param path from the folder, with slashes: `depth_0/worker_1/attempt_1/output.log`
    /// @param offset the byte at which a line begins: 0, then [FilePart#next]
    /// @throws NotFoundException where there is no such file
    public FilePart artifact(String jobId, String path, long offset) throws InterruptedException {
        String encoded =
                Stream.of(path.split("/"))
                        .map(CoppiceClient::encoded)
                        .collect(Collectors.joining("/"));
        HttpResponse<String> answer =
                exchange(
                        job(jobId, "/artifacts/" + encoded + "?offset=" + offset).GET(),
                        _ -> true,
                        UNLIMITED);
        return new FilePart(
                answer.body(), answer.headers().firstValueAsLong("X-Next-Offset").orElse(offset));
    }

    /// Asks for the end of a job, and of its children.
    ///
    /// @throws ConflictException where it is over
    public void cancel(String jobId) throws InterruptedException {
        AtomicBoolean isRepeated = new AtomicBoolean();
        try {
            send(
                    job(jobId, "/cancel").POST(HttpRequest.BodyPublishers.noBody()),
                    _ -> {
                        isRepeated.set(true);
                        return true;
                    },
                    UNLIMITED);
        } catch (ConflictException e) {
            // perhaps by this very call, whose first answer was lost
            if (!isRepeated.get() || !status(jobId).status().equals("canceled")) {
                throw e;
            }
        }
    }

    /// Asks for another try of all tasks that did not succeed.
    ///
    /// @param defaultTimeout the new wall clock of their attempts; empty: as before
    public void retry(String jobId, Optional<Duration> defaultTimeout) throws InterruptedException {
        retry(jobId, List.of(), defaultTimeout);
    }

    /// Asks for another try of these tasks.
    ///
    /// @param tasks their ids, or their workers' names; empty: all that did not succeed
    /// @param defaultTimeout the new wall clock of their attempts; empty: as before
    /// @throws ConflictException where there is nothing to try again
    /// @throws UnreachableException also where the answer was lost: look at the job's status before you ask again
    public void retry(String jobId, List<String> tasks, Optional<Duration> defaultTimeout)
            throws InterruptedException {
        SequencedMap<String, Object> again = new LinkedHashMap<>();
        if (!tasks.isEmpty()) {
            again.put("tasks", tasks);
        }
        defaultTimeout.ifPresent(t -> again.put("default_timeout", t.toMillis() / 1000.0));
        String body = Wire.write(again);
        send(
                job(jobId, "/retry")
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)),
                CoppiceClient::isUndone,
                UNLIMITED);
    }

    /// A part of the list of jobs, the newest first.
    ///
    /// @param status only those of this status; empty: all
    public JobPage jobs(Optional<String> status, int limit, int offset)
            throws InterruptedException {
        String query =
                "?limit="
                        + limit
                        + "&offset="
                        + offset
                        + status.map(s -> "&status=" + encoded(s)).orElse("");
        return read(send(call("/api/v1/jobs" + query).GET()), JobPage.class);
    }

    /// What the server does now.
    public ServerStatus server() throws InterruptedException {
        return read(send(call("/api/v1/status").GET()), ServerStatus.class);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    // ---- calls ----

    private HttpRequest.Builder job(String jobId, String what) {
        return call("/api/v1/jobs/" + encoded(jobId) + what);
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder call(String path) {
        return HttpRequest.newBuilder(URI.create(server + path))
                .header("X-API-Key", apiKey)
                .header("Accept", "application/json");
    }

    private String send(HttpRequest.Builder call) throws InterruptedException {
        return send(call, _ -> true, UNLIMITED);
    }

    private String send(
            HttpRequest.Builder call, Predicate<CoppiceClientException> mayRepeat, Duration limit)
            throws InterruptedException {
        return exchange(call, mayRepeat, limit).body();
    }

    /// @param mayRepeat whether the call may be made again after this failure, of those that may pass
    /// @param limit for all tries together, each of which has at least a second
    private HttpResponse<String> exchange(
            HttpRequest.Builder call, Predicate<CoppiceClientException> mayRepeat, Duration limit)
            throws InterruptedException {
        long begin = System.nanoTime();
        for (int tried = 0; ; tried++) {
            Duration left = left(limit, begin);
            Duration answer = shorter(ANSWER, left.compareTo(LEAST) < 0 ? LEAST : left);
            Duration wait = retries.delay(tried, ThreadLocalRandom.current().nextDouble());
            CoppiceClientException failure;
            try {
                HttpResponse<String> got = answer(call.build(), answer);
                if (got.statusCode() < 300) {
                    return got;
                }
                failure = failure(got, got.body());
                if (!mayPass(got.statusCode())) {
                    throw failure;
                }
                wait = asked(got).orElse(wait);
            } catch (IOException e) {
                failure = unreachable(e);
            }
            if (tried == retries.most()
                    || !mayRepeat.test(failure)
                    || left(limit, begin).compareTo(wait) <= 0) {
                throw failure;
            }
            Thread.sleep(wait);
        }
    }

    /// The whole answer: a limit of the request itself would hold for its beginning alone.
    private HttpResponse<String> answer(HttpRequest call, Duration limit)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<String>> answer =
                http.sendAsync(call, HttpResponse.BodyHandlers.ofString());
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("it did not answer within " + limit.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e);
        } finally {
            answer.cancel(true);
        }
    }

    /// Whether the server has surely not done what it was asked: nobody was there, or it said so.
    private static boolean isUndone(CoppiceClientException failure) {
        return failure.getCause() instanceof ConnectException
                || failure instanceof TooManyRequestsException
                || failure.problem().filter(problem -> problem.status() == 503).isPresent();
    }

    private UnreachableException unreachable(Exception e) {
        String why = Optional.ofNullable(e.getMessage()).map(text -> ": " + text).orElse(".");
        return new UnreachableException("The server " + server + " can't be reached" + why, e);
    }

    private static boolean mayPass(int status) {
        return status == 429 || status >= 500;
    }

    /// What `Retry-After` asks for, in seconds.
    private Optional<Duration> asked(HttpResponse<?> answer) {
        OptionalLong seconds = OptionalLong.empty();
        try {
            seconds = answer.headers().firstValueAsLong("Retry-After");
        } catch (NumberFormatException _) {
            // a date, which our server does not send: the usual wait
        }
        return seconds.stream()
                .mapToObj(Duration::ofSeconds)
                .map(wait -> wait.compareTo(retries.longest()) < 0 ? wait : retries.longest())
                .findFirst();
    }

    private static CoppiceClientException failure(HttpResponse<?> answer, String body) {
        Optional<ProblemDocument> problem = problem(answer, body);
        int status = answer.statusCode();
        String message =
                problem.map(ProblemDocument::detail)
                        .filter(Predicate.not(String::isBlank))
                        .orElse("The server answered with status " + status + ".");
        return switch (status) {
            case 401, 403 -> new AuthenticationException(message, problem);
            case 404 -> new NotFoundException(message, problem);
            case 409 -> new ConflictException(message, problem);
            case 429 -> new TooManyRequestsException(message, problem);
            default ->
                    status >= 500
                            ? new ServerException(message, problem)
                            : new InvalidRequestException(message, problem);
        };
    }

    private static Optional<ProblemDocument> problem(HttpResponse<?> answer, String body) {
        boolean isProblem =
                answer.headers()
                        .firstValue("Content-Type")
                        .filter(type -> type.startsWith("application/problem+json"))
                        .isPresent();
        try {
            return isProblem
                    ? Optional.of(Wire.read(body, ProblemDocument.class))
                    : Optional.empty();
        } catch (JacksonException _) {
            return Optional.empty(); // what cannot be read says no more than its status
        }
    }

    private static <T> T read(String body, Class<T> type) {
        try {
            return Wire.read(body, type);
        } catch (JacksonException e) {
            throw new CoppiceClientException(
                    "The server's answer is none that this client knows: " + e.getOriginalMessage(),
                    e);
        }
    }
}
