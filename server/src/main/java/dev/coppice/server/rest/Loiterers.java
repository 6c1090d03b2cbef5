package dev.coppice.server.rest;

import java.time.Duration;
import java.util.Map;
import java.util.WeakHashMap;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.internal.HttpConnection;

/// Connections on which the head of a request has begun to come and does not end. The idle timeout does not find
/// them, since now and then a byte comes. Owned by the thread that looks.
final class Loiterers {
    private final ServerConnector connector;
    private final long patienceNanos;
    private final Map<EndPoint, Seen> seen = new WeakHashMap<>();

    /// @param messages requests whose heads had come whole
    /// @param bytes that had come when the last of them had
    /// @param since when the next one began
    private record Seen(long messages, long bytes, long since) {}

    Loiterers(ServerConnector connector, Duration patience) {
        this.connector = connector;
        this.patienceNanos = patience.toNanos();
    }

    /// Closes those that were there too long.
    void look(long nanoTime) {
        for (EndPoint end : connector.getConnectedEndPoints()) {
            if (end.getConnection() instanceof HttpConnection connection) {
                look(end, connection, nanoTime);
            }
        }
    }

    private void look(EndPoint end, HttpConnection connection, long now) {
        long messages = connection.getMessagesIn();
        long bytes = connection.getBytesIn();
        boolean isAnswering = messages > connection.getMessagesOut();
        Seen before = seen.getOrDefault(end, new Seen(0, 0, now));
        if (isAnswering || messages != before.messages() || bytes == before.bytes()) {
            seen.put(end, new Seen(messages, bytes, now));
        } else if (now - before.since() > patienceNanos) {
            seen.remove(end);
            end.close();
        } else {
            seen.put(end, before);
        }
    }
}
