package dev.coppice.library.envelope;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A task as it is handed to an agent, in the form of documents 000 and 001. Immutable; each `with` makes another.
/// [Orchestration#buildEnvelope] makes one with a fresh id.
///
/// Values may be whatever JSON has: `null`, booleans, numbers, text, lists and maps by text. They are copied.
///
/// @param taskId its own in a plan
/// @param agentName who is to do it
/// @param taskDescription what is to be done; not blank
/// @param expectedOutputs what the agent must bring: names among its results, or files
/// @param timeout wall clock of each try; default 1800 s
/// @param retryConfig default: not again
/// @param metadata carried unchanged
public record HandoffEnvelope(
        String taskId,
        String agentName,
        AgentType agentType,
        String taskDescription,
        Map<String, ?> inputs,
        Map<String, ?> context,
        Map<String, ?> constraints,
        List<String> expectedOutputs,
        Duration timeout,
        RetryConfig retryConfig,
        Map<String, ?> metadata) {

    private static final Set<String> KEYS =
            Set.of(
                    "task_id",
                    "agent_name",
                    "agent_type",
                    "task_description",
                    "inputs",
                    "context",
                    "constraints",
                    "expected_outputs",
                    "timeout_seconds",
                    "retry_config",
                    "metadata");

    /// @throws IllegalArgumentException for blank names or descriptions, a timeout that is not positive, and values that
    ///     JSON has no form for
    public HandoffEnvelope {
        requireText("task_id", taskId);
        requireText("agent_name", agentName);
        requireText("task_description", taskDescription);
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("timeout_seconds must be more than 0");
        }
        inputs = PythonJson.object(inputs, "inputs");
        context = PythonJson.object(context, "context");
        constraints = PythonJson.object(constraints, "constraints");
        expectedOutputs = List.copyOf(expectedOutputs);
        metadata = PythonJson.object(metadata, "metadata");
    }

    private static void requireText(String name, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException(name + " is empty");
        }
    }

    /// One with the defaults of the documents: a custom agent, 1800 s, no retry, all else empty.
    public static HandoffEnvelope of(
            String taskId, String agentName, String taskDescription, Map<String, ?> inputs) {
        return new HandoffEnvelope(
                taskId,
                agentName,
                AgentType.CUSTOM,
                taskDescription,
                inputs,
                Map.of(),
                Map.of(),
                List.of(),
                Orchestration.DEFAULT_AGENT_TIMEOUT,
                RetryConfig.NONE,
                Map.of());
    }

    /// The same for an agent of this type.
    public HandoffEnvelope withAgentType(AgentType type) {
        return changed(draft -> draft.agentType = type);
    }

    /// The same with what the agent should know besides its inputs.
    public HandoffEnvelope withContext(Map<String, ?> value) {
        return changed(draft -> draft.context = value);
    }

    /// The same with what the agent must keep to.
    public HandoffEnvelope withConstraints(Map<String, ?> value) {
        return changed(draft -> draft.constraints = value);
    }

    /// The same where the agent must bring these: names among its results, or files.
    public HandoffEnvelope withExpectedOutputs(String... names) {
        return changed(draft -> draft.expectedOutputs = List.of(names));
    }

    /// The same with so much time for each try.
    ///
    /// @throws IllegalArgumentException unless it is more than zero
    public HandoffEnvelope withTimeout(Duration limit) {
        return changed(draft -> draft.timeout = limit);
    }

    /// The same where a failed agent is run again as this says.
    public HandoffEnvelope withRetryConfig(RetryConfig config) {
        return changed(draft -> draft.retryConfig = config);
    }

    /// The same with values that are carried along and not looked at.
    public HandoffEnvelope withMetadata(Map<String, ?> value) {
        return changed(draft -> draft.metadata = value);
    }

    private HandoffEnvelope changed(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return new HandoffEnvelope(
                taskId,
                agentName,
                draft.agentType,
                taskDescription,
                inputs,
                draft.context,
                draft.constraints,
                draft.expectedOutputs,
                draft.timeout,
                draft.retryConfig,
                draft.metadata);
    }

    /// What of an envelope can be changed.
    private static final class Draft {
        private AgentType agentType;
        private Map<String, ?> context;
        private Map<String, ?> constraints;
        private List<String> expectedOutputs;
        private Duration timeout;
        private RetryConfig retryConfig;
        private Map<String, ?> metadata;

        Draft(HandoffEnvelope from) {
            this.agentType = from.agentType;
            this.context = from.context;
            this.constraints = from.constraints;
            this.expectedOutputs = from.expectedOutputs;
            this.timeout = from.timeout;
            this.retryConfig = from.retryConfig;
            this.metadata = from.metadata;
        }
    }

    /// The envelope as JSON values, in the documents' order.
    public Map<String, ?> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("task_id", taskId);
        map.put("agent_name", agentName);
        map.put("agent_type", agentType.value());
        map.put("task_description", taskDescription);
        map.put("inputs", inputs);
        map.put("context", context);
        map.put("constraints", constraints);
        map.put("expected_outputs", expectedOutputs);
        map.put("timeout_seconds", Seconds.of(timeout));
        map.put("retry_config", retryConfig.given());
        map.put("metadata", metadata);
        return map;
    }

    /// The document that an agent finds as `task_envelope.json`: two spaces deep, ASCII alone.
    public String toJson() {
        return PythonJson.indented(toMap());
    }

    /// The hash by which provenance knows what was asked: the one that the Python original computes.
    public String inputHash() {
        return PythonJson.hash(toMap());
    }

    /// The envelope of a JSON document. What is absent has its default.
    ///
    /// @throws IllegalArgumentException for what is no envelope, naming what is wrong with it
    public static HandoffEnvelope fromJson(String json) {
        if (!(PythonJson.parse(json) instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("an envelope is a JSON object");
        }
        Set<String> unknown = new TreeSet<>();
        map.keySet().forEach(key -> unknown.add(String.valueOf(key)));
        unknown.removeAll(KEYS);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("an envelope has no " + String.join(", ", unknown));
        }
        return of(
                        text(map, "task_id"),
                        text(map, "agent_name"),
                        text(map, "task_description"),
                        object(map, "inputs"))
                .withAgentType(
                        map.containsKey("agent_type")
                                ? AgentType.of(text(map, "agent_type"))
                                : AgentType.CUSTOM)
                .withContext(object(map, "context"))
                .withConstraints(object(map, "constraints"))
                .withExpectedOutputs(texts(map, "expected_outputs").toArray(String[]::new))
                .withTimeout(timeout(map))
                .withRetryConfig(new RetryConfig(object(map, "retry_config")))
                .withMetadata(object(map, "metadata"));
    }

    private static String text(Map<?, ?> map, String key) {
        if (map.get(key) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(key + " must be a text");
    }

    private static Map<String, ?> object(Map<?, ?> map, String key) {
        return switch (map.get(key)) {
            case null -> Map.of();
            case Map<?, ?> object -> PythonJson.object(object, key);
            default -> throw new IllegalArgumentException(key + " must be an object");
        };
    }

    private static List<String> texts(Map<?, ?> map, String key) {
        List<String> texts = new ArrayList<>();
        if (map.get(key) instanceof List<?> list) {
            for (Object each : list) {
                if (!(each instanceof String text)) {
                    throw new IllegalArgumentException(key + " must hold texts");
                }
                texts.add(text);
            }
        } else if (map.containsKey(key)) {
            throw new IllegalArgumentException(key + " must be a list");
        }
        return texts;
    }

    private static Duration timeout(Map<?, ?> map) {
        return switch (map.get("timeout_seconds")) {
            case null -> Orchestration.DEFAULT_AGENT_TIMEOUT;
            case Long seconds -> Duration.ofSeconds(seconds);
            case Double seconds -> Seconds.duration(seconds);
            default -> throw new IllegalArgumentException("timeout_seconds must be a number");
        };
    }
}
