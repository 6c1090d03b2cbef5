package dev.coppice.lead;

import dev.coppice.document.Form;
import dev.coppice.model.Expectation;
import dev.coppice.model.Task;
import dev.coppice.plan.TaskKey;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The JSON schema of a plan, for agents whose answer can be held to one. Ids, numbers and lists are
/// held tighter than [PlanReader] holds them; what it can't express is left to the check.
public final class PlanSchema {
    private static final String TEXTS = "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}";
    private static final String TEXT = "{\"type\":\"string\"}";
    private static final String TIME = "{\"type\":\"string\",\"pattern\":\"^[0-9]+(s|m|h)$\"}";

    private PlanSchema() {}

    /// The schema, on one line.
    public static String text() {
        String properties =
                Stream.of(TaskKey.values())
                        .map(key -> "\"" + key.word() + "\":" + property(key))
                        .collect(Collectors.joining(",", "{", "}"));
        String task =
                "{\"type\":\"object\",\"additionalProperties\":false,"
                        + "\"required\":[\"id\",\"description\"],\"properties\":"
                        + properties
                        + "}";
        return "{\"type\":\"object\",\"additionalProperties\":false,"
                + "\"required\":[\"goal\",\"tasks\"],\"properties\":{\"goal\":"
                + TEXT
                + ",\"tasks\":{\"type\":\"array\",\"minItems\":1,\"items\":"
                + task
                + "}}}";
    }

    private static String property(TaskKey key) {
        return switch (key) {
            case ID -> "{\"type\":\"string\",\"pattern\":\"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$\"}";
            case DESCRIPTION -> "{\"type\":\"string\",\"minLength\":1}";
            case PRIORITY -> whole(Task.FIRST_PRIORITY, Task.LAST_PRIORITY);
            case DEPENDENCIES, CONTEXT_FILES, EXPECTED_FILES, CHECKS -> TEXTS;
            case HINTS, AGENT, MODEL -> TEXT;
            case EXPECTS ->
                    Stream.of(Expectation.values())
                            .map(each -> "\"" + Form.word(each) + "\"")
                            .collect(Collectors.joining(",", "{\"enum\":[", "]}"));
            case ESTIMATE, TIMEOUT -> TIME;
            case MAX_RETRIES -> whole(0, 10);
            case BUDGET_USD -> "{\"type\":\"number\",\"exclusiveMinimum\":0}";
        };
    }

    private static String whole(int least, int most) {
        return "{\"type\":\"integer\",\"minimum\":" + least + ",\"maximum\":" + most + "}";
    }
}
