package dev.coppice.folder;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.coppice.model.CommitId;
import dev.coppice.model.TaskId;
import dev.coppice.model.Usage;
import dev.coppice.report.Analytics;
import dev.coppice.report.AttemptView.Phase;
import dev.coppice.report.JobView;
import dev.coppice.report.Provenance;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// analytics.json: what took the time, the money and the machine, and who made which file.
record AnalyticsDocument(
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
        List<FileRow> files) {
    record Bottleneck(String task, double saves) {}

    record TaskFigures(
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

    record Spent(
            long tokens,
            long inputTokens,
            long outputTokens,
            long cacheReadTokens,
            long cacheWriteTokens,
            Optional<BigDecimal> costUsd) {}

    record FileRow(
            String path,
            String change,
            String workerId,
            String task,
            String agent,
            int attempt,
            Optional<String> commit,
            boolean integrated) {}

    static AnalyticsDocument of(JobView job, List<JobView> descendants, Instant now) {
        Analytics analytics = Analytics.of(job, now);
        SequencedMap<String, Spent> agents = new LinkedHashMap<>();
        analytics.agents().forEach((agent, usage) -> agents.put(agent.value(), spent(usage)));
        return new AnalyticsDocument(
                job.id().value(),
                JsonValues.seconds(analytics.makespan()),
                JsonValues.seconds(analytics.work()),
                analytics.criticalPath().stream().map(TaskId::value).toList(),
                JsonValues.seconds(analytics.criticalPathLength()),
                analytics.slots(),
                analytics.peak(),
                JsonValues.seconds(analytics.lowerBound()),
                JsonValues.rounded(analytics.efficiency()),
                JsonValues.seconds(analytics.sequentialSaved()),
                analytics
                        .bottleneck()
                        .map(found ->
                                new Bottleneck(
                                        found.task().value(), JsonValues.seconds(found.saves()))),
                analytics.tasks().stream().map(AnalyticsDocument::figures).toList(),
                agents,
                spent(analytics.usage()),
                analytics.unpriced(),
                JsonValues.seconds(analytics.cpu()),
                JsonValues.measured(analytics.peakMemoryBytes()),
                Provenance.of(job, descendants).rows().stream()
                        .map(AnalyticsDocument::file)
                        .toList());
    }

    private static TaskFigures figures(Analytics.TaskFigures task) {
        return new TaskFigures(
                task.task().value(),
                task.workerId(),
                task.agent().value(),
                task.attempts(),
                JsonValues.seconds(task.spentOn(Phase.WAITING)),
                JsonValues.seconds(task.spentOn(Phase.PREPARING)),
                JsonValues.seconds(task.spentOn(Phase.WORKING)),
                JsonValues.seconds(task.spentOn(Phase.CHECKING)),
                JsonValues.seconds(task.spentOn(Phase.INTEGRATING)),
                spent(task.usage()),
                JsonValues.seconds(task.cpu()),
                JsonValues.measured(task.peakMemoryBytes()),
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
                JsonValues.lower(row.kind()),
                row.workerId(),
                row.task().value(),
                row.agent().value(),
                row.attempt(),
                row.commit().map(CommitId::value),
                row.integrated());
    }
}
