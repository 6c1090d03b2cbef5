package dev.coppice.folder;

import dev.coppice.model.Recorded;
import dev.coppice.model.TaskId;
import dev.coppice.report.EventText;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;

/// Writes a job's logs line by line as its events come: `orchestrator.log` and a log for each worker
/// for people, `orchestrator.jsonl` for programs. Secrets are masked in all of them.
///
/// Whoever takes a job up again hands over its events from the first one on: those that an earlier
/// process has already written are known by the last line of `orchestrator.jsonl` and not written
/// twice. Safe for use by many threads.
public final class JobLogs {
    /// Looked at first for the last line, which may be longer.
    private static final int TAIL = 64 * 1024;

    private final JobFolder folder;
    private final Secrets secrets;
    private final Documents documents;
    private final Story story;
    private long written;

    /// Logs in `folder`, which is made if it is not there.
    ///
    /// @param zone in which people are shown times
    public JobLogs(JobFolder folder, Secrets secrets, ZoneId zone) {
        this.folder = folder;
        this.secrets = secrets;
        documents = new Documents(secrets);
        story = new Story(secrets, zone);
        try {
            JobFolder.make(folder.logs());
            written = lastSequence(folder.structuredLog());
        } catch (IOException cause) {
            throw new FolderException("cannot use the logs in " + folder.logs(), cause);
        }
    }

    /// Takes the next events, in their order.
    public synchronized void happened(List<Recorded> events) {
        Map<Path, StringBuilder> logs = new LinkedHashMap<>();
        StringBuilder structured = new StringBuilder();
        for (Recorded recorded : events) {
            story.take(recorded);
            if (recorded.sequence() > written) {
                String line = story.text(recorded);
                add(logs, folder.orchestratorLog(), line);
                EventText.task(recorded.event()).ifPresent(task -> add(logs, log(task), line));
                structured.append(story.json(recorded)).append('\n');
                written = recorded.sequence();
            }
        }
        logs.forEach(JobLogs::append);
        if (!structured.isEmpty()) {
            // Last, since it says up to where the others are written.
            append(folder.structuredLog(), structured);
        }
    }

    private static void add(Map<Path, StringBuilder> logs, Path log, String line) {
        logs.computeIfAbsent(log, _ -> new StringBuilder()).append(line).append('\n');
    }

    /// Takes a whole line that a task's agent printed.
    public synchronized void said(TaskId task, String line) {
        append(log(task), secrets.mask(line) + "\n");
    }

    private Path log(TaskId task) {
        return folder.workerLog(story.worker(task), task);
    }

    private static void append(Path file, CharSequence text) {
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        try {
            Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException cause) {
            throw new FolderException("cannot write to " + file, cause);
        }
    }

    /// The number of the last event in the log; a line that a crash cut off is taken away.
    private long lastSequence(Path log) throws IOException {
        if (!Files.exists(log)) {
            return 0;
        }
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
            for (long size = TAIL; ; size *= 4) {
                long from = Math.max(0, file.length() - size);
                byte[] tail = new byte[Math.toIntExact(file.length() - from)];
                file.seek(from);
                file.readFully(tail);
                String text = new String(tail, StandardCharsets.ISO_8859_1);
                int end = text.lastIndexOf('\n') + 1;
                int start = text.lastIndexOf('\n', end - 2) + 1;
                if (start > 0 || from == 0) {
                    file.setLength(from + end);
                    return end == 0 ? 0 : documents.sequenceOf(text.substring(start, end));
                }
            }
        } catch (JacksonException cause) {
            throw new IOException("its last line is no event of ours", cause);
        }
    }
}
