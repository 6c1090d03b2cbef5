package dev.coppice.library.session;

import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// A round that is run in a thread of its own, seen as a stream of its results in the order of their coming.
final class ResultStream extends Spliterators.AbstractSpliterator<ProcessResult> {
    /// What has come; empty when there is nothing more to come.
    private final BlockingQueue<Optional<ProcessResult>> come = new LinkedBlockingQueue<>();

    private final FutureTask<?> run;
    private final Thread thread;

    ResultStream(Round round) {
        super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
        this.run = new FutureTask<>(() -> round.run(result -> come.add(Optional.of(result))));
        this.thread =
                Thread.ofVirtual()
                        .name("round")
                        .start(() -> {
                            run.run();
                            come.add(Optional.empty());
                        });
    }

    Stream<ProcessResult> stream() {
        return StreamSupport.stream(this, false).onClose(this::stop);
    }

    @Override
    public boolean tryAdvance(Consumer<? super ProcessResult> action) {
        try {
            Optional<ProcessResult> next = come.take();
            next.ifPresentOrElse(action, () -> come.add(Optional.empty()));
            if (next.isEmpty()) {
                run.get();
            }
            return next.isPresent();
        } catch (InterruptedException e) {
            stop();
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted; the processes were stopped");
        } catch (ExecutionException e) {
            throw new IllegalStateException("the round broke off", e.getCause());
        }
    }

    /// Stops what still runs, and waits for that.
    private void stop() {
        thread.interrupt();
        boolean isInterrupted = Thread.interrupted();
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException _) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
