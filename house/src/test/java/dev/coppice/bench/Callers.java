package dev.coppice.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Callers that each ask the next time as soon as they are answered, over connections that stay open. One thread serves
/// them all, so that most of the machine is left to the server.
final class Callers {
    static final int AT_ONCE = 32;

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final String GOOD = "HTTP/1.1 20";
    private static final Pattern LENGTH =
            Pattern.compile(
                    "^content-length: *(\\d+)", Pattern.MULTILINE | Pattern.CASE_INSENSITIVE);

    private Callers() {}

    /// One caller. Every answer is as long as the first one.
    private static final class Caller {
        private final SocketChannel channel;
        private final ByteBuffer request;
        private final String wanted;
        private final ByteBuffer answer = ByteBuffer.allocate(BUFFER_BYTES);
        private int length;

        private Caller(SocketChannel channel, String request, String wanted) {
            this.channel = channel;
            this.wanted = wanted;
            this.request = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
        }

        private void ask() throws IOException {
            request.rewind();
            while (request.hasRemaining()) {
                channel.write(request);
            }
        }

        /// Whether the answer is there, whole.
        private boolean isAnswered() throws IOException {
            if (channel.read(answer) < 0) {
                throw new IOException("the server hung up after: " + text());
            }
            if (length == 0) {
                length = length(text());
                if (answer.position() >= length && length > 0 && !text().contains(wanted)) {
                    throw new IOException("not the answer that was wanted: " + text());
                }
            }
            if (length == 0 || answer.position() < length) {
                return false;
            }
            if (answer.position() > length || !startsWell()) {
                throw new IOException("not the answer that was wanted: " + text());
            }
            answer.clear();
            return true;
        }

        private boolean startsWell() {
            for (int i = 0; i < GOOD.length(); i++) {
                if (answer.get(i) != GOOD.charAt(i)) {
                    return false;
                }
            }
            return true;
        }

        private String text() {
            return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
        }

        private static int length(String text) {
            int head = text.indexOf("\r\n\r\n");
            Matcher body = LENGTH.matcher(text);
            return head >= 0 && body.find() ? head + 4 + Integer.parseInt(body.group(1)) : 0;
        }
    }

    /// So many microseconds a call takes while they all call for so long.
    ///
    /// @param requests of each caller, from 0, whole, as they are sent
    /// @param wanted is in the right answer
    static double micros(
            InetSocketAddress server, IntFunction<String> requests, String wanted, Duration time)
            throws IOException {
        List<SocketChannel> channels = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < AT_ONCE; i++) {
                SocketChannel channel = SocketChannel.open(server);
                channels.add(channel);
                channel.configureBlocking(false);
                Caller caller = new Caller(channel, requests.apply(i), wanted);
                channel.register(selector, SelectionKey.OP_READ, caller);
                caller.ask();
            }
            long begin = System.nanoTime();
            long answers = 0;
            while (System.nanoTime() - begin < time.toNanos()) {
                selector.select(1_000);
                for (SelectionKey key : selector.selectedKeys()) {
                    if (key.attachment() instanceof Caller caller && caller.isAnswered()) {
                        answers++;
                        caller.ask();
                    }
                }
                selector.selectedKeys().clear();
            }
            return (System.nanoTime() - begin) / 1e3 / answers;
        } finally {
            for (SocketChannel channel : channels) {
                channel.close();
            }
        }
    }
}
