package dev.coppice.cli;

import dev.coppice.client.AuthenticationException;
import dev.coppice.client.CoppiceClientException;
import dev.coppice.client.InvalidRequestException;
import dev.coppice.client.NotFoundException;
import dev.coppice.plan.Problem;
import dev.coppice.runtime.Refusal;
import java.util.List;
import java.util.Optional;

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

    /// What a server did not do.
    static CommandFailure of(CoppiceClientException e) {
        ExitCode code =
                switch (e) {
                    case NotFoundException _ -> ExitCode.UNKNOWN;
                    case InvalidRequestException _ -> ExitCode.INVALID;
                    default -> ExitCode.UNUSABLE;
                };
        List<Problem> each =
                e.problem().stream()
                        .flatMap(problem -> problem.errors().stream())
                        .map(item -> new Problem(item.place(), item.message()))
                        .toList();
        String said = Optional.ofNullable(e.getMessage()).orElseGet(e::toString);
        String place = e instanceof AuthenticationException ? NamedServer.KEY : "server";
        return new CommandFailure(code, each.isEmpty() ? List.of(new Problem(place, said)) : each);
    }

    List<Problem> problems() {
        return problems;
    }

    ExitCode code() {
        return code;
    }
}
