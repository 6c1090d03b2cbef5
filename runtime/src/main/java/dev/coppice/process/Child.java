package dev.coppice.process;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A child that is being watched over: whatever way it ends, its whole process tree has ended with
/// it. Safe for use by many threads.
public final class Child implements AutoCloseable {
    private final Identity identity;
    private final ChildFiles files;
    private final Supervision supervision;
    private final CompletableFuture<Ended> ended = new CompletableFuture<>();

    /// Open when `ended` is done. Followers wait here again and again, where a future would throw
    /// each time.
    private final CountDownLatch over = new CountDownLatch(1);

    Child(Identity identity, ChildFiles files, Supervision supervision) {
        this.identity = identity;
        this.files = files;
        this.supervision = supervision;
    }

    /// Begins to watch, in a thread of its own, where `afterEnd` is told at last.
    void watch(Consumer<Child> afterEnd) {
        Thread.ofVirtual()
                .name("child-" + identity.pid())
                .start(() -> {
                    supervise();
                    afterEnd.accept(this);
                });
    }

    private void supervise() {
        try {
            ended.complete(supervision.run());
        } catch (InterruptedException | RuntimeException e) {
            ended.completeExceptionally(e);
        } finally {
            over.countDown();
        }
    }

    /// What to write down, so that it can be found again by [Processes#adopt].
    public Identity identity() {
        return identity;
    }

    public ChildFiles files() {
        return files;
    }

    /// Waits for the end. An interrupt ends the waiting, not the child; [#close] does that.
    public Ended await() throws InterruptedException {
        try {
            return ended.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "watching process " + identity.pid() + " failed", e.getCause());
        }
    }

    /// Waits at most this long; true when it and its tree have ended.
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        return over.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// How it ended, if it has.
    public Optional<Ended> ended() {
        return ended.isDone() && !ended.isCompletedExceptionally()
                ? Optional.of(ended.resultNow())
                : Optional.empty();
    }

    /// Hands on each line of its standard output, until it and its tree have ended and all is read.
    /// Any thread may follow, at any time and as often as it likes: the file keeps everything.
    ///
    /// @throws IOException when the file can't be read; an exception of the consumer comes through
    ///     as it is
    public void followOutput(Consumer<Line> consumer) throws IOException, InterruptedException {
        try (Follower follower = Follower.of(files.stdout())) {
            follower.follow(this::awaitEnd, consumer);
        }
    }

    /// Has the tree ended: SIGTERM, and SIGKILL after the grace. Returns at once.
    public void stop() {
        supervision.stop();
    }

    /// Has the tree ended without grace, also when a stop is under way. Returns at once.
    public void kill() {
        supervision.kill();
    }

    /// Stops the clocks of wall and idle limit: while it waits for something that is not its fault.
    public void pause() {
        supervision.stopwatch().pause();
    }

    /// Has the clocks run again, the idle one from its beginning.
    public void resume() {
        supervision.stopwatch().resume();
    }

    /// Counts as output: the clock of the idle limit begins anew. Does nothing else.
    public void signOfLife() {
        supervision.signOfLife();
    }

    /// What the tree uses, as of the last second; once it has ended, what it used in all.
    public Resources resources() {
        return ended().map(Ended::resources).orElseGet(supervision::resources);
    }

    /// Stops it unless it has ended, and waits until nothing of it runs. An interrupt meanwhile
    /// cuts the grace short and is kept.
    @Override
    public void close() {
        stop();
        boolean isInterrupted = false;
        while (over.getCount() > 0) {
            try {
                over.await();
            } catch (InterruptedException e) {
                isInterrupted = true;
                kill();
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
