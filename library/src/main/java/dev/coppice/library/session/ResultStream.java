package dev.coppice.library.session;

import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// A round that is run in a thread of its own, seen as a stream of its results in the order of their coming.
final class ResultStream extends Spliterators.AbstractSpliterator<ProcessResult> {
    /// What has come; empty when there is nothing more to come.
    private final BlockingQueue<Optional<ProcessResult>> come = new LinkedBlockingQueue<>();

    private final CompletableFuture<List<ProcessResult>> end = new CompletableFuture<>();
    private final Thread thread;

    ResultStream(Round round) {
        super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
        this.thread = Thread.ofVirtual().name("round").start(() -> run(round));
    }

    private void run(Round round) {
        try {
            end.complete(round.run(result -> come.add(Optional.of(result))));
        } catch (Throwable e) {
            // The edge of a thread: whoever reads the stream hears of it, of an error, too.
            end.completeExceptionally(e);
        } finally {
            come.add(Optional.empty());
        }
    }

    Stream<ProcessResult> stream() {
        return StreamSupport.stream(this, false).onClose(this::stop);
    }

    @Override
    public boolean tryAdvance(Consumer<? super ProcessResult> action) {
        Optional<ProcessResult> next;
        try {
            next = come.take();
        } catch (InterruptedException _) {
            stop();
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted; the processes were stopped");
        }
        if (next.isEmpty()) {
            come.add(next); // for whoever asks again
            end.join();
            return false;
        }
        action.accept(next.get());
        return true;
    }

    /// Stops what still runs, and waits for that.
    private void stop() {
        thread.interrupt();
        end.handle((_, _) -> thread).join();
    }
}
