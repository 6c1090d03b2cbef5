package dev.coppice.server.jobs;

import dev.coppice.client.JobSummary;
import dev.coppice.engine.EventLog;
import dev.coppice.engine.EventLogException;
import dev.coppice.folder.StatusJson;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Recorded;
import dev.coppice.report.JobHistory;
import dev.coppice.report.JobView;
import dev.coppice.report.StatusText.Present;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Histories;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The jobs as callers see them. Those that were looked at last are kept, and brought up to date by the events that
/// came since, so that polling a job does not read its history again. Safe for use by many threads.
public final class Views implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Views.class);

    /// Jobs with all that their agents said, some of them megabytes.
    private static final int KEPT_MAX = 64;

    /// Jobs that are over, each with the words of its request: more than a page of the list, so that paging through all of
    /// them reads each but once.
    private static final int SUMMARIES_MAX = 10_000;

    /// So old an answer may be where nothing happened but that time went on.
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final Coppice coppice;
    private final Histories log;
    private final InstantSource clock;
    private final Map<JobId, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final Found<Standing> standings = new Found<>(Integer.MAX_VALUE);
    private final Found<JobSummary> summaries = new Found<>(SUMMARIES_MAX);
    private final EventLog.Subscription subscription;

    /// Where a job stands, and no more than is wanted of all jobs at once.
    ///
    /// @param parent the job that it came of
    public record Standing(JobId job, JobStatus status, int depth, Optional<JobId> parent) {}

    /// The jobs of this repository, looked at until this is closed.
    public Views(Coppice coppice, InstantSource clock) {
        this(coppice, coppice.log(), clock);
    }

    /// The same, read from `log`.
    public Views(Coppice coppice, Histories log, InstantSource clock) {
        this.coppice = coppice;
        this.log = log;
        this.clock = clock;
        this.subscription = log.subscribe(this::changed);
    }

    /// The job after its last event; empty where there is no such job.
    public Optional<JobView> find(JobId job) {
        return kept(job).flatMap(Kept::view);
    }

    /// What [StatusJson#status] says of the job, at most a second ago where nothing happened since.
    public byte[] status(JobView job) {
        return kept(job.id()).orElseThrow().status(job);
    }

    /// All jobs, the newest first. Of one that is over its first and its last event are read, and not again before something
    /// happens to it. One whose history can't be read does not stand in the way of the others: it is left out.
    public Stream<Standing> standings() {
        return log.jobs().stream()
                .map(job -> readable(job, this::standing))
                .flatMap(Optional::stream);
    }

    private static <V> Optional<V> readable(JobId job, Function<JobId, Optional<V>> look) {
        try {
            return look.apply(job);
        } catch (EventLogException e) {
            LOG.error("The history of job {} can't be read", job, e);
            return Optional.empty();
        }
    }

    private Optional<Standing> standing(JobId job) {
        return standings.of(job, () -> look(job));
    }

    private Optional<Standing> look(JobId job) {
        Optional<Recorded> last = log.last(job);
        if (last.isPresent() && last.get().event() instanceof Event.JobEnded ended) {
            coppice.settle(job); // who is told of the end finds the reports
            outdate(job); // and the end wherever else it looks
            return log.read(job, 0, 1).stream()
                    .flatMap(first ->
                            first.event() instanceof Event.JobSubmitted(JobRequest request)
                                    ? Stream.of(standing(job, ended.status(), request))
                                    : Stream.empty())
                    .findFirst();
        }
        return find(job).map(view -> standing(job, view.status(), view.request()));
    }

    private static Standing standing(JobId job, JobStatus status, JobRequest request) {
        return new Standing(
                job, status, request.depth(), request.parent().map(JobRequest.Parent::job));
    }

    /// Reads the job's events before it is shown again, also those that nobody has told of yet. All that was found out is
    /// forgotten at once: who saw the job's end alone finds it among all jobs, too.
    public synchronized void changed(JobId job) {
        outdate(job);
        standings.forget(job);
        summaries.forget(job);
    }

    private synchronized void outdate(JobId job) {
        Kept one = kept.get(job);
        if (one != null) {
            one.isStale.set(true);
        }
    }

    /// The job in a few words; empty where there is no such job, or its history can't be read.
    public Optional<JobSummary> summary(JobId job) {
        return readable(job, this::readSummary);
    }

    private Optional<JobSummary> readSummary(JobId job) {
        boolean isOver = standing(job).filter(each -> each.status().isOver()).isPresent();
        return isOver
                ? summaries.of(job, () -> new Kept(job).view().map(this::summary))
                : find(job).map(this::summary);
    }

    private JobSummary summary(JobView job) {
        return Summaries.of(job, coppice::isDriven);
    }

    @Override
    public void close() {
        subscription.close();
    }

    private Optional<Kept> kept(JobId job) {
        synchronized (this) {
            Kept known = kept.get(job);
            if (known != null) {
                return Optional.of(known);
            }
        }
        return log.last(job).map(_ -> keep(job)); // what is asked for need not be there
    }

    private synchronized Kept keep(JobId job) {
        Kept one = kept.computeIfAbsent(job, Kept::new);
        trim(kept, KEPT_MAX);
        return one;
    }

    private static <V> void trim(Map<JobId, V> map, int most) {
        if (map.size() > most) {
            map.remove(map.keySet().iterator().next());
        }
    }

    /// What was found out of jobs, of each until something happens to it; of more than `most` those are forgotten that were
    /// asked for the longest ago. Guarded by the views.
    private final class Found<V> {
        private final int most;
        private final Map<JobId, AtomicReference<Optional<V>>> places =
                new LinkedHashMap<>(16, 0.75f, true);

        private Found(int most) {
            this.most = most;
        }

        private Optional<V> of(JobId job, Supplier<Optional<V>> look) {
            // Taken before the look: what happens meanwhile takes it away, with what was seen.
            AtomicReference<Optional<V>> place = place(job);
            Optional<V> known = place.get();
            if (known.isEmpty()) {
                known = look.get();
                place.set(known);
            }
            return known;
        }

        private AtomicReference<Optional<V>> place(JobId job) {
            synchronized (Views.this) {
                AtomicReference<Optional<V>> place =
                        places.computeIfAbsent(job, _ -> new AtomicReference<>(Optional.empty()));
                trim(places, most);
                return place;
            }
        }

        private void forget(JobId job) {
            synchronized (Views.this) {
                places.remove(job);
            }
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
            log.readOn(job, sequence, this::apply);
            if (history != null && (view == null || view.sequence() < sequence)) {
                JobView now = history.view();
                if (now.status().isOver()) {
                    coppice.settle(job); // who is told of the end finds the reports
                    // and the ends of the jobs that came of it, which nobody may have told of yet
                    now.all().flatMap(task -> task.child().stream()).forEach(Views.this::outdate);
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
                    new Present(
                            now,
                            of.isInterrupted(coppice::isDriven),
                            Map.of(of.id(), coppice.loads(of)));
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
