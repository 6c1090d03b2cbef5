package dev.coppice.server.jobs;

import dev.coppice.client.JobSummary;
import dev.coppice.engine.EventLog;
import dev.coppice.folder.StatusJson;
import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import dev.coppice.report.JobHistory;
import dev.coppice.report.JobView;
import dev.coppice.report.StatusText.Present;
import dev.coppice.runtime.Coppice;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The jobs as callers see them. Those that were looked at last are kept, and brought up to date by the events that
/// came since, so that polling a job does not read its history again. Safe for use by many threads.
public final class Views implements AutoCloseable {
    /// Jobs with all that their agents said, some of them megabytes.
    private static final int KEPT_MAX = 64;

    /// Jobs that are over, in a few words each.
    private static final int SUMMARIES_MAX = 10_000;

    private static final int READ_MAX = 1_000;

    /// So old an answer may be where nothing happened but that time went on.
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final Coppice coppice;
    private final InstantSource clock;
    private final Map<JobId, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<JobId, JobSummary> summaries = new LinkedHashMap<>();
    private final EventLog.Subscription subscription;

    /// The jobs of this repository, looked at until this is closed.
    public Views(Coppice coppice, InstantSource clock) {
        this.coppice = coppice;
        this.clock = clock;
        this.subscription = coppice.log().subscribe(this::changed);
    }

    /// The job after its last event; empty where there is no such job.
    public Optional<JobView> find(JobId job) {
        Kept one = kept(job);
        Optional<JobView> view = one.view();
        if (view.isEmpty()) {
            drop(job);
        }
        return view;
    }

    /// What [StatusJson#status] says of the job, at most a second ago where nothing happened since.
    public byte[] status(JobView job) {
        return kept(job.id()).status(job);
    }

    /// Reads the job's events before it is shown again, also those that nobody has told of yet.
    public void changed(JobId job) {
        synchronized (this) {
            summaries.remove(job);
            Kept one = kept.get(job);
            if (one != null) {
                one.isStale.set(true);
            }
        }
    }

    /// The job in a few words; empty where there is no such job.
    public Optional<JobSummary> summary(JobId job) {
        synchronized (this) {
            JobSummary known = summaries.get(job);
            if (known != null) {
                return Optional.of(known);
            }
        }
        Optional<JobView> view = find(job);
        if (view.isEmpty()) {
            return Optional.empty();
        }
        JobSummary summary = summary(view.get());
        if (view.get().status().isOver()) {
            keep(job, summary);
        }
        return Optional.of(summary);
    }

    /// Keeps a summary, unless something happened since it was made.
    private synchronized void keep(JobId job, JobSummary summary) {
        Kept one = kept.get(job);
        if (one != null && !one.isStale.get()) {
            summaries.put(job, summary);
            trim(summaries, SUMMARIES_MAX);
        }
    }

    private JobSummary summary(JobView job) {
        return new JobSummary(
                job.id().value(),
                job.status().wire(),
                isInterrupted(job),
                job.request().request(),
                job.request().depth(),
                job.request().parent().map(parent -> parent.job().value()),
                job.request().parent().map(parent -> parent.task().value()),
                job.submittedAt(),
                job.endedAt(),
                job.counts().total(),
                job.counts().completed());
    }

    private boolean isInterrupted(JobView job) {
        return !job.status().isOver() && !coppice.isDriven(job);
    }

    @Override
    public void close() {
        subscription.close();
    }

    private synchronized Kept kept(JobId job) {
        Kept one = kept.computeIfAbsent(job, Kept::new);
        trim(kept, KEPT_MAX);
        return one;
    }

    private synchronized void drop(JobId job) {
        kept.remove(job);
    }

    private static <V> void trim(Map<JobId, V> map, int most) {
        if (map.size() > most) {
            map.remove(map.keySet().iterator().next());
        }
    }

    /// One job, as far as it was read.
    private final class Kept {
        private final JobId job;
        private final AtomicBoolean isStale = new AtomicBoolean(true);
        // Guarded by this.
        private @Nullable JobHistory history;
        private @Nullable JobView view;
        private long sequence;
        private final ReentrantLock rendering = new ReentrantLock();
        private volatile @Nullable Rendered rendered;

        private Kept(JobId job) {
            this.job = job;
        }

        private synchronized Optional<JobView> view() {
            if (isStale.getAndSet(false)) {
                boolean isRead = false;
                try {
                    read();
                    isRead = true;
                } finally {
                    isStale.compareAndSet(false, !isRead);
                }
            }
            return Optional.ofNullable(view);
        }

        private void read() {
            long before = sequence;
            List<Recorded> more = coppice.log().read(job, sequence, READ_MAX);
            while (!more.isEmpty()) {
                more.forEach(this::apply);
                more = coppice.log().read(job, sequence, READ_MAX);
            }
            if (sequence > before && history != null) {
                JobView now = history.view();
                if (now.status().isOver()) {
                    coppice.settle(job); // who is told of the end finds the reports
                }
                view = now;
            }
        }

        private void apply(Recorded recorded) {
            if (history == null) {
                history = new JobHistory(recorded);
            } else {
                history.apply(recorded);
            }
            sequence = recorded.sequence();
        }

        /// One caller renders; where nothing happened, others get what was rendered before.
        private byte[] status(JobView of) {
            Instant now = clock.instant();
            Rendered last = rendered;
            if (last == null || last.sequence < of.sequence()) {
                rendering.lock();
            } else if (last.isFresh(now) || !rendering.tryLock()) {
                return last.json;
            }
            try {
                last = rendered;
                if (last == null || last.sequence < of.sequence() || !last.isFresh(now)) {
                    last = render(of, now);
                    rendered = last;
                }
                return last.json;
            } finally {
                rendering.unlock();
            }
        }

        private Rendered render(JobView of, Instant now) {
            Present present =
                    new Present(now, isInterrupted(of), Map.of(of.id(), coppice.loads(of)));
            String text =
                    new StatusJson(coppice.folder(of), coppice.secrets(), Views.this::find)
                            .status(of, present);
            byte[] json = text.getBytes(StandardCharsets.UTF_8);
            return new Rendered(of.sequence(), of.status().isOver(), now, json);
        }
    }

    private static final class Rendered {
        private final long sequence;
        private final boolean isOver;
        private final Instant at;
        private final byte[] json;

        private Rendered(long sequence, boolean isOver, Instant at, byte[] json) {
            this.sequence = sequence;
            this.isOver = isOver;
            this.at = at;
            this.json = json;
        }

        private boolean isFresh(Instant now) {
            return isOver || Duration.between(at, now).compareTo(FRESH) < 0;
        }
    }
}
