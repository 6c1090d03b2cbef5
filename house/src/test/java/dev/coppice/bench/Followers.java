package dev.coppice.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/// Followers of a stream of server-sent events, each of which has [#MARK] in it once. One thread reads for them all.
final class Followers implements AutoCloseable {
    static final char MARK = '~';

    private static final int BUFFER_BYTES = 256 * 1024;

    private final Selector selector;
    private final List<Follower> followers = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final AtomicLong deliveries = new AtomicLong();
    private final Semaphore news = new Semaphore(0);
    private final Queue<Long> arrivals = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean isTimed;
    private volatile boolean isOver;

    /// Owned by the thread that reads.
    private static final class Follower {
        private final SocketChannel channel;
        private boolean isGreeted;

        private Follower(SocketChannel channel) {
            this.channel = channel;
        }
    }

    private Followers(Selector selector) {
        this.selector = selector;
        this.thread = Thread.ofPlatform().daemon().name("followers").unstarted(this::read);
    }

    /// Has so many follow, and returns once all of them were greeted with a comment.
    ///
    /// @param request whole, as it is sent
    static Followers open(InetSocketAddress server, String request, int count)
            throws IOException, InterruptedException {
        Followers all = new Followers(Selector.open());
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open(server);
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            channel.configureBlocking(false);
            Follower follower = new Follower(channel);
            channel.register(all.selector, SelectionKey.OP_READ, follower);
            all.followers.add(follower);
        }
        all.thread.start();
        all.news.acquire(count);
        return all;
    }

    private void read() {
        try {
            while (true) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    if (key.attachment() instanceof Follower follower) {
                        read(follower);
                    }
                }
                selector.selectedKeys().clear();
            }
        } catch (IOException | ClosedSelectorException _) {
            // the end
        } finally {
            isOver = true;
            news.release();
        }
    }

    private void read(Follower follower) throws IOException {
        buffer.clear();
        if (follower.channel.read(buffer) < 0) {
            throw new IOException("a follower was dropped");
        }
        int marks = 0;
        for (int i = 0; i < buffer.position(); i++) {
            byte at = buffer.get(i);
            if (at == MARK) {
                marks++;
            } else if (at == ':' && !follower.isGreeted && isComment(i)) {
                follower.isGreeted = true;
                news.release();
            }
        }
        if (marks > 0) {
            if (isTimed) {
                long now = System.nanoTime();
                for (int i = 0; i < marks; i++) {
                    arrivals.add(now);
                }
            }
            deliveries.addAndGet(marks);
            news.release();
        }
    }

    private boolean isComment(int at) {
        return at + 1 < buffer.position() && buffer.get(at + 1) == '\n';
    }

    /// Waits until each has got so many events in all.
    void await(long events) throws InterruptedException {
        while (deliveries.get() < events * followers.size()) {
            if (isOver) {
                throw new IllegalStateException("a follower was dropped");
            }
            news.acquire();
            news.drainPermits();
        }
    }

    /// After how many milliseconds each follower got the one event that `deed` publishes, counted from its beginning.
    ///
    /// @param events that each has got then, in all
    List<Double> millis(Bench.Deed deed, long events) throws Exception {
        arrivals.clear();
        isTimed = true;
        long begin = System.nanoTime();
        deed.run();
        await(events);
        isTimed = false;
        return arrivals.stream().map(at -> (at - begin) / 1e6).toList();
    }

    @Override
    public void close() throws IOException {
        selector.close();
        for (Follower follower : followers) {
            follower.channel.close();
        }
    }
}
