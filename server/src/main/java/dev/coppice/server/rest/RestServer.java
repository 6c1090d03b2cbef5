package dev.coppice.server.rest;

import dev.coppice.config.Configuration.Api;
import dev.coppice.runtime.Coppice;
import dev.coppice.server.access.Access;
import dev.coppice.server.jobs.Jobs;
import dev.coppice.server.jobs.Views;
import dev.coppice.server.mcp.McpDoor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server of one repository's jobs. It answers calls by virtual threads, its own keys' and those of the workers that
/// run here; a service also takes up the jobs that nobody drives, and lays its jobs down before it is closed so that
/// they can be resumed.
public final class RestServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RestServer.class);

    /// How long a connection may be still.
    private static final Duration IDLE = Duration.ofSeconds(30);

    private static final int HEADER_BYTES_MAX = 16 * 1024;
    private static final int THREADS_MAX = 32;

    private final Coppice coppice;
    private final Server server;
    private final ServerConnector connector;
    private final Jobs jobs;
    private final List<Route> routes;
    private final Views views;
    private final Feeds feeds;
    private final Patience patience;
    private Optional<Retention> retention = Optional.empty();
    private final ScheduledExecutorService sweep =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("rest-sweep").factory());

    /// How the server is to run.
    ///
    /// @param port 0: any free one
    /// @param logFolder where the audit log is, which is there
    /// @param patience how long the head of a request may take to come, and its body
    /// @param connections at once; further callers wait
    /// @param version of the program
    public record Options(
            String host,
            int port,
            Path logFolder,
            Duration patience,
            int connections,
            String version,
            InstantSource clock) {
        /// So long a request may take to come.
        public static final Duration PATIENCE = Duration.ofSeconds(20);

        /// Twice as many as there may be streams. More would take the files that git and the agents need.
        public static final int CONNECTIONS = 4_000;
    }

    /// @param isStatusOpen whether a call from this machine sees a job's status and counts without a key
    private RestServer(Coppice coppice, Access access, Options options, boolean isStatusOpen)
            throws IOException {
        AuditLog audit =
                new AuditLog(
                        options.logFolder().resolve("audit.jsonl"),
                        coppice.secrets(),
                        options.clock());
        this.coppice = coppice;
        this.views = new Views(coppice, options.clock());
        this.feeds = new Feeds(coppice);
        this.patience = new Patience(options.patience());
        this.jobs = new Jobs(coppice, views);
        JobCalls calls = new JobCalls(coppice, jobs, views, options.clock());
        Instant now = options.clock().instant();
        Metrics metrics = new Metrics();
        Api api = coppice.configuration().api();
        this.routes =
                Routes.of(
                        new ServerCalls(
                                coppice, jobs, views, feeds, metrics, now, options.version()),
                        calls,
                        new FileCalls(coppice, calls, views, feeds),
                        feeds,
                        new McpCalls(
                                new McpDoor(
                                        coppice, jobs, views, options.clock(), options.version()),
                                options.host(),
                                Entrance.isLoopback(options.host())));
        QueuedThreadPool threads = new QueuedThreadPool(THREADS_MAX);
        threads.setName("rest");
        threads.setReservedThreads(0);
        threads.setVirtualThreadsExecutor(
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("call-", 0).factory()));
        this.server = new Server(threads);
        this.connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http()));
        connector.setHost(options.host());
        connector.setPort(options.port());
        connector.setIdleTimeout(IDLE.toMillis());
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(options.connections(), connector));
        server.setErrorHandler(Entrance::answerError);
        server.setHandler(
                new Entrance(
                        routes,
                        access.andFor(coppice::worker),
                        new RateLimit(api.rateLimit(), System::nanoTime),
                        isStatusOpen,
                        patience,
                        audit,
                        metrics));
    }

    private static HttpConfiguration http() {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(true);
        http.setRequestHeaderSize(HEADER_BYTES_MAX);
        return http;
    }

    /// Starts the server, which then takes up the jobs that nobody drives.
    ///
    /// @throws IOException where it can't listen, or its audit log can't be written
    public static RestServer start(Coppice coppice, Access access, Options options)
            throws IOException {
        Api api = coppice.configuration().api();
        boolean isStatusOpen = api.isStatusOpen() && Entrance.isLoopback(options.host());
        RestServer rest = new RestServer(coppice, access, options, isStatusOpen);
        rest.listen(options.patience());
        boolean isReady = false;
        try {
            coppice.openDoor(rest.address());
            rest.takeUp();
            rest.retention =
                    api.retention().map(kept -> new Retention(coppice, kept, options.clock()));
            isReady = true;
            return rest;
        } finally {
            if (!isReady) {
                rest.close();
            }
        }
    }

    /// A server that answers the workers of this process and nobody else, where `channel` listens already.
    static RestServer ofWorkers(Coppice coppice, ServerSocketChannel channel, Options options)
            throws IOException {
        RestServer rest = new RestServer(coppice, Access.none(), options, false);
        try {
            rest.connector.open(channel);
        } catch (IOException e) {
            rest.end();
            throw e;
        }
        rest.listen(options.patience());
        return rest;
    }

    private void listen(Duration headPatience) throws IOException {
        try {
            server.start();
        } catch (IOException e) {
            end();
            throw e;
        } catch (Exception e) { // which Jetty declares
            end();
            throw new IOException(e);
        }
        Loiterers loiterers = new Loiterers(connector, headPatience);
        ScheduledFuture<?> _ =
                sweep.scheduleWithFixedDelay(
                        () -> {
                            loiterers.look(System.nanoTime());
                            patience.look(System.nanoTime());
                        },
                        1,
                        1,
                        TimeUnit.SECONDS);
    }

    /// Where it can be reached from here, with a literal address: `http://127.0.0.1:8000`.
    public URI address() {
        InetAddress bound =
                ((ServerSocketChannel) connector.getTransport()).socket().getInetAddress();
        String literal = bound.isAnyLocalAddress() ? "127.0.0.1" : bound.getHostAddress();
        String bracketed = literal.contains(":") ? "[" + literal + "]" : literal;
        return URI.create("http://" + bracketed + ":" + connector.getLocalPort());
    }

    /// All that can be asked.
    List<Route> routes() {
        return routes;
    }

    /// Whether only this machine can reach a server on `host`.
    public static boolean isLoopback(String host) {
        return Entrance.isLoopback(host);
    }

    private void takeUp() {
        jobs.open()
                .filter(job -> job.depth() == 0) // a child is taken up with its parent
                .map(Views.Standing::job)
                .toList()
                .forEach(coppice::resume);
    }

    /// Takes on no more, lays down the jobs that it drives, and waits until they lie. Then [#close] ends the rest.
    public void layDown() throws InterruptedException {
        jobs.layDown();
    }

    /// Ends all streams and connections. Jobs that were not laid down are left as they are.
    @Override
    public void close() {
        coppice.shutDoor();
        retention.ifPresent(Retention::close);
        feeds.close();
        end();
    }

    private void end() {
        sweep.shutdownNow();
        try {
            server.stop();
        } catch (Exception e) { // which Jetty declares
            LOG.warn("The server did not stop as it should", e);
        }
        views.close();
    }
}
