package dev.coppice.document;

import java.io.Reader;

/// Reads a text without ever ending a piece between the two halves of a character: the YAML scanner
/// (snakeyaml-engine 3.0.1) leaves its buffer when a piece of it ends so.
final class WholeCharacters extends Reader {
    private final String text;
    private int next;

    WholeCharacters(String text) {
        this.text = text;
    }

    @Override
    public int read(char[] buffer, int offset, int length) {
        if (next == text.length()) {
            return -1;
        }
        int end = Math.min(next + length, text.length());
        boolean isHalf = end < text.length() && Character.isHighSurrogate(text.charAt(end - 1));
        int count = isHalf && length > 1 ? end - next - 1 : end - next;
        text.getChars(next, next + count, buffer, offset);
        next += count;
        return count;
    }

    @Override
    public void close() {} // a text holds nothing open
}
