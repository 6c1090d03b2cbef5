package dev.coppice.server.rest;

import dev.coppice.client.Wire;
import dev.coppice.model.JobId;
import dev.coppice.server.access.Caller;
import dev.coppice.server.jobs.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/// One call and its answer. Owned by the virtual thread that answers it.
final class Exchange {
    static final String JSON = "application/json";
    static final String PROBLEM = "application/problem+json";
    static final String GET = HttpMethod.GET.asString();
    static final String HEAD = HttpMethod.HEAD.asString();

    /// No request of the API needs more.
    private static final int BODY_BYTES_MAX = 1 << 20;

    /// What a body that is too large may still send, so that its sender hears why it is refused.
    private static final long SPILL_BYTES_MAX = 256L << 20;

    /// Headers that say more of an error.
    private static final List<String> OF_FAULTS = List.of("Allow", "Content-Range");

    /// Headers of those that pass on the calls of others.
    private static final List<String> PROXIES =
            List.of(
                    "Forwarded",
                    "X-Forwarded-For",
                    "X-Forwarded-Host",
                    "X-Forwarded-Proto",
                    "X-Real-IP",
                    "Via");

    private final Request request;
    private final Response response;
    private final Patience patience;
    private final AuditLog audit;
    private Map<String, String> parts = Map.of();
    private Map<String, String> query = Map.of();
    private Optional<Caller> caller = Optional.empty();
    private BooleanSupplier isKnown = () -> true;
    private Optional<JobId> job = Optional.empty();
    private Optional<Audited> audited = Optional.empty();
    private boolean isEnded;
    private boolean isStream;
    private boolean isPassedOver;
    private boolean isNoted;

    Exchange(Request request, Response response, Patience patience, AuditLog audit) {
        this.request = request;
        this.response = response;
        this.patience = patience;
        this.audit = audit;
    }

    // ---- what was asked ----

    String method() {
        return request.getMethod();
    }

    /// Whether it changes nothing.
    boolean isLooking() {
        return method().equals(GET) || isHead();
    }

    /// Whether the head of the answer to a GET is wanted alone: the server sends no bytes of the body that we write.
    boolean isHead() {
        return method().equals(HEAD);
    }

    /// The path as it was sent, without a query.
    String path() {
        String path = request.getHttpURI().getPath();
        return path == null ? "" : path;
    }

    /// The caller's address.
    String address() {
        return Request.getRemoteAddr(request);
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    /// Whether the call shows that a proxy passed it on: by a header, or by the version that proxies speak and hardly any
    /// client does.
    boolean isPassedOn() {
        return PROXIES.stream().anyMatch(name -> header(name).isPresent())
                || request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_1_1;
    }

    /// A variable part of the path.
    String part(String name) {
        String value = parts.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the path has no part " + name);
        }
        return value;
    }

    /// A parameter of the query.
    Optional<String> query(String name) {
        return Optional.ofNullable(query.get(name)).filter(text -> !text.isEmpty());
    }

    /// A whole number in the query.
    int number(String name, int byDefault, int least, int most) {
        return (int) number(name, (long) byDefault, least, most);
    }

    /// A whole number in the query.
    long number(String name, long byDefault, long least, long most) {
        return query(name)
                .map(text ->
                        parsed(text)
                                .filter(number -> number >= least && number <= most)
                                .orElseThrow(() ->
                                        Fault.invalid(
                                                name,
                                                "must be a whole number from %d to %d"
                                                        .formatted(least, most))))
                .orElse(byDefault);
    }

    /// A yes or no in the query.
    ///
    /// @param otherwise where the query has none
    boolean flag(String name, boolean otherwise) {
        return query(name)
                .map(text ->
                        switch (text) {
                            case "true", "1" -> true;
                            case "false", "0" -> false;
                            default -> throw Fault.invalid(name, "must be true or false");
                        })
                .orElse(otherwise);
    }

    /// The last event that a follower got before it lost its connection.
    Optional<Long> lastEventId() {
        return header("Last-Event-ID")
                .map(text ->
                        parsed(text)
                                .filter(number -> number >= 0)
                                .orElseThrow(() ->
                                        Fault.invalid(
                                                "Last-Event-ID", "must be an event's number")));
    }

    private static Optional<Long> parsed(String text) {
        try {
            return Optional.of(Long.valueOf(text));
        } catch (NumberFormatException _) {
            return Optional.empty(); // which is the answer: it is no number
        }
    }

    /// Takes the parts of the path and reads the query, in which only `known` names may stand.
    void matched(Map<String, String> parts, List<String> known) {
        this.parts = parts;
        Map<String, String> query = new LinkedHashMap<>();
        for (Fields.Field field : queryFields()) {
            if (!known.contains(field.getName())) {
                throw Fault.invalid("query." + field.getName(), "is not known here");
            }
            query.put(field.getName(), field.getValue());
        }
        this.query = query;
    }

    private Fields queryFields() {
        try {
            return Request.extractQueryParameters(request);
        } catch (IllegalArgumentException | IllegalStateException _) {
            throw Fault.of(Fault.Kind.INVALID_REQUEST, "The query can't be read.");
        }
    }

    /// Who calls; empty where nobody said so and nobody had to.
    Optional<Caller> caller() {
        return caller;
    }

    /// Takes who calls.
    ///
    /// @param isKnown whether it still is this one whose secret came with the call: keys are revoked, and tokens end
    void calledBy(Caller caller, BooleanSupplier isKnown) {
        this.caller = Optional.of(caller);
        this.isKnown = isKnown;
    }

    /// Whether more of an answer that takes its time is wanted, by one who may have it.
    boolean isStillWanted() {
        return !isHead() && isKnown.getAsBoolean();
    }

