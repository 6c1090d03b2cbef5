package dev.coppice.runtime;

import dev.coppice.engine.EventLog;
import dev.coppice.engine.EventLogException;
import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands on the events of a job from the first one on, as they come, in a thread of its own. Closing it hands on what is
/// there by then, and ends.
public final class JobEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobEvents.class);
    private static final int READ_MAX = 1_000;

    private final Histories log;
    private final JobId job;
    private final Consumer<Recorded> each;
    private final Semaphore news = new Semaphore(1);
    private final EventLog.Subscription subscription;
    private final CompletableFuture<Void> run;
    private volatile boolean isClosing;
    private long sequence;

    JobEvents(Histories log, JobId job, Consumer<Recorded> each) {
        this.log = log;
        this.job = job;
        this.each = each;
        this.subscription =
                log.subscribe(told -> {
                    if (told.equals(job)) {
                        news.release();
                    }
                });
        this.run =
                CompletableFuture.runAsync(
                        this::follow, Thread.ofVirtual().name("events-" + job)::start);
    }

    private void follow() {
        while (!isClosing) {
            news.acquireUninterruptibly();
            news.drainPermits();
            try {
                pass();
            } catch (EventLogException e) {
                LOG.warn("The history of job {} can't be read now", job, e);
            }
        }
        pass();
    }

    private void pass() {
        List<Recorded> more;
        do {
            more = log.read(job, sequence, READ_MAX);
            for (Recorded recorded : more) {
                each.accept(recorded);
                sequence = recorded.sequence();
            }
        } while (more.size() == READ_MAX);
    }

    /// Returns when what is there is handed on.
    ///
    /// @throws CompletionException where it broke off before
    @Override
    public void close() {
        subscription.close();
        isClosing = true;
        news.release();
        run.join();
    }
}
