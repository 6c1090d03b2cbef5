package dev.coppice.server.rest;

import dev.coppice.client.ServerStatus;
import dev.coppice.runtime.Coppice;
import dev.coppice.server.jobs.Jobs;
import dev.coppice.server.jobs.Views;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;

/// The calls that are about the server itself.
final class ServerCalls {
    private final Coppice coppice;
    private final Jobs jobs;
    private final Views views;
    private final Feeds feeds;
    private final Metrics metrics;
    private final Instant startedAt;
    private final String version;

    ServerCalls(
            Coppice coppice,
            Jobs jobs,
            Views views,
            Feeds feeds,
            Metrics metrics,
            Instant startedAt,
            String version) {
        this.coppice = coppice;
        this.jobs = jobs;
        this.views = views;
        this.feeds = feeds;
        this.metrics = metrics;
        this.startedAt = startedAt;
        this.version = version;
    }

    void health(Exchange exchange) throws IOException {
        exchange.json(200, Map.of("status", "ok"));
    }

    void status(Exchange exchange) throws IOException {
        exchange.json(
                200,
                new ServerStatus(
                        jobs.isStopping() ? "stopping" : "running",
                        version,
                        startedAt,
                        coppice.root().toString(),
                        coppice.log().jobs().size(),
                        (int) jobs.open().count(),
                        coppice.configuration().api().maxConcurrentJobs(),
                        feeds.open()));
    }

    void metrics(Exchange exchange) throws IOException {
        Map<String, Long> byStatus =
                views.standings()
                        .collect(
                                Collectors.groupingBy(
                                        job -> job.status().wire(), Collectors.counting()));
        exchange.text(
                200,
                "text/plain; version=0.0.4; charset=utf-8",
                metrics.text(byStatus, feeds.open()));
    }

    void openApi(Exchange exchange) throws IOException {
        exchange.bytes(200, Exchange.JSON, resource("openapi.json"));
    }

    void docs(Exchange exchange) throws IOException {
        exchange.bytes(200, "text/html; charset=utf-8", resource("docs.html"));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = ServerCalls.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the program has no " + name);
            }
            return in.readAllBytes();
        }
    }
}
