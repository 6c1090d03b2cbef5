package dev.coppice.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// One unit of work for one agent, as asked for. What became of it is told by the events.
///
/// @param priority 1 (first) to 10
/// @param contextFiles paths from the repository's root
/// @param model the model asked for; unset: the agent's
/// @param expectedFiles glob patterns from the repository's root, each of which must match
/// @param checks run in the workspace when the agent has ended, in this order
/// @param trusted whether a person wrote it; the checks of a task that an agent wrote run with the
///     agent's rights and environment
/// @param estimate how long it is thought to take; only for the order of work
public record Task(
        TaskId id,
        Duty duty,
        String description,
        int priority,
        List<Need> needs,
        List<String> contextFiles,
        String hints,
        AgentName agent,
        Optional<String> model,
        Expectation expects,
        List<String> expectedFiles,
        List<CommandLine> checks,
        boolean trusted,
        Optional<Duration> estimate,
        Limits limits) {

    /// The most urgent priority.
    public static final int FIRST_PRIORITY = 1;

    /// The least urgent priority.
    public static final int LAST_PRIORITY = 10;

    public static final int DEFAULT_PRIORITY = 5;

    public Task {
        needs = List.copyOf(needs);
        contextFiles = List.copyOf(contextFiles);
        expectedFiles = List.copyOf(expectedFiles);
        checks = List.copyOf(checks);
        if (description.isBlank()) {
            throw new IllegalArgumentException("task " + id + " has no description");
        }
        if (priority < FIRST_PRIORITY || priority > LAST_PRIORITY) {
            throw new IllegalArgumentException(
                    "task " + id + " has priority " + priority + ", not 1 to 10");
        }
    }

    public Task withLimits(Limits other) {
        return new Task(
                id,
                duty,
                description,
                priority,
                needs,
                contextFiles,
                hints,
                agent,
                model,
                expects,
                expectedFiles,
                checks,
                trusted,
                estimate,
                other);
    }

    /// What a program handed over with it, beyond what a plan can say.
    public Optional<Handoff> handoff() {
        return duty instanceof Duty.Work(Optional<Handoff> handoff) ? handoff : Optional.empty();
    }

    /// The first line of the description, at most 72 characters: its name for people.
    public String name() {
        String line = description.strip().lines().findFirst().orElse("").strip();
        return Excerpt.beginning(line, 72, "…").text();
    }
}