    /// The job that the call is about, for the audit log.
    Optional<JobId> job() {
        return job;
    }

    void about(JobId job) {
        this.job = Optional.of(job);
    }

    /// What the audit log is to have of a call that says more than its method and its answer's status do.
    ///
    /// @param isChange whether it was to change something
    /// @param status how it went
    /// @param tool of MCP that was called
    record Audited(boolean isChange, int status, Optional<String> tool) {}

    void audited(Audited as) {
        this.audited = Optional.of(as);
    }

    Audited audited() {
        return audited.orElseGet(() -> new Audited(!isLooking(), status(), Optional.empty()));
    }

    /// Leaves the call out of the audit log.
    void passOver() {
        isPassedOver = true;
    }

    boolean isPassedOver() {
        return isPassedOver;
    }

    /// Has the audit log note the call, once: before anything of the answer leaves, so that whoever hears that something
    /// was changed or refused finds it there.
    void note() {
        if (!isNoted) {
            isNoted = true;
            audit.note(this);
        }
    }

    /// The body's text, whole; empty where there is none.
    String body() {
        String type = header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        byte[] bytes = bytes();
        if (bytes.length > 0 && !type.split(";", 2)[0].strip().equals(JSON)) {
            throw Fault.of(Fault.Kind.UNSUPPORTED_MEDIA_TYPE, "Send the body as application/json.");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException _) {
            throw Fault.of(Fault.Kind.INVALID_REQUEST, "The body is not text in UTF-8.");
        }
    }

    private byte[] bytes() {
        if (request.getLength() > BODY_BYTES_MAX && header("Expect").isPresent()) {
            throw tooLarge();
        }
        Patience.Wait wait = patience.begin();
        try (InputStream in = Content.Source.asInputStream(request)) {
            byte[] bytes = in.readNBytes(BODY_BYTES_MAX + 1);
            if (bytes.length > BODY_BYTES_MAX) {
                in.skip(SPILL_BYTES_MAX);
                throw tooLarge();
            }
            return bytes;
        } catch (IOException _) {
            throw wait.isOver()
                    ? Fault.of(Fault.Kind.REQUEST_TIMEOUT, "The body did not come in time.")
                    : Fault.of(Fault.Kind.INVALID_REQUEST, "The body did not come whole.");
        } finally {
            wait.close();
        }
    }

    private static Fault tooLarge() {
        return Fault.of(Fault.Kind.TOO_LARGE, "A body has at most " + BODY_BYTES_MAX + " bytes.");
    }

    // ---- the answer ----

    /// The status that was answered.
    int status() {
        return response.getStatus();
    }

    /// Whether an answer has begun, so that no other can be given.
    boolean isAnswered() {
        return isEnded || response.isCommitted();
    }

    Exchange set(String header, String value) {
        response.getHeaders().put(header, value);
        return this;
    }

    /// Answers with a record of the wire.
    void json(int status, Object wire) throws IOException {
        text(status, JSON, Wire.write(wire));
    }

    /// Answers with a text that is ready.
    void text(int status, String type, String text) throws IOException {
        bytes(status, type, text.getBytes(StandardCharsets.UTF_8));
    }

    void bytes(int status, String type, byte[] bytes) throws IOException {
        begin(status, type);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
        write(ByteBuffer.wrap(bytes), true);
    }

    /// Answers with nothing.
    void empty(int status) throws IOException {
        response.setStatus(status);
        write(null, true);
    }

    /// Begins an answer that comes in pieces.
    void begin(int status, String type) {
        response.setStatus(status);
        set("Content-Type", type);
        set("Cache-Control", "no-store");
        set("X-Content-Type-Options", "nosniff");
    }

    /// Begins an answer that comes in pieces as there is something to be told.
    void beginStream(String type) {
        isStream = true;
        set("X-Accel-Buffering", "no");
        begin(200, type);
    }

    boolean isStream() {
        return isStream;
    }

    /// Sends a piece, and waits until it is on its way.
    void piece(ByteBuffer bytes) throws IOException {
        write(bytes, false);
    }

    /// Whether the caller has closed its side of the connection, of which a write of nothing tells nothing. For an answer
    /// after which the connection ends: what else the caller sent is lost.
    boolean isDeserted() throws IOException {
        ByteBuffer more = BufferUtil.allocate(1);
        return request.getConnectionMetaData().getConnection().getEndPoint().fill(more) < 0;
    }

    /// Ends an answer that came in pieces.
    void end() throws IOException {
        write(null, true);
    }

    private void write(@Nullable ByteBuffer bytes, boolean isLast) throws IOException {
        note();
        isEnded = isLast;
        Content.Sink.write(response, isLast, bytes == null ? ByteBuffer.allocate(0) : bytes);
    }

    /// Answers with an error.
    void fault(Fault fault) throws IOException {
        Map<String, String> ofFault = new LinkedHashMap<>();
        for (String name : OF_FAULTS) {
            Optional.ofNullable(response.getHeaders().get(name))
                    .ifPresent(value -> ofFault.put(name, value));
        }
        response.reset();
        ofFault.forEach(this::set);
        fault.retryAfterSeconds().ifPresent(seconds -> set("Retry-After", Long.toString(seconds)));
        if (fault.status() == Fault.Kind.UNAUTHORIZED.status()) {
            set("WWW-Authenticate", "Bearer, Basic realm=\"Coppice\", charset=\"UTF-8\"");
        }
        if (fault.status() == Fault.Kind.REQUEST_TIMEOUT.status()
                || fault.status() == Fault.Kind.TOO_LARGE.status()
                || fault.status() == Fault.Kind.FORBIDDEN.status()) {
            set("Connection", "close"); // its body is not read to its end
        }
        text(fault.status(), PROBLEM, Wire.write(fault.document()));
    }
}
