package dev.coppice.library.envelope;

import java.util.Map;

/// What an envelope says beside its task's description, as Markdown for an agent's prompt.
final class Briefing {
    private Briefing() {}

    static String of(HandoffEnvelope envelope) {
        StringBuilder text = new StringBuilder();
        section(
                text,
                "Your role",
                envelope.agentType().value() + " (your name is " + envelope.agentName() + ")");
        values(text, "Inputs", envelope.inputs());
        values(text, "Context", envelope.context());
        values(text, "Constraints", envelope.constraints());
        if (!envelope.expectedOutputs().isEmpty()) {
            section(
                    text,
                    "Expected outputs: each a name among your results, or a file",
                    "- " + String.join("\n- ", envelope.expectedOutputs()));
        }
        section(
                text,
                "All of this as JSON",
                "It is in task_envelope.json, at the top of your worktree.");
        return text.toString().strip();
    }

    private static void values(StringBuilder text, String title, Map<String, ?> values) {
        if (!values.isEmpty()) {
            section(text, title, "```json\n" + PythonJson.indented(values) + "\n```");
        }
    }

    private static void section(StringBuilder text, String title, String body) {
        text.append("## ").append(title).append('\n').append(body).append("\n\n");
    }
}
