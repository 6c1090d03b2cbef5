package dev.coppice.server.rest;

import dev.coppice.folder.JobFolder;
import dev.coppice.model.JobId;
import dev.coppice.report.JobView;
import dev.coppice.report.TaskView;
import dev.coppice.runtime.Coppice;
import dev.coppice.server.jobs.Fault;
import dev.coppice.server.jobs.Views;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/// The calls that read files of a job's folder: logs, whole, in parts or as they grow, and whatever else is there
/// under its name. Logs are masked when they are written, all else when it is read.
final class FileCalls {
    static final String ORCHESTRATOR = "orchestrator";

    private static final String PLAIN = "text/plain; charset=utf-8";
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");
    private static final int PIECE_BYTES = 64 * 1024;

    /// A line is masked as a whole; a longer one in pieces.
    private static final int LINE_BYTES_MAX = 1 << 20;

    /// Bytes of a file's part, after which no further line begins.
    private static final int PART_BYTES = 1 << 20;

    /// A longer line of a part is sent as several: agents write lines of some megabytes.
    private static final int PART_LINE_BYTES_MAX = 16 << 20;

    private static final byte[] LINE_FEED = {'\n'};

    /// So often a log that is followed is looked at.
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);

    /// Looks at a log without news after which a job that is over will write no more.
    private static final int LAST_LOOKS = 5;

    /// Folders with whatever an agent works on, perhaps the user's own secrets among it.
    private static final List<String> HIDDEN = List.of("worktree", ".git");

    private final Coppice coppice;
    private final JobCalls jobs;
    private final Views views;
    private final Feeds feeds;

    FileCalls(Coppice coppice, JobCalls jobs, Views views, Feeds feeds) {
        this.coppice = coppice;
        this.jobs = jobs;
        this.views = views;
        this.feeds = feeds;
    }

    // ---- logs ----

    /// A part of a log, from byte `from` up to byte `to`, which is not in it.
    private record Part(long from, long to) {}

    void log(Exchange exchange) throws IOException, InterruptedException {
        JobView job = jobs.job(exchange);
        Path log = log(coppice.folder(job), job, exchange.part("worker"));
        if (exchange.flag("follow", false)) {
            follow(exchange, job.id(), log, exchange.number("offset", 0L, 0L, Long.MAX_VALUE));
            return;
        }
        long size = Files.exists(log) ? Files.size(log) : 0;
        Part part = part(exchange, size);
        boolean isWhole = part.from() == 0 && part.to() == size;
        boolean isPartial = !isWhole && exchange.header("Range").isPresent();
        exchange.set("Accept-Ranges", "bytes");
        exchange.set("X-Log-Size", Long.toString(size));
        if (isPartial) {
            exchange.set(
                    "Content-Range", "bytes %d-%d/%d".formatted(part.from(), part.to() - 1, size));
        }
        exchange.begin(isPartial ? 206 : 200, PLAIN);
        send(exchange, log, part.from(), part.to());
        exchange.end();
    }

    private static Path log(JobFolder folder, JobView job, String worker) {
        if (worker.equals(ORCHESTRATOR)) {
            return folder.orchestratorLog();
        }
        TaskView task =
                job.all()
                        .filter(each ->
                                each.workerId().equals(worker) || each.id().value().equals(worker))
                        .findFirst()
                        .orElseThrow(() ->
                                Fault.of(
                                        Fault.Kind.NOT_FOUND,
                                        "The job has no worker called " + worker));
        return folder.workerLog(task.worker(), task.id());
    }

    /// What the `Range` header, or `offset` and `limit`, ask for.
    private static Part part(Exchange exchange, long size) {
        long offset = exchange.number("offset", 0L, 0L, Long.MAX_VALUE);
        long limit = exchange.number("limit", Long.MAX_VALUE, 1L, Long.MAX_VALUE);
        Part asked =
                exchange.header("Range")
                        .map(range -> range(range, size))
                        .orElse(new Part(offset, limit > size - offset ? size : offset + limit));
        boolean isAll = asked.from() == 0 && size == 0;
        if (!isAll && asked.from() >= size) {
            exchange.set("Content-Range", "bytes */" + size);
            throw Fault.of(
                    Fault.Kind.RANGE_NOT_SATISFIABLE, "The log has " + size + " bytes so far.");
        }
        return asked;
    }

    /// The first bytes, the last ones, or those between; of several ranges none.
    private static Part range(String range, long size) {
        Matcher asked = RANGE.matcher(range);
        if (!asked.matches() || (asked.group(1).isEmpty() && asked.group(2).isEmpty())) {
            return new Part(0, size);
        }
        if (asked.group(1).isEmpty()) {
            return new Part(Math.max(0, size - Long.parseLong(asked.group(2))), size);
        }
        long from = Long.parseLong(asked.group(1));
        long to =
                asked.group(2).isEmpty()
                        ? size
                        : Math.min(size, Long.parseLong(asked.group(2)) + 1);
        return from < to ? new Part(from, to) : new Part(size, size);
    }

    private void follow(Exchange exchange, JobId job, Path log, long from)
            throws IOException, InterruptedException {
        try (Feeds.Stream stream = feeds.begin(exchange::isStillWanted)) {
            exchange.set("Connection", "close"); // nothing else can be asked behind it
            exchange.beginStream(PLAIN);
            long sent = from;
            int quietLooks = 0;
            while (!stream.isOver() && quietLooks < LAST_LOOKS && !exchange.isDeserted()) {
                boolean isOver = views.find(job).filter(v -> v.status().isOver()).isPresent();
                long size = Files.exists(log) ? Files.size(log) : 0;
                if (size > sent) {
                    sent = send(exchange, log, sent, size);
                    quietLooks = 0;
                } else {
                    // Seen by a caller that waits for the beginning of the answer.
                    exchange.piece(ByteBuffer.allocate(0));
                    quietLooks = isOver ? quietLooks + 1 : 0;
                    Thread.sleep(LOOK_EVERY);
                }
            }
            exchange.end();
        }
    }

    /// Sends the bytes from `from` to `to`; returns where it ended.
    private static long send(Exchange exchange, Path file, long from, long to) throws IOException {
        if (from >= to) {
            return from;
        }
        long sent = from;
        try (SeekableByteChannel in = Files.newByteChannel(file)) {
            in.position(from);
            ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
            while (sent < to) {
                piece.clear().limit((int) Math.min(PIECE_BYTES, to - sent));
                if (in.read(piece) < 0) {
                    break;
                }
                sent += piece.position();
                exchange.piece(piece.flip());
            }
        }
        return sent;
    }

    // ---- artifacts ----

    void artifact(Exchange exchange) throws IOException {
        JobView job = jobs.job(exchange);
        String named = exchange.part("path");
        JobFolder folder = coppice.folder(job);
        Path file = folder.find(named).orElseThrow(() -> nothing(named));
        if (isHidden(folder.root().toRealPath().relativize(file.toRealPath()))) {
            throw nothing(named);
        }
        exchange.set(
                "Content-Security-Policy",
                "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:");
        if (exchange.query("offset").isPresent()) {
            Piece piece = piece(file, exchange.number("offset", 0L, 0L, Long.MAX_VALUE));
            exchange.set("X-Next-Offset", Long.toString(piece.next()));
            exchange.begin(200, type(named));
            exchange.piece(piece.text());
        } else {
            exchange.begin(200, type(named));
            sendMasked(exchange, file);
        }
        exchange.end();
    }

    /// Lines of a file, masked.
    ///
    /// @param next where the first line begins that is not in it, or not whole
    private record Piece(ByteBuffer text, long next) {}

    /// The lines from byte `offset` on, so many of them as make a piece, and at the end of the file also one that is not
    /// ended yet.
    private Piece piece(Path file, long offset) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long next = offset;
        try (SeekableByteChannel channel = Files.newByteChannel(file);
                InputStream in =
                        new BufferedInputStream(Channels.newInputStream(channel), PIECE_BYTES)) {
            channel.position(Math.min(offset, channel.size()));
            for (int b = in.read(); b >= 0 && out.size() < PART_BYTES; b = in.read()) {
                line.write(b);
                boolean isLong = line.size() == PART_LINE_BYTES_MAX && b != '\n';
                if (b == '\n' || isLong) {
                    next += line.size();
                    out.writeBytes(masked(line));
                    out.writeBytes(isLong ? LINE_FEED : new byte[0]);
                    line.reset();
                }
            }
        }
        out.writeBytes(masked(line));
        return new Piece(ByteBuffer.wrap(out.toByteArray()), next);
    }

    private static Fault nothing(String named) {
        return Fault.of(Fault.Kind.NOT_FOUND, "The job has no such file: " + named);
    }

    private static boolean isHidden(Path inside) {
        return StreamSupport.stream(inside.spliterator(), false)
                .map(Path::toString)
                .anyMatch(HIDDEN::contains);
    }

    private static String type(String name) {
        String ending = name.substring(name.lastIndexOf('.') + 1);
        return switch (ending) {
            case "json" -> Exchange.JSON;
            case "html" -> "text/html; charset=utf-8";
            case "md" -> "text/markdown; charset=utf-8";
            default -> PLAIN;
        };
    }

    private void sendMasked(Exchange exchange, Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), PIECE_BYTES)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (int b = in.read(); b >= 0; b = in.read()) {
                line.write(b);
                if (b == '\n' || line.size() >= LINE_BYTES_MAX) {
                    out.writeBytes(masked(line));
                    line.reset();
                }
                if (out.size() >= PIECE_BYTES) {
                    exchange.piece(ByteBuffer.wrap(out.toByteArray()));
                    out.reset();
                }
            }
            out.writeBytes(masked(line));
            exchange.piece(ByteBuffer.wrap(out.toByteArray()));
        }
    }

    private byte[] masked(ByteArrayOutputStream line) {
        String text = line.toString(StandardCharsets.UTF_8);
        return coppice.secrets().mask(text).getBytes(StandardCharsets.UTF_8);
    }
}
