package dev.coppice.folder;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Takes secrets out of the logs that programs wrote themselves, once they write no more.
public final class MaskedLogs {
    /// So much of a log is looked at together; beyond it a secret of several lines may be seen in part only.
    private static final int PIECE = 16 * 1024 * 1024;

    private final Secrets secrets;

    public MaskedLogs(Secrets secrets) {
        this.secrets = secrets;
    }

    /// Masks each `.log` file below `folder`, if that is there. A log without secrets is not written to.
    public void maskBelow(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> logs;
        try (Stream<Path> files = Files.walk(folder)) {
            logs = files.filter(file -> file.toString().endsWith(".log")).toList();
        }
        for (Path log : logs) {
            mask(log);
        }
    }

    /// Masks one file, if it is there.
    public void mask(Path log) throws IOException {
        if (!Files.isRegularFile(log, LinkOption.NOFOLLOW_LINKS) || !hasSecrets(log)) {
            return;
        }
        Path masked = log.resolveSibling(log.getFileName() + ".masked");
        Files.deleteIfExists(masked);
        try (InputStream in = Files.newInputStream(log);
                OutputStream out = Files.newOutputStream(masked)) {
            Files.setPosixFilePermissions(masked, Files.getPosixFilePermissions(log));
            Pieces pieces = new Pieces(in);
            for (Optional<String> piece = pieces.next(); piece.isPresent(); piece = pieces.next()) {
                out.write(secrets.mask(piece.get()).getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        Files.move(masked, log, StandardCopyOption.ATOMIC_MOVE);
    }

    private boolean hasSecrets(Path log) throws IOException {
        try (InputStream in = Files.newInputStream(log)) {
            Pieces pieces = new Pieces(in);
            for (Optional<String> piece = pieces.next(); piece.isPresent(); piece = pieces.next()) {
                if (!secrets.mask(piece.get()).equals(piece.get())) {
                    return true;
                }
            }
            return false;
        }
    }

    /// A file in pieces that end with a line, a character a byte: what a program prints need not be text.
    private static final class Pieces {
        private final InputStream in;
        private String rest = "";

        Pieces(InputStream in) {
            this.in = in;
        }

        Optional<String> next() throws IOException {
            byte[] read = in.readNBytes(PIECE);
            String text = rest + new String(read, StandardCharsets.ISO_8859_1);
            int end = read.length < PIECE ? text.length() : text.lastIndexOf('\n') + 1;
            if (end == 0) {
                end = text.length();
            }
            rest = text.substring(end);
            return Optional.of(text.substring(0, end)).filter(piece -> !piece.isEmpty());
        }
    }
}
