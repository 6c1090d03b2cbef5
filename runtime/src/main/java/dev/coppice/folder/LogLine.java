package dev.coppice.folder;

import dev.coppice.model.Event;
import dev.coppice.model.Recorded;
import dev.coppice.model.TaskId;
import dev.coppice.report.EventText;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;

/// One line of the structured log, orchestrator.jsonl.
record LogLine(
        Instant at,
        String level,
        String jobId,
        long sequence,
        String event,
        Optional<String> task,
        Optional<String> workerId,
        String message) {
    /// What an event is called in the structured log: its name with underscores.
    private static final ClassValue<String> KIND =
            new ClassValue<>() {
                @Override
                protected String computeValue(Class<?> event) {
                    return event.getSimpleName()
                            .replaceAll("(?<!^)([A-Z])", "_$1")
                            .toLowerCase(Locale.ROOT);
                }
            };

    /// @param event what was recorded, masked
    static LogLine of(Recorded recorded, Event event, Optional<String> workerId) {
        return new LogLine(
                recorded.at(),
                JsonValues.lower(EventText.level(event)),
                recorded.job().value(),
                recorded.sequence(),
                KIND.get(event.getClass()),
                EventText.task(event).map(TaskId::value),
                workerId,
                EventText.describe(event, ZoneOffset.UTC));
    }
}
