package dev.coppice.server.rest;

import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import dev.coppice.report.JobView;
import dev.coppice.runtime.Coppice;
import dev.coppice.server.jobs.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// The streams that are open: those of events, by a feed for each job that somebody follows, and those of logs.
/// Safe for use by many threads.
final class Feeds implements AutoCloseable {
    /// Streams at once; each holds a connection.
    private static final int STREAMS_MAX = 2_000;

    /// So often something is sent where nothing happens, so that a connection that is gone is seen.
    private static final Duration BEAT = Duration.ofSeconds(10);

    /// So often, at most, a stream asks whether its caller still wants it and may have it.
    private static final long ASK_EVERY_NANOS = Duration.ofSeconds(1).toNanos();

    private static final ByteBuffer BEAT_TEXT =
            ByteBuffer.wrap(":\n\n".getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer();

    /// Events of a page, each of which may carry tens of kilobytes of an agent's output.
    private static final int PAGE = 20;

    /// Pages that are kept for those who begin at the same time.
    private static final int PAGES_MAX = 32;

    private final Coppice coppice;
    private final Map<Page, Feed.Batch> pages = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<JobId, Feed> feeds = new HashMap<>();
    private final Set<Thread> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean isClosed;

    /// Events that are stored, as they are sent.
    ///
    /// @param number 0 for the first of the job
    private record Page(JobId job, long number) {}

    Feeds(Coppice coppice) {
        this.coppice = coppice;
    }

    /// How many are open.
    int open() {
        return streams.size();
    }

    /// A stream that this thread sends, until it is closed.
    ///
    /// @param isWanted whether its caller still wants it and may have it
    Stream begin(BooleanSupplier isWanted) {
        if (isClosed || streams.size() >= STREAMS_MAX) {
            throw Fault.later(
                    Fault.Kind.UNAVAILABLE,
                    isClosed ? "The server stops." : "Too many streams are open.",
                    Duration.ofSeconds(5));
        }
        streams.add(Thread.currentThread());
        return new Stream(isWanted);
    }

    /// Counts as open while it is.
    final class Stream implements AutoCloseable {
        private final Thread thread = Thread.currentThread();
        private final BooleanSupplier wanted;
        private boolean isWanted;
        private long asked;

        private Stream(BooleanSupplier wanted) {
            this.wanted = wanted;
            ask();
        }

        private void ask() {
            isWanted = wanted.getAsBoolean();
            asked = System.nanoTime();
        }

        /// Whether the server stops, or the caller may no longer have the stream.
        boolean isOver() {
            if (System.nanoTime() - asked >= ASK_EVERY_NANOS) {
                ask();
            }
            return isClosed || !isWanted;
        }

        @Override
        public void close() {
            streams.remove(thread);
            // The end of all streams may have come together with the end of this one.
            Thread.interrupted();
        }
    }

    /// Refuses to begin behind an event that there is not yet: nothing would tell such a follower of the job's end.
    ///
    /// @throws Fault where the job has no event of this number
    static void requireNotBeyond(JobView job, long after) {
        if (after > job.sequence()) {
            throw Fault.invalid(
                    "after", "must be an event's number; the last one so far is " + job.sequence());
        }
    }

    private long last(JobId job) {
        return coppice.log().last(job).map(Recorded::sequence).orElse(0L);
    }

    /// Sends the job's events after `sequence`, and then each that comes, until the job is over.
    ///
    /// @param follows false: only what is there now
    void send(Exchange exchange, JobView job, long sequence, boolean follows)
            throws IOException, InterruptedException {
        try (Stream stream = begin(exchange::isStillWanted)) {
            Feed.Follower follower = follow(job.id());
            try {
                exchange.beginStream("text/event-stream");
                exchange.piece(BEAT_TEXT.duplicate());
                Sent sent = sendStored(exchange, stream, job, sequence);
                if (follows) {
                    sendLive(exchange, follower, stream, sent);
                }
                exchange.end();
            } finally {
                leave(job.id(), follower);
            }
        }
    }

    /// How far a follower is.
    ///
    /// @param sequence of the last event that it was sent
    /// @param isOver whether the job was over then
    private record Sent(long sequence, boolean isOver) {
        Sent and(Feed.Batch batch) {
            return new Sent(batch.last(), batch.isOver(isOver));
        }
    }

    private Sent sendStored(Exchange exchange, Stream stream, JobView job, long sequence)
            throws IOException {
        Sent sent = new Sent(sequence, job.status().isOver());
        Optional<Feed.Batch> more = stored(job.id(), sequence);
        while (more.isPresent() && !stream.isOver()) {
            exchange.piece(more.get().after(sent.sequence()));
            sent = sent.and(more.get());
            more = stored(job.id(), sent.sequence());
        }
        return sent;
    }

    /// The page on which the next event stands, if it is stored. One is read and rendered at a time, and once for all who
    /// want it, so that the number of followers does not tell how much memory they take.
    Optional<Feed.Batch> stored(JobId job, long after) {
        Page page = new Page(job, after / PAGE);
        synchronized (pages) {
            Feed.Batch known = pages.get(page);
            if (known == null) {
                List<Recorded> events = coppice.log().read(job, page.number() * PAGE, PAGE);
                if (events.isEmpty()) {
                    return Optional.empty();
                }
                known = Feed.batch(coppice, events);
                if (events.size() == PAGE) {
                    keep(page, known);
                }
            }
            return Optional.of(known).filter(batch -> batch.last() > after);
        }
    }

    private void keep(Page page, Feed.Batch batch) {
        pages.put(page, batch);
        if (pages.size() > PAGES_MAX) {
            pages.remove(pages.keySet().iterator().next());
        }
    }

    private static void sendLive(
            Exchange exchange, Feed.Follower follower, Stream stream, Sent stored)
            throws IOException, InterruptedException {
        Sent sent = stored;
        while (!sent.isOver() && !stream.isOver() && !follower.isDropped()) {
            Feed.Batch batch = follower.waiting().poll(BEAT.toMillis(), TimeUnit.MILLISECONDS);
            if (batch == null) {
                exchange.piece(BEAT_TEXT.duplicate());
            } else if (batch.last() > sent.sequence()) {
                exchange.piece(batch.after(sent.sequence()));
                sent = sent.and(batch);
            }
        }
    }

    private Feed.Follower follow(JobId job) {
        synchronized (feeds) {
            return feeds.computeIfAbsent(job, this::begin).follow();
        }
    }

    /// A feed of what comes from now on; what is stored each follower reads for itself.
    private Feed begin(JobId job) {
        return new Feed(coppice, job, last(job));
    }

    private void leave(JobId job, Feed.Follower follower) {
        synchronized (feeds) {
            Feed feed = feeds.get(job);
            if (feed != null && feed.leave(follower)) {
                feeds.remove(job);
                feed.close();
            }
        }
    }

    /// Ends all streams.
    @Override
    public void close() {
        isClosed = true;
        streams.forEach(Thread::interrupt);
        synchronized (feeds) {
            feeds.values().forEach(Feed::close);
        }
    }
}
