package dev.coppice.plan;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The keys that a task has in a plan file. Readers, the schema and messages all use these.
public enum TaskKey {
    ID,
    DESCRIPTION,
    PRIORITY,
    DEPENDENCIES,
    CONTEXT_FILES,
    HINTS,
    AGENT,
    MODEL,
    EXPECTS,
    EXPECTED_FILES,
    CHECKS,
    ESTIMATE,
    TIMEOUT,
    MAX_RETRIES,
    BUDGET_USD;

    /// All keys as they are written.
    public static final List<String> WORDS = Arrays.stream(values()).map(TaskKey::word).toList();

    /// The key as it is written: `context_files`.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The key written as `word`; empty where there is none.
    public static Optional<TaskKey> of(String word) {
        return Arrays.stream(values()).filter(key -> key.word().equals(word)).findFirst();
    }
}
