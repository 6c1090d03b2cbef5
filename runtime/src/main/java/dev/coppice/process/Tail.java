package dev.coppice.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// The last part of a file, as text.
///
/// @param text what is not UTF-8 becomes U+FFFD
/// @param isCut whether there is more before it; then it begins with a whole line, if there is one
public record Tail(String text, boolean isCut) {
    /// Reads at most the last `bytesMax` bytes of a file, however long it is.
    public static Tail of(Path file, int bytesMax) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long skipped = Math.max(0, in.length() - bytesMax);
            in.seek(skipped);
            InputStream rest = Channels.newInputStream(in.getChannel());
            byte[] bytes = rest.readNBytes(bytesMax);
            int from = skipped == 0 ? 0 : wholeLine(bytes);
            return new Tail(
                    new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8),
                    skipped > 0);
        }
    }

    /// Where the first whole line begins; else where a character does.
    private static int wholeLine(byte[] bytes) {
        for (int i = 0; i < bytes.length - 1; i++) {
            if (bytes[i] == '\n') {
                return i + 1;
            }
        }
        int from = 0;
        while (from < bytes.length && (bytes[from] & 0xC0) == 0x80) {
            from++;
        }
        return from;
    }
}
