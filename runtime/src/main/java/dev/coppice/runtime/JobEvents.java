package dev.coppice.runtime;

import dev.coppice.engine.EventLog;
import dev.coppice.engine.EventLogException;
import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands on a job's events, each once and in order: from [#start] on as they come, in a thread of its own, and at
/// [#catchUp] in the thread of who asks. One thread at a time hands on. What the taker throws in the thread of its own ends
/// that thread, and comes out of [#close].
///
/// Safe for use by many threads, and by the taker: what it catches up with is handed on before it returns.
public final class JobEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobEvents.class);

    private final Histories log;
    private final JobId job;
    private final Consumer<Recorded> taker;
    private final Semaphore news = new Semaphore(1);
    private final ReentrantLock handing = new ReentrantLock();
    private final EventLog.Subscription subscription;
    private volatile Optional<CompletableFuture<Void>> run = Optional.empty();
    private volatile boolean isClosing;

    /// Of the last event that was handed on. Guarded by `handing`.
    private long sequence;

    JobEvents(Histories log, JobId job, long after, Consumer<Recorded> taker) {
        this.log = log;
        this.job = job;
        this.sequence = after;
        this.taker = taker;
        this.subscription =
                log.subscribe(told -> {
                    if (told.equals(job)) {
                        news.release();
                    }
                });
    }

    /// From here on events are handed on as they come. Called once.
    public void start() {
        run =
                Optional.of(
                        CompletableFuture.runAsync(
                                this::follow, Thread.ofVirtual().name("events-" + job)::start));
    }

    private void follow() {
        while (!isClosing) {
            news.acquireUninterruptibly();
            news.drainPermits();
            try {
                catchUp();
            } catch (EventLogException e) {
                LOG.warn("The history of job {} can't be read now", job, e);
            }
        }
        catchUp();
    }

    /// Returns when what there is now is handed on.
    ///
    /// @throws EventLogException where it can't be read
    public void catchUp() {
        handing.lock();
        try {
            log.readOn(
                    job,
                    sequence,
                    recorded -> {
                        if (recorded.sequence()
                                > sequence) { // else the taker has caught up with it
                            sequence = recorded.sequence();
                            taker.accept(recorded);
                        }
                    });
        } finally {
            handing.unlock();
        }
    }

    /// Ends; where it was started, once what there is by now is handed on, by the thread of its own, so that an interrupt of
    /// the caller disturbs nothing. Where the taker calls it, this returns at once.
    ///
    /// @throws CompletionException where the taker broke it off, or what there is by now can't be read
    @Override
    public void close() {
        subscription.close();
        isClosing = true;
        news.release();
        if (!handing.isHeldByCurrentThread()) { // else the thread may wait for its caller
            run.ifPresent(CompletableFuture::join);
        }
    }
}
