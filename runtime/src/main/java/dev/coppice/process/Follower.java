package dev.coppice.process;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;

/// Reads a file that grows, line by line, until whoever writes it has ended. Holds one line and the
/// block it came with, whatever the file's size. Used by one thread, which may be a virtual one.
public final class Follower implements AutoCloseable {
    /// The longest line that is handed on whole: 64 MiB. The longest seen from an agent had 3 MB.
    public static final int LINE_BYTES_MAX = 64 << 20;

    private static final int BLOCK_BYTES = 64 << 10;

    /// How long to wait for more before the next look: from the first after some came to the
    /// longest.
    private static final Duration FIRST_PAUSE = Duration.ofMillis(4);

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long TOP_BITS = ONES << 7;
    private static final long LINE_FEEDS = ONES * '\n';

    /// Tells when a file grows no more.
    @FunctionalInterface
    public interface Writer {
        /// Waits at most this long; true when the writer has ended, so that what is there now is
        /// all.
        boolean awaitEnd(Duration atMost) throws InterruptedException;
    }

    private final FileChannel channel;
    private final int lineBytesMax;
    private byte[] buffer = new byte[BLOCK_BYTES];

    /// The bytes in the buffer that are not handed on yet, and how many of them hold no line feed
    /// for sure.
    private int from;

    private int to;
    private int scanned;
    private long position;
    private boolean isSkipping;

    private Follower(FileChannel channel, long position, int lineBytesMax) {
        this.channel = channel;
        this.position = position;
        this.lineBytesMax = lineBytesMax;
    }

    /// Opens an existing file for following from its beginning.
    public static Follower of(Path file) throws IOException {
        return of(file, 0, LINE_BYTES_MAX);
    }

    /// Opens an existing file for following.
    ///
    /// @param position in bytes: where a line begins
    /// @param lineBytesMax what is longer is cut, and says so
    public static Follower of(Path file, long position, int lineBytesMax) throws IOException {
        return new Follower(
                FileChannel.open(file, StandardOpenOption.READ),
                position,
                Math.toIntExact(Checks.positive("lineBytesMax", lineBytesMax)));
    }

    /// Hands on every line until the writer has ended and the file is read to its end; at last a
    /// half line, if there is one.
    ///
    /// @throws IOException when the file can't be read; an exception of the consumer comes through
    ///     as it is
    public void follow(Writer writer, Consumer<Line> consumer)
            throws IOException, InterruptedException {
        boolean hasEnded = false;
        Duration pause = FIRST_PAUSE;
        while (true) {
            if (read(consumer)) {
                pause = FIRST_PAUSE;
            } else if (hasEnded) {
                break;
            } else {
                hasEnded = writer.awaitEnd(pause);
                pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        }
        finish(consumer);
    }

    /// Hands on every line that is there now; at last a half line, if there is one.
    public void readAll(Consumer<Line> consumer) throws IOException, InterruptedException {
        follow(atMost -> true, consumer);
    }

    /// Reads a block and hands on its lines; false when there is none.
    private boolean read(Consumer<Line> consumer) throws IOException, InterruptedException {
        makeRoom(consumer);
        int count;
        try {
            count = channel.read(ByteBuffer.wrap(buffer, to, buffer.length - to), position);
        } catch (ClosedByInterruptException e) {
            throw interrupted(e);
        }
        if (count <= 0) {
            return false;
        }
        position += count;
        to += count;
        handOn(consumer);
        return true;
    }

    private static InterruptedException interrupted(ClosedByInterruptException cause) {
        boolean _ = Thread.interrupted(); // an InterruptedException stands for it from here on
        InterruptedException e = new InterruptedException("while reading");
        e.initCause(cause);
        return e;
    }

    private void handOn(Consumer<Line> consumer) {
        int feed = lineFeed(buffer, scanned, to);
        while (feed >= 0) {
            give(feed, Line.End.COMPLETE, consumer);
            from = feed + 1;
            feed = lineFeed(buffer, from, to);
        }
        scanned = to;
        if (isSkipping) {
            from = to;
        }
    }

    /// Where the first line feed is; -1 when there is none. Looks at eight bytes at once, which
    /// makes following five times as fast: subtracting 1 from each byte borrows into the top bit of
    /// the first one that is zero.
    private static int lineFeed(byte[] bytes, int from, int to) {
        int i = from;
        for (; i + Long.BYTES <= to; i += Long.BYTES) {
            long differing = (long) EIGHT_BYTES.get(bytes, i) ^ LINE_FEEDS;
            long zeros = differing - ONES & ~differing & TOP_BITS;
            if (zeros != 0) {
                return i + Long.numberOfTrailingZeros(zeros) / Byte.SIZE;
            }
        }
        for (; i < to; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /// Hands on what is between `from` and `lineEnd`, but for the rest of a line that was cut.
    private void give(int lineEnd, Line.End end, Consumer<Line> consumer) {
        int length = lineEnd - from;
        if (isSkipping) {
            isSkipping = false;
        } else if (length > lineBytesMax) {
            consumer.accept(new Line(buffer, from, lineBytesMax, Line.End.CUT));
        } else {
            consumer.accept(new Line(buffer, from, length, end));
        }
    }

    /// Moves what is left to the beginning, in a larger buffer when a line fills this one, in a
    /// small one again when it is over. Of a line that is too long already, what is here goes on,
    /// and the rest of it is skipped.
    private void makeRoom(Consumer<Line> consumer) {
        if (to - from > lineBytesMax) {
            give(to, Line.End.CUT, consumer);
            isSkipping = true;
            from = to;
        }
        int kept = to - from;
        if (kept > buffer.length / 2) {
            long wanted = Math.min(2L * buffer.length, (long) lineBytesMax + BLOCK_BYTES);
            buffer = Arrays.copyOfRange(buffer, from, from + (int) wanted);
        } else if (kept < BLOCK_BYTES / 2 && buffer.length > BLOCK_BYTES) {
            buffer = Arrays.copyOfRange(buffer, from, from + BLOCK_BYTES);
        } else if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, kept);
        }
        from = 0;
        to = kept;
        scanned = kept;
    }

    private void finish(Consumer<Line> consumer) {
        if (to > from) {
            give(to, Line.End.HALF, consumer);
            from = to;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
