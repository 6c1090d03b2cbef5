package dev.coppice.folder;

import dev.coppice.folder.JobFolder.TaskFolder;
import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import dev.coppice.report.FinalResult;
import dev.coppice.report.HtmlReport;
import dev.coppice.report.JobView;
import dev.coppice.report.LevelReport;
import dev.coppice.report.TaskView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Writes what a job's folder says of the job: results.json and its like for programs, the reports
/// for people. Each file appears whole or not at all, and can be written again at any time from the
/// events alone. Secrets are masked in all of them.
///
/// @param zone in which people are shown times; programs get UTC
/// @param histories the histories of the jobs that came of this one
public record ReportFiles(
        JobFolder folder, Secrets secrets, ZoneId zone, Function<JobId, List<Recorded>> histories) {
    /// Writes all files.
    ///
    /// @param events the job's whole history so far
    /// @param now when it is looked at, of matter only while the job is not over
    public void write(List<Recorded> events, Instant now) {
        JobView job = view(events);
        List<JobView> descendants =
                job.descendants(id ->
                        Optional.of(histories.apply(id)).filter(h -> !h.isEmpty()).map(this::view));
        Documents documents = new Documents(secrets);
        whole(folder.job(), documents.text(JobDocument.of(job)));
        whole(folder.metadata(), documents.text(MetadataDocument.of(job, folder)));
        whole(folder.plan(), documents.text(PlanDocument.of(job)));
        whole(folder.timeline(), documents.text(TimelineDocument.of(job, now)));
        whole(folder.analytics(), documents.text(AnalyticsDocument.of(job, descendants, now)));
        if (folder.depth() == 0) {
            levels(job, descendants, now);
        }
        whole(folder.htmlReport(), HtmlReport.render(job, descendants, now, zone));
        whole(folder.finalResult(), FinalResult.render(job, descendants, now, zone));
        // Last: who waits for it finds all that it names.
        whole(folder.results(), documents.text(ResultsDocument.of(job, descendants, folder, now)));
    }

    private void levels(JobView job, List<JobView> descendants, Instant now) {
        Map<Integer, List<JobView>> byDepth =
                Stream.concat(Stream.of(job), descendants.stream())
                        .collect(Collectors.groupingBy(each -> each.request().depth()));
        byDepth.forEach((depth, jobs) ->
                whole(folder.levelReport(depth), LevelReport.render(jobs, now, zone)));
    }

    private JobView view(List<Recorded> events) {
        return JobView.of(events.stream().map(secrets::mask).toList());
    }

    /// Writes which jobs the workers started, and gives those workers' folders their second names.
    public void writeChildren(List<Recorded> events) {
        JobView job = view(events);
        for (TaskView task : job.tasks()) {
            List<TaskView> children = job.children(task.id());
            if (!children.isEmpty()) {
                TaskFolder worker = folder.task(task.worker(), task.id());
                whole(
                        worker.childJob(),
                        new Documents(secrets).text(ChildJobsDocument.of(task, children)));
                link(worker);
            }
        }
    }

    private static void link(TaskFolder worker) {
        Path link = worker.recursive();
        try {
            if (!Files.isSymbolicLink(link)) {
                Files.createSymbolicLink(link, worker.root().getFileName());
            }
        } catch (IOException cause) {
            throw new FolderException("cannot link " + link, cause);
        }
    }

    private static void whole(Path file, String text) {
        Path parent = Objects.requireNonNull(file.getParent());
        try {
            JobFolder.make(parent);
            Path fresh = Files.createTempFile(parent, ".", ".part");
            try {
                Files.write(fresh, text.getBytes(StandardCharsets.UTF_8));
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException cause) {
            throw new FolderException("cannot write " + file, cause);
        }
    }
}
