package dev.coppice.server.rest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// A call whose bytes are the test's own, since a decent client refuses to send what a server must stand.
final class RawCall {
    private static final int PATIENCE_MILLIS = 120_000;

    private RawCall() {}

    /// @param text status line, headers and body
    record Answer(int status, String text) {}

    /// The answer, which the OpenAPI document describes.
    static Answer send(URI server, String method, String path, String key, String body)
            throws IOException {
        return send(server, "localhost", method, path, key, body);
    }

    /// The same, with another name for the server.
    static Answer send(URI server, String host, String method, String path, String key, String body)
            throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head =
                """
                %s %s HTTP/1.1\r
                Host: %s\r
                X-API-Key: %s\r
                Content-Type: application/json\r
                Content-Length: %d\r
                Connection: close\r
                \r
                """
                        .formatted(method, path, host, key, bytes.length);
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.UTF_8));
            out.write(bytes);
            out.flush();
            return answer(method, path.split("\\?", 2)[0], rest(socket));
        }
    }

    /// What comes until the connection ends, be it by a reset: a server that closes before it has read all that was sent
    /// ends it so, behind what it answered.
    static String rest(Socket socket) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        byte[] piece = new byte[8192];
        try {
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                all.write(piece, 0, read);
            }
        } catch (SocketException _) {
            // which is an end as well
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    private static Answer answer(String method, String path, String text) {
        String[] parts = text.split("\r\n\r\n", 2);
        List<String> lines = parts[0].lines().toList();
        int status = Integer.parseInt(lines.getFirst().split(" ")[1]);
        Map<String, String> headers =
                lines.stream()
                        .skip(1)
                        .map(line -> line.split(": ", 2))
                        .collect(Collectors.toMap(header -> header[0], header -> header[1]));
        ApiDocument.requireDescribed(new ApiDocument.Told(method, path, status, headers, parts[1]));
        return new Answer(status, text);
    }
}
