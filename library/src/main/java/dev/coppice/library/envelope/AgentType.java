package dev.coppice.library.envelope;

import java.util.Locale;

/// What an agent is for. Its wire value is the name in lower case (document 001).
public enum AgentType {
    CODE_GENERATOR,
    CODE_REVIEWER,
    TESTER,
    DOCUMENTER,
    DEBUGGER,
    REFACTORER,
    CUSTOM;

    /// The value in JSON: `code_generator`.
    public String value() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The type of a wire value.
    ///
    /// @throws IllegalArgumentException for any other word
    public static AgentType of(String value) {
        for (AgentType type : values()) {
            if (type.value().equals(value)) {
                return type;
            }
        }
        throw new IllegalArgumentException("no agent type: " + value);
    }
}
