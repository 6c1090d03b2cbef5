package dev.coppice.library.orchestrator;

import dev.coppice.plan.Problem;
import java.util.List;
import java.util.stream.Collectors;

/// What this room could not do, with what to do about it (document 003's `OrchestrationError`). Not checked.
public class OrchestrationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    OrchestrationException(String message) {
        super(message);
    }

    OrchestrationException(String message, Throwable cause) {
        super(message, cause);
    }

    static String text(List<Problem> problems) {
        return problems.stream().map(Problem::toString).collect(Collectors.joining("\n"));
    }
}
