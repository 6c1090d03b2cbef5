package dev.coppice.server.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.coppice.client.Wire;
import dev.coppice.folder.Secrets;
import dev.coppice.model.Excerpt;
import dev.coppice.model.JobId;
import dev.coppice.server.access.Caller;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who changed what, and who was refused: a line of JSON for each such call.
///
/// ```json
/// {"at":"…","key":"ci","address":"127.0.0.1","method":"POST","path":"/api/v1/orchestrate","status":202,"job":"…"}
/// ```
/// Of a tool that was called by MCP its name stands there as `tool`. Keys are not among it, and secrets in a path are masked.
/// Of a caller that is refused because it calls too often the first refusal is a line, those that follow without a call
/// between are none. A file that is full becomes `audit.1.jsonl`, in place of the one before it. Safe for use by many
/// threads.
final class AuditLog {
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final int REFUSED_FROM = 400;

    /// Characters of a path; none of ours is longer but for the names of artifacts.
    private static final int PATH_MAX = 200;

    private static final long FULL_BYTES = 64L << 20;
    private static final Set<OpenOption> APPENDING =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);

    /// Also where somebody took the file before it away.
    private static final FileAttribute<Set<PosixFilePermission>> FOR_ITS_OWNER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final Secrets secrets;
    private final InstantSource clock;

    private record Line(
            Instant at,
            Optional<String> key,
            String address,
            String method,
            String path,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<String> tool,
            int status,
            Optional<String> job) {}

    /// @param file in a folder that is there
    AuditLog(Path file, Secrets secrets, InstantSource clock) throws IOException {
        this.file = file;
        this.secrets = secrets;
        this.clock = clock;
        append("");
    }

    /// Writes a line where the call changed something or was refused.
    void note(Exchange exchange) {
        Exchange.Audited call = exchange.audited();
        if (exchange.isPassedOver() || (!call.isChange() && call.status() < REFUSED_FROM)) {
            return;
        }
        Line line =
                new Line(
                        clock.instant(),
                        exchange.caller().map(Caller::name),
                        exchange.address(),
                        exchange.method(),
                        cut(secrets.mask(exchange.path())),
                        call.tool(),
                        call.status(),
                        exchange.job().map(JobId::value));
        write(Wire.write(line) + "\n");
    }

    private static String cut(String path) {
        return Excerpt.beginning(path, PATH_MAX, "…").text();
    }

    private synchronized void write(String line) {
        try {
            if (file.toFile().length() >= FULL_BYTES) { // 0 where somebody took it away
                Files.move(
                        file,
                        file.resolveSibling("audit.1.jsonl"),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            append(line);
        } catch (IOException e) {
            LOG.error("The audit log {} can't be written", file, e);
        }
    }

    private void append(String line) throws IOException {
        try (FileChannel log = FileChannel.open(file, APPENDING, FOR_ITS_OWNER)) {
            ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                log.write(bytes);
            }
        }
    }
}
