package dev.coppice.server.rest;

import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import dev.coppice.runtime.Coppice;
import dev.coppice.server.jobs.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// The streams that are open: those of events, by a feed for each job that somebody follows, and those of logs.
/// Safe for use by many threads.
final class Feeds implements AutoCloseable {
    /// Streams at once; each holds a connection.
    private static final int STREAMS_MAX = 2_000;

    /// So often something is sent where nothing happens, so that a connection that is gone is seen.
    private static final Duration BEAT = Duration.ofSeconds(10);

    private static final ByteBuffer BEAT_TEXT =
            ByteBuffer.wrap(":\n\n".getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer();

    private final Coppice coppice;
    private final Map<JobId, Feed> feeds = new HashMap<>();
    private final Set<Thread> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean isClosed;

    Feeds(Coppice coppice) {
        this.coppice = coppice;
    }

    /// How many are open.
    int open() {
        return streams.size();
    }

    /// A stream that this thread sends, until it is closed.
    Stream begin() {
        if (isClosed || streams.size() >= STREAMS_MAX) {
            throw Fault.later(
                    Fault.Kind.UNAVAILABLE,
                    isClosed ? "The server stops." : "Too many streams are open.",
                    Duration.ofSeconds(5));
        }
        streams.add(Thread.currentThread());
        return new Stream();
    }

    /// Counts as open while it is.
    final class Stream implements AutoCloseable {
        private final Thread thread = Thread.currentThread();

        /// Whether the server stops, and the stream with it.
        boolean isOver() {
            return isClosed;
        }

        @Override
        public void close() {
            streams.remove(thread);
            // The end of all streams may have come together with the end of this one.
            Thread.interrupted();
        }
    }

    /// Sends the job's events after `sequence`, and then each that comes, until the job is over.
    void send(Exchange exchange, JobId job, long sequence)
            throws IOException, InterruptedException {
        try (Stream stream = begin()) {
            Feed.Follower follower = follow(job);
            try {
                exchange.set("X-Accel-Buffering", "no");
                exchange.begin(200, "text/event-stream");
                exchange.piece(BEAT_TEXT.duplicate());
                long sent = sendStored(exchange, job, sequence);
                if (sent >= 0) {
                    sendLive(exchange, follower, stream, sent);
                }
                exchange.end();
            } finally {
                leave(job, follower);
            }
        }
    }

    /// Sends what is stored; the last sequence, or -1 where the job is over with it.
    private long sendStored(Exchange exchange, JobId job, long sequence) throws IOException {
        long sent = sequence;
        boolean isEnd = false;
        List<Recorded> more = coppice.log().read(job, sent, Feed.READ_MAX);
        while (!more.isEmpty()) {
            Feed.Batch batch = Feed.batch(coppice, more);
            exchange.piece(batch.after(sent));
            sent = batch.last();
            isEnd = batch.isEnd();
            more = coppice.log().read(job, sent, Feed.READ_MAX);
        }
        return isEnd ? -1 : sent;
    }

    private static void sendLive(
            Exchange exchange, Feed.Follower follower, Stream stream, long sequence)
            throws IOException, InterruptedException {
        long sent = sequence;
        while (!stream.isOver() && !follower.isDropped()) {
            Feed.Batch batch = follower.waiting().poll(BEAT.toMillis(), TimeUnit.MILLISECONDS);
            if (batch == null) {
                exchange.piece(BEAT_TEXT.duplicate());
            } else if (batch.last() > sent) {
                exchange.piece(batch.after(sent));
                sent = batch.last();
                if (batch.isEnd()) {
                    return;
                }
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
        return new Feed(coppice, job, coppice.log().last(job).map(Recorded::sequence).orElse(0L));
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
