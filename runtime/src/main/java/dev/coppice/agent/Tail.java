package dev.coppice.agent;

import dev.coppice.model.WorkResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The last part of many lines: enough bytes for what a result keeps, whatever the characters.
final class Tail {
    /// A character has at most three bytes in UTF-8 for each `char` in Java; one more char tells that it was cut.
    private static final int BYTES_MAX = 3 * (WorkResult.OUTPUT_MAX + 1);

    private static final byte[] LINE_FEED = {'\n'};

    private byte[] bytes = new byte[1024];
    private int length;

    void addLine(String line) {
        byte[] encoded = line.getBytes(StandardCharsets.UTF_8);
        addLine(encoded, 0, encoded.length);
    }

    void addLine(byte[] line, int from, int count) {
        add(line, from, count);
        add(LINE_FEED, 0, 1);
    }

    private void add(byte[] more, int from, int count) {
        int taken = Math.min(count, BYTES_MAX);
        int start = from + count - taken;
        if (length + taken > bytes.length) {
            makeRoom(taken);
        }
        System.arraycopy(more, start, bytes, length, taken);
        length += taken;
    }

    /// The text; it begins with a whole character.
    String text() {
        int from = Math.max(0, length - BYTES_MAX);
        while (from > 0 && from < length && isContinuation(bytes[from])) {
            from++;
        }
        return new String(bytes, from, length - from, StandardCharsets.UTF_8);
    }

    /// Twice the maximum is held, so that old bytes are moved out of the way seldom.
    private void makeRoom(int taken) {
        if (length + taken <= 2 * BYTES_MAX) {
            bytes = Arrays.copyOf(bytes, Math.min(2 * BYTES_MAX, 2 * (length + taken)));
            return;
        }
        int kept = Math.min(length, BYTES_MAX);
        System.arraycopy(bytes, length - kept, bytes, 0, kept);
        length = kept;
        if (length + taken > bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * BYTES_MAX);
        }
    }

    private static boolean isContinuation(byte each) {
        return (each & 0xC0) == 0x80;
    }
}
