package dev.coppice.server.rest;

import dev.coppice.engine.EventLog;
import dev.coppice.engine.EventLogException;
import dev.coppice.model.Event;
import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import dev.coppice.runtime.Coppice;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One job's events for all that follow it: each is read and rendered once, by a thread of the feed's own, and put
/// into a bounded queue of each follower. Who does not keep up is dropped, and comes back with the last event that
/// it got. Safe for use by many threads.
final class Feed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

    /// Events that are read at once, which is the largest batch.
    private static final int READ_MAX = 500;

    /// Batches that wait for one follower.
    private static final int QUEUE_MAX = 64;

    private final Coppice coppice;
    private final JobId job;
    private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
    private final Semaphore news = new Semaphore(0);
    private final EventLog.Subscription subscription;
    private final Thread thread;
    private long sequence;

    /// Events that follow each other, as they are sent.
    static final class Batch {
        private final long first;

        /// Where each event ends in the bytes.
        private final int[] ends;

        private final byte[] bytes;
        private final Optional<Boolean> isOver;

        private Batch(long first, int[] ends, byte[] bytes, Optional<Boolean> isOver) {
            this.first = first;
            this.ends = ends;
            this.bytes = bytes;
            this.isOver = isOver;
        }

        /// The last one's sequence.
        long last() {
            return first + ends.length - 1;
        }

        /// Whether the job is over with them; `before` where they tell nothing of it.
        boolean isOver(boolean before) {
            return isOver.orElse(before);
        }

        /// What stands behind the event `after`.
        ByteBuffer after(long after) {
            int from = after < first ? 0 : ends[(int) Math.min(after - first, ends.length - 1)];
            return ByteBuffer.wrap(bytes, from, bytes.length - from);
        }
    }

    /// A feed that begins after the event `sequence`.
    Feed(Coppice coppice, JobId job, long sequence) {
        this.coppice = coppice;
        this.job = job;
        this.sequence = sequence;
        this.subscription =
                coppice.log()
                        .subscribe(told -> {
                            if (told.equals(job)) {
                                news.release();
                            }
                        });
        this.thread = Thread.ofVirtual().name("feed-" + job).start(this::run);
        news.release();
    }

    Follower follow() {
        Follower follower = new Follower();
        followers.add(follower);
        return follower;
    }

    /// Whether nobody follows any more.
    boolean leave(Follower follower) {
        followers.remove(follower);
        return followers.isEmpty();
    }

    @Override
    public void close() {
        subscription.close();
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                news.acquire();
                news.drainPermits();
                try {
                    pass();
                } catch (EventLogException e) {
                    LOG.warn("The events of {} can't be read now", job, e);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void pass() {
        List<Recorded> more = coppice.log().read(job, sequence, READ_MAX);
        while (!more.isEmpty()) {
            Batch batch = batch(coppice, more);
            sequence = batch.last();
            followers.forEach(follower -> follower.offer(batch));
            more = coppice.log().read(job, sequence, READ_MAX);
        }
    }

    /// The events as server-sent events.
    ///
    /// @param events not empty, each the next one's predecessor
    static Batch batch(Coppice coppice, List<Recorded> events) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int[] ends = new int[events.size()];
        Optional<Boolean> isOver = Optional.empty();
        for (int i = 0; i < ends.length; i++) {
            Recorded recorded = events.get(i);
            String text =
                    "id: %d\ndata: %s\n\n".formatted(recorded.sequence(), coppice.json(recorded));
            bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            ends[i] = bytes.size();
            Optional<Boolean> before = isOver;
            isOver = isOver(recorded.event()).or(() -> before);
        }
        return new Batch(events.getFirst().sequence(), ends, bytes.toByteArray(), isOver);
    }

    /// Whether the job is over with this event, which need not be its last: a result is merged after the end.
    private static Optional<Boolean> isOver(Event event) {
        return switch (event) {
            case Event.JobEnded _ -> Optional.of(true);
            case Event.TasksAdded _, Event.RetryRequested _ -> Optional.of(false);
            case Event.JobSubmitted _,
                    Event.DriverTaken _,
                    Event.AttemptClaimed _,
                    Event.AttemptStarting _,
                    Event.WorkspaceReady _,
                    Event.AttemptStarted _,
                    Event.SessionOpened _,
                    Event.AgentEnded _,
                    Event.Checked _,
                    Event.Discovered _,
                    Event.AttemptEnded _,
                    Event.RetryScheduled _,
                    Event.TaskEnded _,
                    Event.AgentPaused _,
                    Event.CheckoutChanged _,
                    Event.CancelRequested _,
                    Event.PauseRequested _,
                    Event.Noted _,
                    Event.ResultMerged _ ->
                    Optional.empty();
        };
    }

    /// One that follows.
    static final class Follower {
        private final BlockingQueue<Batch> waiting = new ArrayBlockingQueue<>(QUEUE_MAX);
        private final Thread thread = Thread.currentThread();
        private volatile boolean isDropped;

        private Follower() {}

        private void offer(Batch batch) {
            if (!isDropped && !waiting.offer(batch)) {
                isDropped = true;
                // It may stand in a write that nobody reads.
                thread.interrupt();
            }
        }

        BlockingQueue<Batch> waiting() {
            return waiting;
        }

        /// Whether it was too slow.
        boolean isDropped() {
            return isDropped;
        }
    }
}
