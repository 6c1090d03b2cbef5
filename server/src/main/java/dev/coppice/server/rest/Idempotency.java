package dev.coppice.server.rest;

import dev.coppice.engine.EventLogException;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.JobRequest.Receipt;
import dev.coppice.model.Recorded;
import dev.coppice.model.Sha256;
import dev.coppice.runtime.Histories;
import dev.coppice.server.access.Caller;
import dev.coppice.server.jobs.Fault;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers a request that comes a second time, with the same `Idempotency-Key` from the same caller, as it was answered
/// the first time. A job's history has the receipt of its request, so that this holds for a day whatever becomes of
/// the server. Safe for use by many threads.
final class Idempotency {
    private static final Logger LOG = LoggerFactory.getLogger(Idempotency.class);

    /// Keys that are remembered; the oldest is forgotten first.
    private static final int REMEMBERED_MAX = 10_000;

    /// How old a job may be whose receipt is still looked up after a start.
    private static final Duration RECALLED = Duration.ofDays(1);

    /// A job's first events: the request, its driver and its warnings, which are appended at once.
    private static final int FIRST_EVENTS = 100;

    /// Characters of a key.
    private static final int LENGTH_MAX = 255;

    private final Histories log;
    private final InstantSource clock;
    private final BiFunction<JobId, List<String>, String> answer;
    private final Map<String, Answer> answers = new LinkedHashMap<>();
    private boolean isRecalled;

    /// @param body of the first request, hashed
    private record Answer(String body, CompletableFuture<String> text) {}

    /// Answers a request.
    @FunctionalInterface
    interface First {
        /// Starts the job whose history is to have the receipt.
        String answer(Receipt receipt) throws InterruptedException;
    }

    /// @param answer the text that the first request for a job was answered with, by its warnings
    Idempotency(
            Histories log, InstantSource clock, BiFunction<JobId, List<String>, String> answer) {
        this.log = log;
        this.clock = clock;
        this.answer = answer;
    }

    /// The answer that the first request of this key got, or the one that `first` gives now.
    String answer(Caller caller, String key, String body, First first) throws InterruptedException {
        if (key.isBlank() || key.length() > LENGTH_MAX) {
            throw Fault.invalid("Idempotency-Key", "must have 1 to 255 characters");
        }
        Receipt receipt = new Receipt(hash(caller.name() + " " + key), hash(body));
        Answer mine = new Answer(receipt.body(), new CompletableFuture<>());
        Answer known = remember(receipt.key(), mine);
        if (known.equals(mine)) {
            return answerFirst(receipt, mine, first);
        }
        if (!known.body().equals(mine.body())) {
            throw Fault.of(
                    Fault.Kind.KEY_REUSED,
                    "This Idempotency-Key came with another body. Use a new key for a new request.");
        }
        try {
            return known.text().get();
        } catch (ExecutionException _) {
            // The first one was refused, so this one is a first one too.
            return answer(caller, key, body, first);
        }
    }

    private String answerFirst(Receipt receipt, Answer mine, First first)
            throws InterruptedException {
        boolean isAnswered = false;
        try {
            String text = first.answer(receipt);
            mine.text().complete(text);
            isAnswered = true;
            return text;
        } finally {
            if (!isAnswered) {
                forget(receipt.key(), mine);
                mine.text().completeExceptionally(new IllegalStateException("refused"));
            }
        }
    }

    private synchronized Answer remember(String key, Answer mine) {
        if (!isRecalled) {
            recall();
            isRecalled = true;
        }
        Answer known = answers.putIfAbsent(key, mine);
        trim();
        return known == null ? mine : known;
    }

    private synchronized void forget(String key, Answer mine) {
        answers.remove(key, mine);
    }

    private void trim() {
        if (answers.size() > REMEMBERED_MAX) {
            answers.remove(answers.keySet().iterator().next());
        }
    }

    /// Remembers what was answered before this process began.
    private void recall() {
        log.jobs().stream()
                .filter(job -> job.madeAt().isAfter(clock.instant().minus(RECALLED)))
                .sorted()
                .forEach(this::recall);
    }

    /// Of a job whose history can't be read the key is not known: the others' callers are answered all the same.
    private void recall(JobId job) {
        try {
            recall(log.read(job, 0, FIRST_EVENTS));
        } catch (EventLogException e) {
            LOG.error("The history of job {} can't be read, and what it was asked with", job, e);
        }
    }

    private void recall(List<Recorded> events) {
        Recorded first = events.getFirst();
        if (first.event() instanceof Event.JobSubmitted(JobRequest request)) {
            request.receipt()
                    .ifPresent(receipt -> {
                        String text = answer.apply(first.job(), warnings(events));
                        answers.put(
                                receipt.key(),
                                new Answer(
                                        receipt.body(), CompletableFuture.completedFuture(text)));
                        trim();
                    });
        }
    }

    /// Those that were stored together with the request.
    private static List<String> warnings(List<Recorded> events) {
        return events.stream()
                .filter(each -> each.at().equals(events.getFirst().at()))
                .flatMap(each ->
                        each.event() instanceof Event.Noted noted
                                ? Stream.of(noted.text())
                                : Stream.empty())
                .toList();
    }

    private static String hash(String text) {
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8)).hex();
    }
}
