package dev.coppice.model;

import java.util.List;

/// What a program hands over with a task, after documents 000 and 001: an envelope of its own, and the branch that is
/// to hold the work. The agent finds the envelope as `task_envelope.json` at the top of its workspace and leaves what
/// it brings there as `task_result.json`; neither enters a commit.
///
/// @param branch the name of the branch, which begins anew with each attempt
/// @param envelope the JSON document
/// @param brief what the prompt says of it beside the task's description, as Markdown
/// @param expectedOutputs names that must be among the `results` of the agent's result file, or be files in its
///     workspace
public record Handoff(String branch, String envelope, String brief, List<String> expectedOutputs) {
    public Handoff {
        expectedOutputs = List.copyOf(expectedOutputs);
    }
}
