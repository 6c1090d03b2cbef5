package dev.coppice.library.envelope;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What became of an envelope (documents 000 and 001).
///
/// @param outputs what the agent brought: the `results` of its `task_result.json`. Of an agent that wrote none, and of which
///     no outputs were expected: `output`, what it said, and a `warning`
/// @param errorMessage empty for a completed one
/// @param executionTime from the start of the first attempt to the end, or from the call where it did not come to one
public record TaskResult(
        String taskId,
        String agentName,
        TaskStatus status,
        Map<String, ?> outputs,
        Optional<String> errorMessage,
        Optional<ProvenanceInfo> provenance,
        Duration executionTime) {
    public TaskResult {
        outputs = PythonJson.object(outputs, "outputs");
    }

    /// As JSON values, in the documents' order.
    public Map<String, ?> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("task_id", taskId);
        map.put("agent_name", agentName);
        map.put("status", status.value());
        map.put("outputs", outputs);
        map.put("error_message", errorMessage.orElse(null));
        map.put("provenance", provenance.map(ProvenanceInfo::toMap).orElse(null));
        map.put("execution_time_seconds", Seconds.fraction(executionTime));
        return map;
    }
}
