package dev.coppice.model;

import java.util.Optional;
import java.util.regex.Pattern;

/// The name under which an agent is configured: `claude`, `script`, …
public record AgentName(String value) implements Comparable<AgentName> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    public AgentName {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not an agent's name: " + value);
        }
    }

    /// The name in `text`; empty where it is none.
    public static Optional<AgentName> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new AgentName(text)) : Optional.empty();
    }

    @Override
    public int compareTo(AgentName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
