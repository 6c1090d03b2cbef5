package dev.coppice.model;

import java.util.Optional;
import java.util.regex.Pattern;

/// The name of a task within its job: letters, digits, `.`, `_`, `-`, at most 64, starting with a
/// letter or digit. Tasks that the engine lays itself begin with `@`, which no plan can use.
public record TaskId(String value) implements Comparable<TaskId> {
    // Before the ids below, which are checked against them.
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern OWN = Pattern.compile("@[a-z][a-z0-9-]{0,62}");

    /// The task in which the lead makes the plan.
    public static final TaskId PLAN = new TaskId("@plan");

    public TaskId {
        if (!FORM.matcher(value).matches() && !OWN.matcher(value).matches()) {
            throw new IllegalArgumentException("not a task id: " + value);
        }
    }

    /// The job's `round`-th joining of its finished branches; from 1.
    public static TaskId integration(int round) {
        return new TaskId("@integrate-" + round);
    }

    /// The task that stands for a child job in its parent.
    public static TaskId child(JobId job) {
        return new TaskId("@child-" + job);
    }

    /// The id in `text`; empty where a plan may not use it.
    public static Optional<TaskId> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new TaskId(text)) : Optional.empty();
    }

    /// Whether the engine laid this task itself; such tasks are not listed among a plan's.
    public boolean isOwn() {
        return value.startsWith("@");
    }

    @Override
    public int compareTo(TaskId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
