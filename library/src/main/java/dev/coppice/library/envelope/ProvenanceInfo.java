package dev.coppice.library.envelope;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where a result comes from (document 001).
///
/// @param completedAt also where the task failed or timed out
/// @param inputHash SHA-256 of the envelope, see [HandoffEnvelope#inputHash]
/// @param outputHash SHA-256 of the outputs; empty where there is no result
/// @param commandHistory what was done for it, in order
/// @param retryCount tries after the first one, as they were
/// @param worktreePath where the agent worked; empty where it did not come to that
public record ProvenanceInfo(
        String taskId,
        String agentName,
        String branchName,
        Instant startedAt,
        Optional<Instant> completedAt,
        String inputHash,
        Optional<String> outputHash,
        List<String> commandHistory,
        int retryCount,
        Optional<String> worktreePath) {
    public ProvenanceInfo {
        commandHistory = List.copyOf(commandHistory);
    }

    /// As JSON values, in the documents' order.
    public Map<String, ?> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("task_id", taskId);
        map.put("agent_name", agentName);
        map.put("branch_name", branchName);
        map.put("started_at", Seconds.moment(startedAt));
        map.put("completed_at", completedAt.map(Seconds::moment).orElse(null));
        map.put("input_hash", inputHash);
        map.put("output_hash", outputHash.orElse(null));
        map.put("command_history", commandHistory);
        map.put("retry_count", (long) retryCount);
        map.put("worktree_path", worktreePath.orElse(null));
        return map;
    }
}
