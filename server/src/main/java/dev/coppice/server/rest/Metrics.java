package dev.coppice.server.rest;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/// What a Prometheus server collects, in its text format. Safe for use by many threads.
final class Metrics {
    /// @param route a route's path, never the one that was asked, of which there may be any number
    private record Answered(String method, String route, int status) {
        private String line(long count) {
            return "coppice_http_requests_total{method=\"%s\",route=\"%s\",status=\"%d\"} %d\n"
                    .formatted(method, route, status, count);
        }
    }

    private final Map<Answered, LongAdder> answered = new ConcurrentHashMap<>();
    private final LongAdder timed = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    /// @param isStream whether the answer took as long as there was something to be told, which says nothing of the server
    void answered(String method, String route, int status, boolean isStream, long tookNanos) {
        answered.computeIfAbsent(new Answered(method, route, status), _ -> new LongAdder())
                .increment();
        if (!isStream) {
            timed.increment();
            nanos.add(tookNanos);
        }
    }

    /// All figures.
    ///
    /// @param jobsByStatus how many jobs have each status
    String text(Map<String, Long> jobsByStatus, int streams) {
        StringBuilder text = new StringBuilder();
        head(text, "coppice_jobs", "gauge", "Jobs by status.");
        new TreeMap<>(jobsByStatus)
                .forEach((status, count) ->
                        text.append("coppice_jobs{status=\"%s\"} %d\n".formatted(status, count)));
        head(text, "coppice_http_requests_total", "counter", "Answered calls.");
        text.append(
                answered.entrySet().stream()
                        .map(each -> each.getKey().line(each.getValue().sum()))
                        .sorted()
                        .collect(Collectors.joining()));
        head(text, "coppice_http_request_seconds", "summary", "Time of calls but for streams.");
        text.append("coppice_http_request_seconds_sum ").append(nanos.sum() / 1e9).append('\n');
        text.append("coppice_http_request_seconds_count ").append(timed.sum()).append('\n');
        head(text, "coppice_streams", "gauge", "Open streams of events and logs.");
        text.append("coppice_streams ").append(streams).append('\n');
        Runtime runtime = Runtime.getRuntime();
        head(text, "coppice_memory_used_bytes", "gauge", "Heap in use.");
        text.append("coppice_memory_used_bytes ")
                .append(runtime.totalMemory() - runtime.freeMemory())
                .append('\n');
        head(text, "coppice_uptime_seconds", "gauge", "Since the process started.");
        text.append("coppice_uptime_seconds ")
                .append(ManagementFactory.getRuntimeMXBean().getUptime() / 1e3)
                .append('\n');
        return text.toString();
    }

    private static void head(StringBuilder text, String name, String type, String help) {
        text.append("# HELP %s %s\n# TYPE %s %s\n".formatted(name, help, name, type));
    }
}
