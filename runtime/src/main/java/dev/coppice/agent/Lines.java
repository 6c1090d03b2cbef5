package dev.coppice.agent;

import java.util.Arrays;

/// Cuts a stream of bytes into lines without copying those that lie whole in what comes.
final class Lines {
    /// What is kept of a line that comes in pieces, far more than any answer of a model: 16 MiB. The rest of a longer
    /// line is dropped.
    static final int LINE_BYTES_MAX = 16 << 20;

    private static final int KEPT_BETWEEN_LINES = 1 << 16;

    /// Takes one line, without its end. The array is the reader's own only until it returns.
    interface Sink {
        void line(byte[] bytes, int from, int length);
    }

    private final Sink sink;
    private byte[] begun = new byte[0];
    private int begunLength;

    Lines(Sink sink) {
        this.sink = sink;
    }

    void read(byte[] bytes, int from, int length) {
        int end = from + length;
        int start = from;
        for (int i = from; i < end; i++) {
            if (bytes[i] == '\n') {
                line(bytes, start, i - start);
                start = i + 1;
            }
        }
        keep(bytes, start, end - start);
    }

    /// Gives out a last line that had no end.
    void finish() {
        if (begunLength > 0) {
            line(begun, 0, 0);
        }
    }

    private void line(byte[] bytes, int from, int length) {
        if (begunLength == 0) {
            sink.line(bytes, from, length);
            return;
        }
        keep(bytes, from, length);
        int whole = begunLength;
        begunLength = 0;
        sink.line(begun, 0, whole);
        if (begun.length > KEPT_BETWEEN_LINES) {
            begun = new byte[0];
        }
    }

    private void keep(byte[] bytes, int from, int length) {
        int taken = Math.min(length, LINE_BYTES_MAX - begunLength);
        if (taken > begun.length - begunLength) {
            int wanted = Math.max(begunLength + taken, Math.min(2 * begun.length, LINE_BYTES_MAX));
            begun = Arrays.copyOf(begun, wanted);
        }
        System.arraycopy(bytes, from, begun, begunLength, taken);
        begunLength += taken;
    }
}
