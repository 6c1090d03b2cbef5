package dev.coppice.folder;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.coppice.model.JobId;
import dev.coppice.model.Reason;
import dev.coppice.model.Resources;
import dev.coppice.model.TaskId;
import dev.coppice.report.AttemptView;
import dev.coppice.report.JobView;
import dev.coppice.report.StatusText.Load;
import dev.coppice.report.StatusText.Present;
import dev.coppice.report.TaskView;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What `status JOB --json` prints: results.json so far, and of each task what it waits for, what went wrong, and what its
/// running attempt takes from the machine.
record StatusDocument(
        @JsonUnwrapped ResultsDocument results,
        int depth,
        Optional<String> parentJobId,
        Optional<String> parentTask,
        String goal,
        boolean interrupted,
        Optional<String> continueWith,
        boolean paused,
        Optional<String> canceling,
        String why,
        Instant submittedAt,
        Instant updatedAt,
        Optional<Instant> endedAt,
        double elapsed,
        ProgressDocument progress,
        List<OneTask> own,
        List<Child> children,
        List<Pause> pauses,
        List<DiscoveriesDocument.Found> discoveries,
        List<Note> notes,
        List<String> checkoutChanges,
        Optional<DeliveryDocument> delivery) {
    private static final int ERROR_LINES_MAX = 10;
    private static final int ERROR_BYTES_MAX = 8 * 1024;

    /// A job that a task started, with those that came of it.
    record Child(
            String jobId,
            String status,
            String request,
            int depth,
            String parentJobId,
            String parentTask,
            ProgressDocument progress,
            Optional<BigDecimal> costUsd,
            List<Child> children) {}

    record OneTask(
            @JsonUnwrapped ResultsDocument.TaskResult result,
            String agent,
            Optional<String> phase,
            List<String> lastErrors,
            List<String> errorOutput,
            Optional<String> blockedBy,
            List<String> waitingFor,
            Optional<Instant> retryAt,
            Optional<String> session,
            List<String> rescues,
            List<String> conflictedFiles,
            Optional<Double> cpuSeconds,
            Optional<Long> memoryBytes,
            Optional<Long> peakMemoryBytes) {}

    record Pause(String agent, Instant resumesAt, String why) {}

    record Note(Instant at, String level, Optional<String> task, String text) {}

    /// @param descendants the jobs that came of it
    static StatusDocument of(
            JobView job, List<JobView> descendants, JobFolder folder, Present present) {
        Instant now = present.at();
        return new StatusDocument(
                ResultsDocument.of(
                        job,
                        folder,
                        now,
                        job.tasks().stream()
                                .map(task -> task(job, task, descendants, folder, present))
                                .toList()),
                job.request().depth(),
                job.request().parent().map(parent -> parent.job().value()),
                job.request().parent().map(parent -> parent.task().value()),
                job.goal(),
                present.interrupted(),
                present.interrupted()
                        ? Optional.of("coppice resume " + job.id())
                        : Optional.empty(),
                job.paused(),
                job.canceling().map(Reason::wire),
                job.why(),
                job.submittedAt(),
                job.updatedAt(),
                job.endedAt(),
                JsonValues.seconds(job.elapsed(now)),
                ProgressDocument.of(job.counts()),
                job.own().stream()
                        .map(task -> task(job, task, descendants, folder, present))
                        .toList(),
                children(job.id(), descendants),
                job.pausesAt(now).stream()
                        .map(pause -> new Pause(pause.agent().value(), pause.until(), pause.why()))
                        .toList(),
                job.discoveries().stream().map(DiscoveriesDocument.Found::of).toList(),
                job.notes().stream().map(StatusDocument::note).toList(),
                job.checkoutChanges(),
                job.integration().map(joined -> DeliveryDocument.of(joined.delivery())));
    }

    private static List<Child> children(JobId of, List<JobView> descendants) {
        List<Child> children = new ArrayList<>();
        for (JobView child : descendants) {
            child.request()
                    .parent()
                    .filter(parent -> parent.job().equals(of))
                    .ifPresent(parent ->
                            children.add(
                                    new Child(
                                            child.id().value(),
                                            child.status().wire(),
                                            child.request().request(),
                                            child.request().depth(),
                                            of.value(),
                                            parent.task().value(),
                                            ProgressDocument.of(child.counts()),
                                            child.usage().usd(),
                                            children(child.id(), descendants))));
        }
        return children;
    }

    private static OneTask task(
            JobView job,
            TaskView task,
            List<JobView> descendants,
            JobFolder folder,
            Present present) {
        Optional<AttemptView> last = task.lastAttempt();
        Optional<AttemptView> running = last.filter(AttemptView::isRunning);
        Optional<Load> load =
                running.flatMap(_ ->
                        Optional.ofNullable(
                                present.running().getOrDefault(job.id(), Map.of()).get(task.id())));
        Optional<Resources> taken =
                last.filter(attempt -> !attempt.isRunning()).map(AttemptView::resources);
        List<String> errors = task.lastErrors(ERROR_LINES_MAX);
        return new OneTask(
                ResultsDocument.task(job, task, descendants, present.at()),
                task.agent().value(),
                running.map(attempt -> attempt.phase().wire()),
                errors,
                errors.isEmpty() ? List.of() : errorOutput(task, folder),
                task.blockedBy().map(TaskId::value),
                task.waitingFor().stream().map(TaskId::value).toList(),
                task.retryAt(),
                task.session(),
                task.rescues(),
                task.conflictedFiles(),
                load.map(Load::cpu).or(() -> taken.map(Resources::cpu)).map(JsonValues::seconds),
                load.map(Load::memoryBytes),
                taken.flatMap(resources -> JsonValues.measured(resources.peakMemoryBytes())));
    }

    /// The end of what the last attempt's agent printed to its standard error.
    private static List<String> errorOutput(TaskView task, JobFolder folder) {
        return task.lastAttempt()
                .map(attempt ->
                        folder.task(task.worker(), task.id()).attempt(attempt.number()).errors())
                .filter(Files::isRegularFile)
                .map(StatusDocument::lastLines)
                .orElse(List.of());
    }

    private static List<String> lastLines(Path file) {
        try (RandomAccessFile errors = new RandomAccessFile(file.toFile(), "r")) {
            long length = errors.length();
            byte[] tail = new byte[(int) Math.min(length, ERROR_BYTES_MAX)];
            errors.seek(length - tail.length);
            errors.readFully(tail);
            List<String> lines = new String(tail, StandardCharsets.UTF_8).strip().lines().toList();
            return lines.subList(Math.max(0, lines.size() - ERROR_LINES_MAX), lines.size());
        } catch (IOException cause) {
            throw new FolderException("cannot read " + file, cause);
        }
    }

    private static Note note(JobView.Note note) {
        return new Note(
                note.at(),
                JsonValues.lower(note.level()),
                note.task().map(TaskId::value),
                note.text());
    }
}
