package dev.coppice.server.rest;

import dev.coppice.server.access.Caller;
import dev.coppice.server.jobs.Fault;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// Answers a request that comes a second time, with the same `Idempotency-Key` from the same caller, as it was answered
/// the first time. Safe for use by many threads.
final class Idempotency {
    /// Keys that are remembered; the oldest is forgotten first.
    private static final int REMEMBERED_MAX = 10_000;

    /// Characters of a key.
    private static final int LENGTH_MAX = 255;

    private final Map<String, Answer> answers = new LinkedHashMap<>();

    /// @param body of the first request, hashed
    private record Answer(String body, CompletableFuture<String> text) {}

    /// Answers a request.
    @FunctionalInterface
    interface First {
        String answer() throws InterruptedException;
    }

    /// The answer that the first request of this key got, or the one that `first` gives now.
    String answer(Caller caller, String key, String body, First first) throws InterruptedException {
        if (key.isBlank() || key.length() > LENGTH_MAX) {
            throw Fault.invalid("Idempotency-Key", "must have 1 to 255 characters");
        }
        String name = caller.name() + " " + key;
        Answer mine = new Answer(hash(body), new CompletableFuture<>());
        Answer known = remember(name, mine);
        if (known.equals(mine)) {
            return answerFirst(name, mine, first);
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

    private String answerFirst(String name, Answer mine, First first) throws InterruptedException {
        boolean isAnswered = false;
        try {
            String text = first.answer();
            mine.text().complete(text);
            isAnswered = true;
            return text;
        } finally {
            if (!isAnswered) {
                forget(name, mine);
                mine.text().completeExceptionally(new IllegalStateException("refused"));
            }
        }
    }

    private synchronized Answer remember(String name, Answer mine) {
        Answer known = answers.putIfAbsent(name, mine);
        if (answers.size() > REMEMBERED_MAX) {
            answers.remove(answers.keySet().iterator().next());
        }
        return known == null ? mine : known;
    }

    private synchronized void forget(String name, Answer mine) {
        answers.remove(name, mine);
    }

    private static String hash(String body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(body.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
