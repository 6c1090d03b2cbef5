package dev.coppice.cli;

import dev.coppice.client.JobSummary;
import dev.coppice.engine.EventLog;
import dev.coppice.folder.JobFolder;
import dev.coppice.folder.Secrets;
import dev.coppice.folder.StatusJson;
import dev.coppice.model.JobId;
import dev.coppice.model.Recorded;
import dev.coppice.model.TaskId;
import dev.coppice.process.Follower;
import dev.coppice.process.Line;
import dev.coppice.report.JobView;
import dev.coppice.report.StatusText.Load;
import dev.coppice.report.StatusText.Present;
import dev.coppice.runtime.Coppice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The jobs of the repository, or folder, that the user stands in.
record ThisRepository(Coppice coppice) implements Site {
    private static final int READ_MAX = 1_000;

    /// What is longer is cut.
    private static final int LINE_BYTES_MAX = 4 << 20;

    /// So much of a line that is cut is left out, lest the beginning of a secret be seen.
    private static final int CUT_SECRET = 4_096;

    @Override
    public List<JobSummary> jobs() {
        return coppice.jobs().stream()
                .flatMap(id -> coppice.view(id).stream())
                .map(job -> Jobs.summary(this, job))
                .toList();
    }

    @Override
    public Optional<JobView> view(JobId job) {
        return coppice.view(job);
    }

    @Override
    public List<Recorded> read(JobId job, long after) {
        return coppice.log().read(job, after, READ_MAX);
    }

    @Override
    public EventLog.Subscription subscribe(JobId job, Runnable news) {
        return coppice.log()
                .subscribe(told -> {
                    if (told.equals(job)) {
                        news.run();
                    }
                });
    }

    @Override
    public void follow(JobId job, Output out) {}

    @Override
    public Duration patience() {
        return Duration.ofMillis(500);
    }

    @Override
    public boolean isDriven(JobView job) {
        return coppice.isDriven(job);
    }

    @Override
    public Map<TaskId, Load> loads(JobView job) {
        return coppice.loads(job);
    }

    @Override
    public boolean hasFile(JobView job, Path file) {
        return Files.exists(file);
    }

    @Override
    public void lines(JobView job, Path file, Follower.Writer writer, Consumer<String> each)
            throws InterruptedException {
        try (Follower follower = Follower.of(file, 0, LINE_BYTES_MAX)) {
            follower.follow(writer, line -> each.accept(secrets().mask(whole(line))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String whole(Line line) {
        String text = line.text();
        return switch (line.end()) {
            case COMPLETE, HALF -> text;
            case CUT -> text.substring(0, text.length() - CUT_SECRET) + "…";
        };
    }

    @Override
    public String statusJson(JobView job, Present present) {
        return json(job).status(job, present);
    }

    @Override
    public String resultsJson(JobView job, Instant now) {
        return json(job).results(job, now);
    }

    private StatusJson json(JobView job) {
        return new StatusJson(folder(job), secrets(), coppice::view);
    }

    @Override
    public String report(JobView job) {
        Path report = folder(job).finalResult();
        return Files.exists(report)
                ? report.toString()
                : "coppice report %s (the file could not be written)".formatted(job.id());
    }

    @Override
    public Optional<String> page(JobView job) {
        return Optional.of(folder(job).htmlReport()).filter(Files::exists).map(Path::toString);
    }

    /// Where the job's files are.
    JobFolder folder(JobView job) {
        return coppice.folder(job);
    }

    @Override
    public Secrets secrets() {
        return coppice.secrets();
    }

    @Override
    public void close() {
        coppice.close();
    }
}
