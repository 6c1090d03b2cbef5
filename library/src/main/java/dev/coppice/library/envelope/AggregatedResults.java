package dev.coppice.library.envelope;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Many results as one summary (document 001).
///
/// @param successRate percentage of the tasks that completed; 0 where there were none
/// @param totalExecutionTime the sum of what the tasks took
/// @param wallClockTime from the first start to the last end
/// @param resultsByAgent by the agent's name; a further result of a name stands under `name (task id)`
public record AggregatedResults(
        int totalTasks,
        int successful,
        int failed,
        int timeout,
        Duration totalExecutionTime,
        Duration wallClockTime,
        Map<String, TaskResult> resultsByAgent,
        List<ProvenanceInfo> provenanceRecords,
        List<TaskResult> errors,
        double successRate) {

    public AggregatedResults {
        resultsByAgent = Collections.unmodifiableMap(new LinkedHashMap<>(resultsByAgent));
        provenanceRecords = List.copyOf(provenanceRecords);
        errors = List.copyOf(errors);
    }

    static AggregatedResults of(List<TaskResult> results) {
        Map<String, TaskResult> byAgent = new LinkedHashMap<>();
        for (TaskResult result : results) {
            String name = result.agentName();
            byAgent.put(
                    byAgent.containsKey(name) ? name + " (" + result.taskId() + ")" : name, result);
        }
        int successful = count(results, TaskStatus.COMPLETED);
        List<ProvenanceInfo> records =
                results.stream().flatMap(result -> result.provenance().stream()).toList();
        return new AggregatedResults(
                results.size(),
                successful,
                count(results, TaskStatus.FAILED),
                count(results, TaskStatus.TIMEOUT),
                results.stream()
                        .map(TaskResult::executionTime)
                        .reduce(Duration.ZERO, Duration::plus),
                wallClock(records),
                byAgent,
                records,
                results.stream().filter(result -> result.errorMessage().isPresent()).toList(),
                results.isEmpty() ? 0 : 100.0 * successful / results.size());
    }

    private static int count(Collection<TaskResult> results, TaskStatus status) {
        return Math.toIntExact(
                results.stream().filter(result -> result.status() == status).count());
    }

    private static Duration wallClock(List<ProvenanceInfo> records) {
        Optional<Instant> first =
                records.stream().map(ProvenanceInfo::startedAt).min(Comparator.naturalOrder());
        Optional<Instant> last =
                records.stream()
                        .flatMap(record -> record.completedAt().stream())
                        .max(Comparator.naturalOrder());
        return first.isPresent() && last.isPresent()
                ? Duration.between(first.get(), last.get())
                : Duration.ZERO;
    }

    /// The outputs of every result, by its task's id.
    public Map<String, ?> allOutputs() {
        Map<String, @Nullable Object> outputs = new LinkedHashMap<>();
        resultsByAgent.values().forEach(result -> outputs.put(result.taskId(), result.outputs()));
        return outputs;
    }

    /// As JSON values, in the documents' order.
    public Map<String, ?> toMap() {
        Map<String, @Nullable Object> byAgent = new LinkedHashMap<>();
        resultsByAgent.forEach((name, result) -> byAgent.put(name, brief(result)));
        List<@Nullable Object> failures = new ArrayList<>();
        errors.forEach(result -> failures.add(error(result)));
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("total_tasks", (long) totalTasks);
        map.put("successful", (long) successful);
        map.put("failed", (long) failed);
        map.put("timeout", (long) timeout);
        map.put("total_execution_time", Seconds.fraction(totalExecutionTime));
        map.put("wall_clock_time", Seconds.fraction(wallClockTime));
        map.put("results_by_agent", byAgent);
        map.put("all_outputs", allOutputs());
        map.put(
                "provenance_records",
                provenanceRecords.stream().map(ProvenanceInfo::toMap).toList());
        map.put("errors", failures);
        map.put("success_rate", successRate);
        return map;
    }

    private static Map<String, ?> brief(TaskResult result) {
        Map<String, @Nullable Object> brief = new LinkedHashMap<>();
        brief.put("status", result.status().value());
        brief.put("outputs", result.outputs());
        brief.put("execution_time", Seconds.fraction(result.executionTime()));
        return brief;
    }

    private static Map<String, ?> error(TaskResult result) {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("agent", result.agentName());
        error.put("task_id", result.taskId());
        error.put("error", result.errorMessage().orElse(""));
        return error;
    }

    /// The document that `orchestration_results.json` holds.
    public String toJson() {
        return PythonJson.indented(toMap());
    }
}
