package dev.coppice.folder;

import dev.coppice.model.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The JSON document that hands a task to an agent, beside the prompt: for programs that would rather
/// read fields. Its keys are those of the documents' `HandoffEnvelope`:
/// ```
/// {"task_id": "model", "agent_name": "worker_1", "agent_type": "custom", "task_description": "…",
///  "inputs": {"model": {"output": "…", "branch": "…", "commit": "…"}},
///  "context": {"goal": "…", "hints": "…", "files": [], "discoveries": []},
///  "constraints": {"expects": "changes", "checks": []}, "expected_outputs": [],
///  "timeout_seconds": 600, "retry_config": {"max_retries": 2}, "metadata": {"job_id": "…", "attempt": 1}}
/// ```
///
/// @param worker `worker_1`
/// @param inputs what the tasks brought that this one needs, by their ids
public record TaskEnvelope(
        String job,
        String worker,
        Task task,
        int attempt,
        Duration timeout,
        String goal,
        SequencedMap<String, Input> inputs,
        List<String> discoveries) {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /// What one task brought.
    public record Input(String output, String branch, String commit) {}

    /// Writes the document, in place of any that is there.
    public void write(Path file) throws IOException {
        Files.write(file, JSON.writeValueAsBytes(document()));
    }

    private Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("task_id", task.id().value());
        document.put("agent_name", worker);
        document.put("agent_type", "custom");
        document.put("task_description", task.description());
        document.put("inputs", inputs);
        document.put(
                "context",
                Map.of(
                        "goal",
                        goal,
                        "hints",
                        task.hints(),
                        "files",
                        task.contextFiles(),
                        "discoveries",
                        discoveries));
        document.put(
                "constraints",
                Map.of(
                        "expects",
                        task.expects().name().toLowerCase(Locale.ROOT),
                        "checks",
                        task.checks().stream().map(Object::toString).toList()));
        document.put("expected_outputs", task.expectedFiles());
        document.put("timeout_seconds", timeout.toSeconds());
        document.put("retry_config", Map.of("max_retries", task.limits().maxRetries()));
        document.put("metadata", Map.of("job_id", job, "attempt", attempt));
        return document;
    }
}
