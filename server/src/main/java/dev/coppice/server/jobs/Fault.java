package dev.coppice.server.jobs;

import dev.coppice.client.ProblemDocument;
import dev.coppice.plan.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A call that can't be answered as it was asked: what the caller is told.
public final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// The kinds of errors there are.
    public enum Kind {
        INVALID_REQUEST(400, "The request is not valid"),
        UNAUTHORIZED(401, "A valid key is needed"),
        FORBIDDEN(403, "The key may not do this"),
        NOT_FOUND(404, "There is no such thing"),
        METHOD_NOT_ALLOWED(405, "The method is not known here"),
        REQUEST_TIMEOUT(408, "The request came too slowly"),
        CONFLICT(409, "The state does not allow this"),
        TOO_LARGE(413, "The request is too large"),
        UNSUPPORTED_MEDIA_TYPE(415, "The body is not JSON"),
        RANGE_NOT_SATISFIABLE(416, "The log has no such part"),
        KEY_REUSED(422, "The Idempotency-Key was used for another request"),
        TOO_MANY_REQUESTS(429, "Too much at once"),
        HEADERS_TOO_LARGE(431, "The headers are too large"),
        INTERNAL(500, "The server failed"),
        UNAVAILABLE(503, "The server can't do this now");

        private final int status;
        private final String title;

        Kind(int status, String title) {
            this.status = status;
            this.title = title;
        }

        /// The status of an answer over HTTP.
        public int status() {
            return status;
        }

        /// A word for programs: `not-found`.
        public String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /// The kind that stands for an error of the protocol itself.
        public static Kind of(int status) {
            for (Kind kind : values()) {
                if (kind.status == status) {
                    return kind;
                }
            }
            return INVALID_REQUEST;
        }
    }

    private final Kind kind;
    private final transient List<Problem> problems;
    private final transient Optional<Duration> retryAfter;

    private Fault(Kind kind, String detail, List<Problem> problems, Optional<Duration> retryAfter) {
        super(detail, null, false, false);
        this.kind = kind;
        this.problems = List.copyOf(problems);
        this.retryAfter = retryAfter;
    }

    /// What is wrong, in one sentence.
    ///
    /// @param detail a whole sentence
    public static Fault of(Kind kind, String detail) {
        return new Fault(kind, detail, List.of(), Optional.empty());
    }

    /// All that is wrong, at once.
    ///
    /// @param problems not empty
    public static Fault of(Kind kind, List<Problem> problems) {
        return new Fault(kind, sentence(problems), problems, Optional.empty());
    }

    /// Something that may be asked again after a while.
    public static Fault later(Kind kind, String detail, Duration after) {
        return new Fault(kind, detail, List.of(), Optional.of(after));
    }

    /// The request itself is wrong, at one place.
    public static Fault invalid(String place, String message) {
        return of(Kind.INVALID_REQUEST, List.of(new Problem(place, message)));
    }

    private static String sentence(List<Problem> problems) {
        String first = problems.getFirst().toString();
        return problems.size() == 1
                ? first
                : first + " (and " + (problems.size() - 1) + " more, see errors)";
    }

    public Kind kind() {
        return kind;
    }

    /// The status of an answer over HTTP.
    public int status() {
        return kind.status();
    }

    /// Whole seconds, at least one.
    public Optional<Long> retryAfterSeconds() {
        return retryAfter.map(wait -> Math.max(1, wait.plusMillis(999).toSeconds()));
    }

    /// What the caller is told, as a document.
    public ProblemDocument document() {
        String detail = String.valueOf(getMessage());
        return new ProblemDocument(
                "urn:coppice:problem:" + kind.code(),
                kind.title,
                kind.status,
                detail,
                detail,
                problems.stream()
                        .map(each -> new ProblemDocument.Item(each.place(), each.message()))
                        .toList());
    }
}
