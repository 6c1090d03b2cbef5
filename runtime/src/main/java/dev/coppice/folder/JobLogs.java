package dev.coppice.folder;

import dev.coppice.model.Event;
import dev.coppice.model.Recorded;
import dev.coppice.model.TaskId;
import dev.coppice.report.EventText;
import dev.coppice.report.Figures;
import dev.coppice.report.TaskView;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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
    private final ZoneId zone;
    private final Documents documents;
    private final Map<TaskId, Integer> workers = new HashMap<>();
    private long written;

    /// Logs in `folder`, which is made if it is not there.
    ///
    /// @param zone in which people are shown times
    public JobLogs(JobFolder folder, Secrets secrets, ZoneId zone) {
        this.folder = folder;
        this.secrets = secrets;
        this.zone = zone;
        documents = new Documents(secrets);
        try {
            Files.createDirectories(folder.logs());
            written = lastSequence(folder.structuredLog());
        } catch (IOException cause) {
            throw new FolderException("cannot use the logs in " + folder.logs(), cause);
        }
    }

    /// Takes the next event.
    public synchronized void happened(Recorded recorded) {
        if (recorded.event() instanceof Event.TasksAdded added) {
            added.tasks().stream()
                    .filter(task -> !task.id().isOwn())
                    .forEach(task -> workers.putIfAbsent(task.id(), workers.size() + 1));
        }
        if (recorded.sequence() <= written) {
            return;
        }
        Event event = secrets.mask(recorded.event());
        Optional<TaskId> task = EventText.task(event);
        Event.Level level = EventText.level(event);
        String line =
                "%s %-7s %s%s\n"
                        .formatted(
                                Figures.moment(recorded.at(), zone),
                                level,
                                task.map(id -> name(id) + " ").orElse(""),
                                EventText.describe(event, zone));
        append(folder.orchestratorLog(), line);
        task.ifPresent(id -> append(folder.workerLog(worker(id), id), line));
        // Last, since it says up to where the others are written.
        String message = EventText.describe(event, ZoneOffset.UTC);
        append(
                folder.structuredLog(),
                documents.line(recorded, event, task, task.map(this::workerId), message, level)
                        + "\n");
        written = recorded.sequence();
    }

    /// Takes a whole line that a task's agent printed.
    public synchronized void said(TaskId task, String line) {
        append(folder.workerLog(worker(task), task), secrets.mask(line) + "\n");
    }

    private int worker(TaskId task) {
        return workers.getOrDefault(task, 0);
    }

    private String workerId(TaskId task) {
        return TaskView.workerId(worker(task), task);
    }

    private String name(TaskId task) {
        return task.isOwn() ? workerId(task) : workerId(task) + " (" + task + ")";
    }

    private static void append(Path file, String text) {
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
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
