package dev.coppice.process;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/// One line of a child's output, without its line feed: a view into a buffer that is used again.
/// Valid only until the consumer that was given it returns; [#bytes] and [#text] make copies that
/// last.
public final class Line {
    /// How a line ends.
    public enum End {
        /// By a line feed.
        COMPLETE,
        /// By the end of the file: a half line, perhaps.
        HALF,
        /// By us: it is longer than the follower takes; its rest is left out.
        CUT
    }

    private final byte[] buffer;
    private final int from;
    private final int length;
    private final End end;

    Line(byte[] buffer, int from, int length, End end) {
        this.buffer = buffer;
        this.from = from;
        this.length = length;
        this.end = end;
    }

    /// The array that holds the line, and more: for parsers that take an array, [#from] and
    /// [#length].
    public byte[] buffer() {
        return buffer;
    }

    /// Where in [#buffer] the line begins.
    public int from() {
        return from;
    }

    /// How many bytes it has.
    public int length() {
        return length;
    }

    public End end() {
        return end;
    }

    /// Its byte at this place, counted from 0.
    public byte at(int index) {
        return buffer[from + Objects.checkIndex(index, length)];
    }

    /// Whether it begins with these bytes.
    public boolean startsWith(byte[] prefix) {
        return length >= prefix.length
                && Arrays.equals(buffer, from, from + prefix.length, prefix, 0, prefix.length);
    }

    /// A copy of its bytes.
    public byte[] bytes() {
        return Arrays.copyOfRange(buffer, from, from + length);
    }

    /// It, read as UTF-8; what is not UTF-8 becomes U+FFFD.
    public String text() {
        return new String(buffer, from, length, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return text();
    }
}
