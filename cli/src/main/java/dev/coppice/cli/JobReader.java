package dev.coppice.cli;

import dev.coppice.engine.EventLog;
import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import dev.coppice.report.JobHistory;
import dev.coppice.report.JobView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads a job's events as they come. Owned by one thread.
final class JobReader implements AutoCloseable {
    private final Site site;
    private final Output out;
    private final JobId job;
    private final Semaphore news = new Semaphore(0);
    private final EventLog.Subscription subscription;
    private @Nullable JobHistory history;
    private Optional<JobView> view = Optional.empty();
    private long sequence;

    /// @param out where what is read is shown: who waits for more ends when nobody reads that any more
    JobReader(Site site, Output out, JobId job) {
        this.out = out;
        this.site = site;
        this.job = job;
        this.subscription = site.subscribe(job, news::release);
    }

    /// Hands on the events that came since the last call; whether there were any.
    boolean read(Consumer<Recorded> each) {
        long before = sequence;
        for (List<Recorded> more = next(); !more.isEmpty(); more = next()) {
            for (Recorded recorded : more) {
                apply(recorded);
                each.accept(recorded);
            }
        }
        return sequence > before;
    }

    private List<Recorded> next() {
        return site.read(job, sequence);
    }

    private void apply(Recorded recorded) {
        JobHistory known = history;
        if (known == null) {
            history = new JobHistory(recorded);
        } else {
            known.apply(recorded);
        }
        view = Optional.empty();
        sequence = recorded.sequence();
    }

    /// The job as of the events read; empty before the first.
    Optional<JobView> view() {
        JobHistory known = history;
        if (known != null && view.isEmpty()) {
            view = Optional.of(known.view());
        }
        return view;
    }

    /// Whether the job is not over, and a living process drives it. Where it does not, what that process wrote
    /// last may still be to be read.
    boolean goesOn() {
        return view().filter(job -> !job.status().isOver() && site.isDriven(job)).isPresent();
    }

    /// Hands on the events as they come, until the job is over or nobody drives it.
    void follow(Consumer<Recorded> each) throws InterruptedException {
        read(each);
        while (goesOn()) {
            await(site.patience());
            read(each);
        }
        read(each);
    }

    /// Waits until there may be more to read, at most so long.
    ///
    /// @throws ReaderGone where nobody reads what is shown of it
    void await(Duration atMost) throws InterruptedException {
        out.requireReader();
        if (news.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            news.drainPermits();
        }
    }

    /// Ends an [#await].
    void wake() {
        news.release();
    }

    @Override
    public void close() {
        subscription.close();
    }
}
