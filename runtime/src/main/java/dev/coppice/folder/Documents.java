package dev.coppice.folder;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.coppice.model.CommandLine;
import dev.coppice.model.CommitId;
import dev.coppice.model.Duty;
import dev.coppice.model.Event;
import dev.coppice.model.FileChange;
import dev.coppice.model.Integration.Delivery;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.model.Need;
import dev.coppice.model.Reason;
import dev.coppice.model.Recorded;
import dev.coppice.model.Resources;
import dev.coppice.model.Task;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.model.Usage;
import dev.coppice.model.WorkResult;
import dev.coppice.report.Analytics;
import dev.coppice.report.AttemptView;
import dev.coppice.report.AttemptView.Phase;
import dev.coppice.report.Counts;
import dev.coppice.report.JobView;
import dev.coppice.report.Provenance;
import dev.coppice.report.StatusText.Load;
import dev.coppice.report.StatusText.Present;
import dev.coppice.report.TaskView;
import dev.coppice.report.Timeline;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The JSON of a job's folder, and how the view becomes it. Keys are the records' names in snake
/// case; what is unknown is null; times are UTC, durations seconds. Every text passes the mask.
///
/// results.json, the one that others rely on:
///
/// ```json
/// {"job_id": "…", "status": "completed", "request": "…",
///  "results": {"tasks": [{"worker_id": "worker_1", "id": "model", "name": "…", "status": "success", …}],
///              "statistics": {…}, "workspace": "/…/job_…", "final_report": "/…/FINAL_RESULT.md"},
///  "branch": "coppice/…/result", "commit": "…", "cost_usd": 0.42}
/// ```
final class Documents {
    private static final int ERROR_LINES_MAX = 10;
    private static final int ERROR_BYTES_MAX = 8 * 1024;
    private static final String CUT = "… (cut; the whole is in output.log)\n";

    /// What an event is called in the structured log: its name with underscores.
    private static final ClassValue<String> KIND =
            new ClassValue<>() {
                @Override
                protected String computeValue(Class<?> event) {
                    return event.getSimpleName()
                            .replaceAll("(?<!^)([A-Z])", "_$1")
                            .toLowerCase(Locale.ROOT);
                }
            };

    private final JsonMapper mapper;

