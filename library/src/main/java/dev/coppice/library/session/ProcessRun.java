package dev.coppice.library.session;

import dev.coppice.folder.JobFolder.AttemptFolder;
import dev.coppice.model.Outcome;
import dev.coppice.model.Reason;
import dev.coppice.process.Follower;
import dev.coppice.process.Line;
import dev.coppice.process.Tail;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// One run of one process: passes on what it prints while it runs, and says what became of it. Told of by one thread.
final class ProcessRun implements AutoCloseable {
    private static final String OUTPUT = "STDOUT";
    private static final String ERRORS = "STDERR";

    /// What can be done about it.
    private static final Map<Reason, String> ADVICE =
            Map.of(
                    Reason.WALL_TIMEOUT,
                    ". Give it a longer timeout if it needs one.",
                    Reason.IDLE_TIMEOUT,
                    ". Raise workers.idle_timeout in coppice.yaml if it needs longer.",
                    Reason.NOT_INSTALLED,
                    ". Install it, or name the program as orchestrator.claude_command in coppice.yaml; "
                            + "`coppice doctor` tells what is missing.");

    private final AgentProcess process;
    private final Journal.ProcessLog log;
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<CompletableFuture<Void>> following = new ArrayList<>();
    private Optional<AttemptFolder> files = Optional.empty();
    private Optional<Instant> startedAt = Optional.empty();
    private Duration duration = Duration.ZERO;
    private int exitCode = ProcessResult.NOT_RUN;
    private String failure = "";

    /// @param argv what is started
    ProcessRun(AgentProcess process, List<String> argv) {
        this.process = process;
        this.log = process.journal().begin(process, argv);
    }

    void started(Instant at, AttemptFolder attempt) {
        startedAt = Optional.of(at);
        files = Optional.of(attempt);
        following.add(followed(attempt.output(), OUTPUT));
        following.add(followed(attempt.errors(), ERRORS));
    }

    private CompletableFuture<Void> followed(Path file, String level) {
        return CompletableFuture.runAsync(
                () -> follow(file, level), Thread.ofVirtual().name(process + "-" + level)::start);
    }

    private void follow(Path file, String level) {
        try (Follower follower = Follower.of(file)) {
            follower.follow(
                    atMost -> over.await(atMost.toNanos(), TimeUnit.NANOSECONDS),
                    line -> passOn(level, line));
        } catch (IOException e) {
            log.log("ERROR", "The rest of " + file + " can't be read: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void passOn(String level, Line line) {
        String text = line.text();
        log.log(level, text);
        if (process.streamOutput()) {
            (level.equals(OUTPUT) ? System.out : System.err)
                    .println(process.journal().masked(text));
        }
    }

    void exited(Instant at, int code) {
        exitCode = code;
        duration = startedAt.map(start -> Duration.between(start, at)).orElse(Duration.ZERO);
    }

    void ended(Outcome outcome) {
        switch (outcome) {
            case Outcome.Done _ -> exitCode = 0;
            case Outcome.Failed(Reason reason, String message, _) ->
                    failure = message + ADVICE.getOrDefault(reason, "");
            case Outcome.Stopped _ -> failure = "It was stopped.";
            case Outcome.RateLimited limited -> failure = limited.message();
            case Outcome.Planned _, Outcome.Integrated _, Outcome.Deferred _ ->
                    throw new IllegalStateException(process + " ended with " + outcome);
        }
        finish();
    }

    /// The result of a run that came to its end.
    ///
    /// @param reason why it did not succeed
    ProcessResult result(Optional<Reason> reason) {
        boolean isOwnEnd = reason.isEmpty() || reason.equals(Optional.of(Reason.EXIT_CODE));
        String errors = read(AttemptFolder::errors);
        return told(
                isOwnEnd ? exitCode : ProcessResult.NOT_RUN,
                isOwnEnd ? errors : joined(errors, failure),
                reason);
    }

    /// The result of a run that did not begin.
    ProcessResult refused(Reason reason, String why) {
        failure = why;
        finish();
        return told(ProcessResult.NOT_RUN, joined("", why), Optional.of(reason));
    }

    private ProcessResult told(int code, String errors, Optional<Reason> reason) {
        ProcessResult result =
                new ProcessResult(
                        code,
                        read(AttemptFolder::output),
                        errors,
                        duration,
                        process.processId(),
                        reason);
        if (!failure.isEmpty() && code == ProcessResult.NOT_RUN) {
            log.log("ERROR", failure);
        }
        log.log("INFO", "Ended with " + result.summary());
        return result;
    }

    private static String joined(String errors, String why) {
        String gap = errors.isEmpty() || errors.endsWith("\n") ? "" : "\n";
        return errors + gap + why + "\n";
    }

    private String read(Function<AttemptFolder, Path> chosen) {
        Optional<Path> file = files.map(chosen).filter(Files::exists);
        try {
            return file.isPresent() ? Tail.of(file.get(), ProcessResult.TEXT_BYTES_MAX).text() : "";
        } catch (IOException e) {
            throw new UncheckedIOException("what " + process + " printed can't be read", e);
        }
    }

    /// Waits until all that was printed is passed on.
    private void finish() {
        over.countDown();
        following.forEach(CompletableFuture::join);
    }

    @Override
    public void close() {
        finish();
        log.close();
    }
}
