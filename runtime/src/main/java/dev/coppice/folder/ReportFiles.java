package dev.coppice.folder;

import dev.coppice.model.Recorded;
import dev.coppice.report.FinalResult;
import dev.coppice.report.HtmlReport;
import dev.coppice.report.JobView;
import dev.coppice.report.LevelReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;

/// Writes what a job's folder says of the job: results.json and its like for programs, the reports
/// for people. Each file appears whole or not at all, and can be written again at any time from the
/// events alone. Secrets are masked in all of them.
///
/// @param zone in which people are shown times; programs get UTC
public record ReportFiles(JobFolder folder, Secrets secrets, ZoneId zone) {
    /// Writes all files.
    ///
    /// @param events the job's whole history so far
    /// @param now when it is looked at, of matter only while the job is not over
    public void write(List<Recorded> events, Instant now) {
        JobView job = JobView.of(events.stream().map(secrets::mask).toList());
        Documents documents = new Documents(secrets);
        whole(folder.job(), documents.job(job));
        whole(folder.metadata(), documents.metadata(job, folder));
        whole(folder.plan(), documents.plan(job));
        whole(folder.timeline(), documents.timeline(job, now));
        whole(folder.analytics(), documents.analytics(job, now));
        whole(folder.levelReport(), LevelReport.render(job, now, zone));
        whole(folder.htmlReport(), HtmlReport.render(job, now, zone));
        whole(folder.finalResult(), FinalResult.render(job, now, zone));
        // Last: who waits for it finds all that it names.
        whole(folder.results(), documents.results(job, folder, now));
    }

    private static void whole(Path file, String text) {
        Path parent = Objects.requireNonNull(file.getParent());
        try {
            JobFolder.make(parent);
            Path fresh = Files.createTempFile(parent, ".", ".part");
            try {
                Files.writeString(fresh, text);
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException cause) {
            throw new FolderException("cannot write " + file, cause);
        }
    }
}
