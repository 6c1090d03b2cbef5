package dev.coppice.cli;

import dev.coppice.folder.JobFolder;
import dev.coppice.folder.JobFolder.AttemptFolder;
import dev.coppice.folder.JobFolder.TaskFolder;
import dev.coppice.model.TaskId;
import dev.coppice.report.AttemptView;
import dev.coppice.report.JobView;
import dev.coppice.report.Plain;
import dev.coppice.report.TaskView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a task's agent printed: in its last attempt, round by round; followed, also in the attempts that come
/// after it. It is read and masked line by line, since an agent may print without end.
final class AgentLog {
    /// A file of the log.
    ///
    /// @param round from 0; later ones are those of checks that failed, or of plans that were none
    private record Part(int attempt, int round, Path file) {}

    private final Invocation call;
    private final Site site;
    private final JobReader reader;
    private final JobView job;
    private final TaskFolder folder;
    private final TaskId task;
    private final boolean follows;
    private boolean isFirst = true;

    AgentLog(Invocation call, Site site, JobReader reader, JobView job, TaskView task) {
        this.call = call;
        this.site = site;
        this.reader = reader;
        this.job = job;
        this.folder = JobFolder.of(job.request(), job.id()).task(task.worker(), task.id());
        this.task = task.id();
        this.follows = call.has(EventsCommand.FOLLOW);
    }

    /// Shows it; followed, until the job is over or nobody drives it.
    void show() throws InterruptedException {
        boolean isDocument = call.isJson() && !follows;
        if (isDocument) {
            call.out().print("{\"task\":" + Json.write(task) + ",\"lines\":[");
        }
        reader.read(_ -> {});
        Optional<Part> part = first();
        if (part.isEmpty()) {
            call.out().say(task + " was not attempted yet");
        }
        while (part.isEmpty() && !isOver(site.patience())) {
            part = lastAttempt().map(_ -> part(1)); // whatever became of it meanwhile
        }
        for (; part.isPresent(); part = after(part.get())) {
            show(part.get());
        }
        if (isDocument) {
            call.out().line("]}");
        }
    }

    private Optional<Part> first() {
        return lastAttempt().map(this::part);
    }

    /// The beginning of an attempt.
    private Part part(int attempt) {
        return new Part(attempt, 0, folder.attempt(attempt).output());
    }

    private Optional<Integer> lastAttempt() {
        return reader.view()
                .flatMap(job -> job.task(task))
                .flatMap(TaskView::lastAttempt)
                .map(AttemptView::number);
    }

    /// What was begun after `part`; then nothing more comes into that.
    private Optional<Part> after(Part part) throws InterruptedException {
        int round = part.round() + 1;
        AttemptFolder attempt = folder.attempt(part.attempt());
        for (AttemptFolder next : List.of(attempt.fix(round), attempt.again(round))) {
            if (site.hasFile(job, next.output())) {
                return Optional.of(new Part(part.attempt(), round, next.output()));
            }
        }
        return lastAttempt()
                .filter(last -> last > part.attempt())
                .map(_ -> part(part.attempt() + 1));
    }

    /// Whether nothing more comes at all; waits a moment where more may.
    private boolean isOver(Duration atMost) throws InterruptedException {
        boolean isOver = !follows || !reader.goesOn();
        if (!isOver) {
            reader.await(atMost);
            reader.read(_ -> {});
        }
        return isOver;
    }

    private boolean isWhole(Part part, Duration atMost) throws InterruptedException {
        return after(part).isPresent() || isOver(atMost);
    }

    private void show(Part part) throws InterruptedException {
        while (!site.hasFile(job, part.file())) {
            if (isWhole(part, site.patience())) {
                return;
            }
        }
        if (follows && !call.isJson() && (part.attempt() > 1 || part.round() > 0)) {
            call.out().say("attempt " + part.attempt() + ", round " + (part.round() + 1));
        }
        site.lines(job, part.file(), atMost -> isWhole(part, atMost), line -> tell(part, line));
    }

    private void tell(Part part, String text) {
        if (!call.isJson()) {
            call.out().line(Plain.lines(text));
            return;
        }
        String json =
                Json.write(
                        Json.object(
                                "attempt", part.attempt(), "round", part.round(), "text", text));
        if (follows) {
            call.out().line(json);
        } else {
            call.out().print((isFirst ? "" : ",") + json);
            isFirst = false;
        }
    }
}
