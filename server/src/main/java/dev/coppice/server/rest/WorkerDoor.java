package dev.coppice.server.rest;

import dev.coppice.runtime.Coppice;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The door of a process that is no service, on a port of loopback, where the workers that run here are known and nobody
/// else. The server behind it is started by the first call: where no worker calls, the door costs a socket.
public final class WorkerDoor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerDoor.class);

    private final Coppice coppice;
    private final RestServer.Options options;
    private final ServerSocketChannel channel;
    private final Selector selector;
    private final Thread waiting;
    private volatile @Nullable RestServer server;
    private volatile boolean isClosing;

    private WorkerDoor(
            Coppice coppice,
            RestServer.Options options,
            ServerSocketChannel channel,
            Selector selector) {
        this.coppice = coppice;
        this.options = options;
        this.channel = channel;
        this.selector = selector;
        // A platform thread: a virtual one would hold its carrier.
        this.waiting = Thread.ofPlatform().daemon().name("worker-door").unstarted(this::await);
    }

    /// Opens the door. Workers that start from now on get passes for it.
    ///
    /// @param options of which host and port are of no matter
    /// @throws IOException where no port can be had
    public static WorkerDoor open(Coppice coppice, RestServer.Options options) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        channel.bind(any);
        WorkerDoor door = new WorkerDoor(coppice, options, channel, Selector.open());
        coppice.openDoor(URI.create("http://127.0.0.1:" + channel.socket().getLocalPort()));
        door.waiting.start();
        return door;
    }

    /// Waits for the first call, which then finds a server.
    private void await() {
        try {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_ACCEPT);
            selector.select();
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            key.cancel();
            selector.selectNow(); // which forgets the key
            channel.configureBlocking(true);
            server = RestServer.ofWorkers(coppice, channel, options);
        } catch (IOException | RuntimeException e) {
            // The edge of a thread: nobody else would refuse the workers, who would wait for an
            // answer.
            if (!isClosing) {
                LOG.error("Workers find no server", e);
            }
            shut();
        }
    }

    private void shut() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("The door did not close as it should", e);
        }
    }

    /// Ends all connections. Workers that still run are answered no more.
    @Override
    public void close() {
        coppice.shutDoor();
        isClosing = true;
        waiting.interrupt();
        boolean isInterrupted = false;
        while (waiting.isAlive()) {
            try {
                waiting.join();
            } catch (InterruptedException _) {
                isInterrupted = true;
            }
        }
        try {
            RestServer open = server;
            if (open != null) {
                open.close();
            }
            selector.close();
            channel.close();
        } catch (IOException e) {
            LOG.warn("The door did not close as it should", e);
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