    Documents(Secrets secrets) {
        mapper =
                JsonMapper.builder()
                        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                        .disable(
                                tools.jackson.databind.MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                        .addModule(MaskedJson.module(secrets))
                        .build();
    }

    // ---- results.json and status ----

    private record Results(
            String jobId,
            String status,
            String request,
            ResultsBody results,
            Optional<String> branch,
            Optional<String> commit,
            Optional<BigDecimal> costUsd) {}

    private record ResultsBody(
            List<?> tasks, Statistics statistics, String workspace, String finalReport) {}

    private record TaskResult(
            String workerId,
            String id,
            String name,
            String status,
            String output,
            List<String> filesCreated,
            List<String> filesModified,
            List<String> filesDeleted,
            int attempts,
            double duration,
            Optional<String> reason,
            Optional<String> errorMessage,
            boolean integrated,
            Optional<String> branch,
            Optional<String> commit,
            Optional<BigDecimal> costUsd,
            long tokens,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Optional<String> childJobId,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<TaskResult> childResults) {}

    private record Statistics(
            int totalTasks,
            int completedTasks,
            int failedTasks,
            int timeoutTasks,
            int blockedTasks,
            int canceledTasks,
            int runningTasks,
            int pendingTasks,
            double successRate,
            double progressPercentage,
            int attempts,
            double duration,
            long tokens,
            Optional<BigDecimal> costUsd,
            int unpricedAttempts,
            double parallelEfficiency,
            double sequentialTimeSaved) {}

    private record Status(
            @JsonUnwrapped Results results,
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
            Progress progress,
            List<TaskStatusDocument> own,
            List<Child> children,
            List<Pause> pauses,
            List<Found> discoveries,
            List<Note> notes,
            List<String> checkoutChanges,
            Optional<DeliveryDocument> delivery) {}

    /// A job that a task started, with those that came of it.
    private record Child(
            String jobId,
            String status,
            String request,
            int depth,
            String parentJobId,
            String parentTask,
            Progress progress,
            Optional<BigDecimal> costUsd,
            List<Child> children) {}

    /// Both sets of names that pollers know.
    private record Progress(
            int completed,
            int total,
            double successRate,
            int totalTasks,
            int completedTasks,
            int failedTasks,
            int runningTasks,
            int pendingTasks,
            double progressPercentage) {}

    private record CountsDocument(String jobId, String status, Progress progress) {}

    private record TaskStatusDocument(
            @JsonUnwrapped TaskResult result,
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

    private record Pause(String agent, Instant resumesAt, String why) {}

    private record Found(String task, int attempt, Instant at, String content, List<String> tags) {}

    private record Note(Instant at, String level, Optional<String> task, String text) {}

    private record DeliveryDocument(
            String state,
            Optional<String> target,
            Optional<String> commit,
            Optional<String> why,
            Optional<String> command) {}

    /// @param descendants the jobs that came of it
    String results(JobView job, List<JobView> descendants, JobFolder folder, Instant now) {
        return text(
                results(
                        job,
                        folder,
                        now,
                        job.tasks().stream()
                                .map(task -> result(job, task, descendants, now))
                                .toList()));
    }

    private record TaskOfJob(String jobId, @JsonUnwrapped TaskResult result) {}

    String task(JobView job, TaskView task, List<JobView> descendants, Instant now) {
        return text(new TaskOfJob(job.id().value(), result(job, task, descendants, now)));
    }

    private record Discoveries(String jobId, List<Found> discoveries) {}

    String discoveries(JobView job) {
        return text(
                new Discoveries(
                        job.id().value(),
                        job.discoveries().stream().map(Documents::found).toList()));
    }

    String counts(JobView job) {
        return text(
                new CountsDocument(job.id().value(), job.status().wire(), progress(job.counts())));
    }

    String status(JobView job, List<JobView> descendants, JobFolder folder, Present present) {
        Instant now = present.at();
        return text(
                new Status(
                        results(
                                job,
                                folder,
                                now,
                                job.tasks().stream()
                                        .map(task ->
                                                status(job, task, descendants, folder, present))
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
                        seconds(job.elapsed(now)),
                        progress(job.counts()),
                        job.own().stream()
                                .map(task -> status(job, task, descendants, folder, present))
                                .toList(),
                        children(job.id(), descendants),
                        job.pausesAt(now).stream()
                                .map(pause ->
                                        new Pause(
                                                pause.agent().value(), pause.until(), pause.why()))
                                .toList(),
                        job.discoveries().stream().map(Documents::found).toList(),
                        job.notes().stream().map(Documents::note).toList(),
                        job.checkoutChanges(),
                        job.integration().map(joined -> delivery(joined.delivery()))));
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
                                            progress(child.counts()),
                                            child.usage().usd(),
                                            children(child.id(), descendants))));
        }
        return children;
    }

    private static Results results(JobView job, JobFolder folder, Instant now, List<?> tasks) {
        return new Results(
                job.id().value(),
                job.status().wire(),
                job.request().request(),
                new ResultsBody(
                        tasks,
                        statistics(job, now),
                        folder.root().toString(),
                        folder.finalResult().toString()),
                job.resultBranch(),
                job.resultCommit().map(CommitId::value),
                job.usage().usd());
    }

    private static TaskResult result(
            JobView job, TaskView task, List<JobView> descendants, Instant now) {
        WorkResult result = task.result();
        List<TaskView> children = job.children(task.id());
        return new TaskResult(
                task.workerId(),
                task.id().value(),
                task.task().name(),
                status(task.status(), children),
                result.outputCut() ? CUT + result.output() : result.output(),
                files(result, FileChange.Kind.CREATED),
                files(result, FileChange.Kind.MODIFIED),
                files(result, FileChange.Kind.DELETED),
                task.attempts().size(),
                seconds(task.duration(now)),
                task.reason().map(Reason::wire),
                Optional.of(task.message()).filter(message -> !message.isBlank()),
                task.isIntegrated(),
                task.branch(),
                task.commit().map(CommitId::value),
                task.usage().usd(),
                task.usage().tokens(),
                children.isEmpty()
                        ? Optional.empty()
                        : children.getLast().child().map(JobId::value),
                children.stream()
                        .flatMap(child -> child.child().stream())
                        .flatMap(id -> childResults(id, descendants, now))
                        .toList());
    }

    private static Stream<TaskResult> childResults(
            JobId id, List<JobView> descendants, Instant now) {
        return descendants.stream()
                .filter(child -> child.id().equals(id))
                .flatMap(child ->
                        child.tasks().stream().map(task -> result(child, task, descendants, now)));
    }

    /// @param children the tasks for the jobs that it started, of which the last one counts: it stands for
    ///     those that went wrong before
    private static String status(TaskStatus status, List<TaskView> children) {
        boolean isRecursive =
                !children.isEmpty() && children.getLast().status() == TaskStatus.COMPLETED;
        return status == TaskStatus.COMPLETED && isRecursive ? "recursive_success" : status(status);
    }

    private static String status(TaskStatus status) {
        return switch (status) {
            case COMPLETED -> "success";
            case PENDING, READY, RUNNING, RETRYING, FAILED, TIMEOUT, BLOCKED, CANCELED ->
                    status.wire();
        };
    }

    private static List<String> files(WorkResult result, FileChange.Kind kind) {
        return result.files().stream()
                .filter(file -> file.kind() == kind)
                .map(FileChange::path)
                .toList();
    }

    private static Statistics statistics(JobView job, Instant now) {
        Counts counts = job.counts();
        Analytics analytics = Analytics.of(job, now);
        return new Statistics(
                counts.total(),
                counts.completed(),
                counts.of(TaskStatus.FAILED),
                counts.of(TaskStatus.TIMEOUT),
                counts.of(TaskStatus.BLOCKED),
                counts.of(TaskStatus.CANCELED),
                running(counts),
                pending(counts),
                rounded(counts.successRate()),
                rounded(counts.percentage()),
                job.tasks().stream().mapToInt(task -> task.attempts().size()).sum(),
                seconds(job.elapsed(now)),
                job.usage().tokens(),
                job.usage().usd(),
                job.unpricedAttempts(),
                rounded(analytics.efficiency()),
                seconds(analytics.sequentialSaved()));
    }

    private static Progress progress(Counts counts) {
        return new Progress(
                counts.completed(),
                counts.total(),
                rounded(counts.successRate()),
                counts.total(),
                counts.completed(),
                counts.of(TaskStatus.FAILED) + counts.of(TaskStatus.TIMEOUT),
                running(counts),
                pending(counts),
                rounded(counts.percentage()));
    }

    private static int running(Counts counts) {
        return counts.of(TaskStatus.RUNNING) + counts.of(TaskStatus.RETRYING);
    }

    private static int pending(Counts counts) {
        return counts.of(TaskStatus.PENDING) + counts.of(TaskStatus.READY);
    }

    private static TaskStatusDocument status(
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
        return new TaskStatusDocument(
                result(job, task, descendants, present.at()),
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
                load.map(Load::cpu).or(() -> taken.map(Resources::cpu)).map(Documents::seconds),
                load.map(Load::memoryBytes),
                taken.flatMap(resources -> measured(resources.peakMemoryBytes())));
    }

    /// Memory of which nothing was seen was not measured.
    private static Optional<Long> measured(long bytes) {
        return bytes == 0 ? Optional.empty() : Optional.of(bytes);
    }

    /// The end of what the last attempt's agent printed to its standard error.
    private static List<String> errorOutput(TaskView task, JobFolder folder) {
        return task.lastAttempt()
                .map(attempt ->
                        folder.task(task.worker(), task.id()).attempt(attempt.number()).errors())
                .filter(Files::isRegularFile)
                .map(Documents::lastLines)
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

    private static Found found(JobView.Found found) {
        return new Found(
                found.task().value(),
                found.attempt(),
                found.at(),
                found.discovery().content(),
                found.discovery().tags());
    }

    private static Note note(JobView.Note note) {
        return new Note(
                note.at(), lower(note.level()), note.task().map(TaskId::value), note.text());
    }

    private static DeliveryDocument delivery(Delivery delivery) {
        return switch (delivery) {
            case Delivery.NotAsked _ ->
                    new DeliveryDocument(
                            "not_asked",
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty());
            case Delivery.Delivered done ->
                    new DeliveryDocument(
                            "delivered",
                            Optional.of(done.target()),
                            Optional.of(done.commit().value()),
                            Optional.empty(),
                            Optional.empty());
            case Delivery.Refused refused ->
                    new DeliveryDocument(
                            "refused",
                            Optional.of(refused.target()),
                            Optional.empty(),
                            Optional.of(refused.why()),
                            Optional.of(refused.command()));
        };
    }

    // ---- job.json, metadata.json, plan.json ----

    private record Job(
            String jobId,
            String status,
            String request,
            String goal,
            String repository,
            Optional<String> base,
            Optional<String> target,
            int depth,
            Optional<String> parentJobId,
            Optional<String> parentTask,
            int maxWorkers,
            String integrate,
            String why,
            Instant submittedAt,
            Instant updatedAt,
            Optional<Instant> endedAt,
            Optional<String> branch,
            Optional<String> commit,
            Optional<DeliveryDocument> delivery,
            Optional<BigDecimal> costUsd) {}

    private record Metadata(
            String jobId,
            int depth,
            Optional<String> parentJobId,
            Optional<String> parentTask,
            List<Worker> workers) {}

    private record Worker(String workerId, String task, String status, String folder) {}

    private record ChildJobs(String workerId, String task, List<ChildJob> jobs) {}

    private record ChildJob(String jobId, int depth, String request, String folder) {}

    private record PlanDocument(String goal, List<PlannedTask> tasks) {}

    /// The keys of a plan file, so that the file can be run again.
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    private record PlannedTask(
            String id,
            String description,
            int priority,
            List<String> dependencies,
            List<String> contextFiles,
            String hints,
            String agent,
            Optional<String> model,
            String expects,
            List<String> expectedFiles,
            List<Object> checks,
            Optional<Number> estimate,
            Number timeout,
            int maxRetries,
            Optional<BigDecimal> budgetUsd) {}

    String job(JobView job) {
        return text(
                new Job(
                        job.id().value(),
                        job.status().wire(),
                        job.request().request(),
                        job.goal(),
                        job.request().repository(),
                        job.request().base().map(CommitId::value),
                        job.request().target(),
                        job.request().depth(),
                        job.request().parent().map(parent -> parent.job().value()),
                        job.request().parent().map(parent -> parent.task().value()),
                        job.request().settings().workers().maxWorkers(),
                        lower(job.request().settings().integrate().result()),
                        job.why(),
                        job.submittedAt(),
                        job.updatedAt(),
                        job.endedAt(),
                        job.resultBranch(),
                        job.resultCommit().map(CommitId::value),
                        job.integration().map(joined -> delivery(joined.delivery())),
                        job.usage().usd()));
    }

    String metadata(JobView job, JobFolder folder) {
        return text(
                new Metadata(
                        job.id().value(),
                        job.request().depth(),
                        job.request().parent().map(parent -> parent.job().value()),
                        job.request().parent().map(parent -> parent.task().value()),
                        job.tasks().stream()
                                .map(task ->
                                        new Worker(
                                                task.workerId(),
                                                task.id().value(),
                                                status(task.status()),
                                                folder.task(task.worker(), task.id())
                                                        .root()
                                                        .toString()))
                                .toList()));
    }

    /// child_job.json, for each job that a worker started.
    ///
    /// @param children the tasks that stand for these jobs
    String childJobs(TaskView worker, List<TaskView> children) {
        return text(
                new ChildJobs(
                        worker.workerId(),
                        worker.id().value(),
                        children.stream().flatMap(Documents::childJob).toList()));
    }

    private static Stream<ChildJob> childJob(TaskView child) {
        return child.task().duty()
                        instanceof Duty.Delegating(TaskId _, JobId id, JobRequest request)
                ? Stream.of(
                        new ChildJob(
                                id.value(),
                                request.depth(),
                                request.request(),
                                JobFolder.of(request, id).root().toString()))
                : Stream.empty();
    }

    String plan(JobView job) {
        return text(
                new PlanDocument(
                        job.goal(), job.tasks().stream().map(Documents::planned).toList()));
    }

    private static PlannedTask planned(TaskView view) {
        Task task = view.task();
        return new PlannedTask(
                task.id().value(),
                task.description(),
                task.priority(),
                task.needs().stream()
                        .filter(need -> need.on() == Need.On.SUCCESS)
                        .map(need -> need.task().value())
                        .toList(),
                task.contextFiles(),
                task.hints(),
                task.agent().value(),
                task.model(),
                lower(task.expects()),
                task.expectedFiles(),
                task.checks().stream().map(Documents::command).toList(),
                task.estimate().map(Documents::plainSeconds),
                plainSeconds(task.limits().timeout()),
                task.limits().maxRetries(),
                task.limits().budgetUsd());
    }

    private static Object command(CommandLine command) {
        return command.isShell() ? command.toString() : command.argv();
    }

    // ---- timeline.json, analytics.json ----

    private record TimelineDocument(
            String jobId, Instant from, Instant to, int peakParallel, List<Row> tasks) {}

    private record Row(String id, String workerId, String name, String status, List<Bar> spans) {}

    private record Bar(
            int attempt, String agent, String phase, Instant from, Instant to, double seconds) {}

    private record AnalyticsDocument(
            String jobId,
            double makespan,
            double work,
            List<String> criticalPath,
            double criticalPathLength,
            int slots,
            int peakParallel,
            double lowerBound,
            double parallelEfficiency,
            double sequentialTimeSaved,
            Optional<Bottleneck> bottleneck,
            List<TaskFigures> tasks,
            SequencedMap<String, Spent> agents,
            Spent total,
            int unpricedAttempts,
            double cpuSeconds,
            Optional<Long> peakMemoryBytes,
            List<FileRow> files) {}

    private record Bottleneck(String task, double saves) {}

    private record TaskFigures(
            String id,
            String workerId,
            String agent,
            int attempts,
            double waiting,
            double preparing,
            double working,
            double checking,
            double integrating,
            @JsonUnwrapped Spent spent,
            double cpuSeconds,
            Optional<Long> peakMemoryBytes,
            int leakedProcesses) {}

    private record Spent(
            long tokens,
            long inputTokens,
            long outputTokens,
            long cacheReadTokens,
            long cacheWriteTokens,
            Optional<BigDecimal> costUsd) {}

    private record FileRow(
            String path,
            String change,
            String workerId,
            String task,
            String agent,
            int attempt,
            Optional<String> commit,
            boolean integrated) {}

    String timeline(JobView job, Instant now) {
        Timeline timeline = Timeline.of(job, now);
        return text(
                new TimelineDocument(
                        job.id().value(),
                        timeline.from(),
                        timeline.to(),
                        timeline.peak(),
                        timeline.rows().stream().map(Documents::row).toList()));
    }

    private static Row row(Timeline.Row row) {
        return new Row(
                row.task().value(),
                row.workerId(),
                row.name(),
                status(row.status()),
                row.bars().stream()
                        .map(bar ->
                                new Bar(
                                        bar.attempt(),
                                        bar.agent().value(),
                                        bar.span().phase().wire(),
                                        bar.span().from(),
                                        bar.span().to(),
                                        seconds(bar.span().length())))
                        .toList());
    }

    String analytics(JobView job, List<JobView> descendants, Instant now) {
        Analytics analytics = Analytics.of(job, now);
        SequencedMap<String, Spent> agents = new LinkedHashMap<>();
        analytics.agents().forEach((agent, usage) -> agents.put(agent.value(), spent(usage)));
        return text(
                new AnalyticsDocument(
                        job.id().value(),
                        seconds(analytics.makespan()),
                        seconds(analytics.work()),
                        analytics.criticalPath().stream().map(TaskId::value).toList(),
                        seconds(analytics.criticalPathLength()),
                        analytics.slots(),
                        analytics.peak(),
                        seconds(analytics.lowerBound()),
                        rounded(analytics.efficiency()),
                        seconds(analytics.sequentialSaved()),
                        analytics
                                .bottleneck()
                                .map(found ->
                                        new Bottleneck(
                                                found.task().value(), seconds(found.saves()))),
                        analytics.tasks().stream().map(Documents::figures).toList(),
                        agents,
                        spent(analytics.usage()),
                        analytics.unpriced(),
                        seconds(analytics.cpu()),
                        measured(analytics.peakMemoryBytes()),
                        Provenance.of(job, descendants).rows().stream()
                                .map(Documents::file)
                                .toList()));
    }

    private static TaskFigures figures(Analytics.TaskFigures task) {
        return new TaskFigures(
                task.task().value(),
                task.workerId(),
                task.agent().value(),
                task.attempts(),
                seconds(task.spentOn(Phase.WAITING)),
                seconds(task.spentOn(Phase.PREPARING)),
                seconds(task.spentOn(Phase.WORKING)),
                seconds(task.spentOn(Phase.CHECKING)),
                seconds(task.spentOn(Phase.INTEGRATING)),
                spent(task.usage()),
                seconds(task.cpu()),
                measured(task.peakMemoryBytes()),
                task.leaked());
    }

    private static Spent spent(Usage usage) {
        return new Spent(
                usage.tokens(),
                usage.inputTokens(),
                usage.outputTokens(),
                usage.cacheReadTokens(),
                usage.cacheWriteTokens(),
                usage.usd());
    }

    private static FileRow file(Provenance.Row row) {
        return new FileRow(
                row.path(),
                lower(row.kind()),
                row.workerId(),
                row.task().value(),
                row.agent().value(),
                row.attempt(),
                row.commit().map(CommitId::value),
                row.integrated());
    }

    // ---- orchestrator.jsonl ----

    private record LogLine(
            Instant at,
            String level,
            String jobId,
            long sequence,
            String event,
            Optional<String> task,
            Optional<String> workerId,
            String message) {}

    /// One line of the structured log, without its end.
    String line(
            Recorded recorded,
            Event event,
            Optional<TaskId> task,
            Optional<String> workerId,
            String message,
            Event.Level level) {
        return mapper.writeValueAsString(
                new LogLine(
                        recorded.at(),
                        lower(level),
                        recorded.job().value(),
                        recorded.sequence(),
                        KIND.get(event.getClass()),
                        task.map(TaskId::value),
                        workerId,
                        message));
    }

    /// The number of the event in a line of the structured log.
    long sequenceOf(String line) {
        JsonNode sequence = mapper.readTree(line).path("sequence");
        return sequence.asLong(0);
    }

    // ---- values ----

    private String text(Object document) {
        return mapper.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsString(document)
                + "\n";
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    /// As a person writes them: without a fraction where there is none.
    private static Number plainSeconds(Duration duration) {
        return duration.toMillis() % 1000 == 0
                ? (Number) duration.toSeconds()
                : (Number) seconds(duration);
    }

    private static double rounded(double share) {
        return Math.round(share * 10_000) / 10_000.0;
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
