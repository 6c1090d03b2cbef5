package dev.coppice.cli;

import dev.coppice.plan.Problem;
import dev.coppice.runtime.Refusal;
import java.util.List;

/// A command can't do what it was asked: everything that is wrong, and the exit code that says so.
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;
    private final ExitCode code;

    CommandFailure(ExitCode code, List<Problem> problems) {
        super(problems.isEmpty() ? "" : problems.getFirst().toString(), null, false, false);
        this.code = code;
        this.problems = List.copyOf(problems);
    }

    /// @param place what it is about: a file, a flag, a job
    static CommandFailure of(ExitCode code, String place, String message) {
        return new CommandFailure(code, List.of(new Problem(place, message)));
    }

    static CommandFailure of(Refusal refusal) {
        ExitCode code =
                switch (refusal.kind()) {
                    case INVALID -> ExitCode.INVALID;
                    case UNUSABLE -> ExitCode.UNUSABLE;
                };
        return new CommandFailure(code, refusal.problems());
    }

    List<Problem> problems() {
        return problems;
    }

    ExitCode code() {
        return code;
    }
}
