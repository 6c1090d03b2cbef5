package dev.coppice.agent;

import dev.coppice.agent.AgentEnd.Verdict;
import dev.coppice.model.Excerpt;
import dev.coppice.model.Reason;
import dev.coppice.process.Exit;
import java.util.Optional;

/// The rules for how a run ended that hold for all agents.
final class Ending {
    /// What a message quotes of an agent's errors, in characters.
    private static final int QUOTED_MAX = 2000;

    private Ending() {}

    /// What the end of the process alone says; empty where it ended well.
    ///
    /// @param words what it had to say about it
    static Optional<Verdict> of(Exit exit, String words) {
        return switch (exit) {
            case Exit.Exited(int code) when code == 0 -> Optional.empty();
            case Exit.Exited _, Exit.Signaled _ ->
                    failed(Reason.EXIT_CODE, "ended with " + exit + quoted(words));
            case Exit.TimedOut(Exit.Limit limit) ->
                    switch (limit) {
                        case WALL ->
                                failed(
                                        Reason.WALL_TIMEOUT,
                                        "did not end within its time; where it needs more, raise the task's timeout"
                                                + " or workers.default_timeout");
                        case IDLE ->
                                failed(
                                        Reason.IDLE_TIMEOUT,
                                        "neither printed nor computed for too long; workers.idle_timeout says how"
                                                + " long it may");
                    };
            case Exit.OutputLimit(long bytesMax) ->
                    failed(
                            Reason.OUTPUT_LIMIT,
                            "printed more than "
                                    + bytesMax
                                    + " bytes; workers.max_output says how much it may");
            case Exit.Stopped _ -> Optional.of(new Verdict.Stopped());
        };
    }

    /// A success that a result file contradicts is a failure, and a failed program's own account comes first.
    static Verdict withResultFile(Verdict verdict, ResultFile file) {
        return switch (verdict) {
            case Verdict.Succeeded _ -> contradicted(file).orElse(verdict);
            case Verdict.Failed(Reason reason, String message) when reason == Reason.EXIT_CODE ->
                    report(file)
                            .flatMap(ResultFile.Report::failure)
                            .<Verdict>map(
                                    why -> new Verdict.Failed(reason, why + " (" + message + ")"))
                            .orElse(verdict);
            case Verdict.Failed _, Verdict.RateLimited _, Verdict.Stopped _ -> verdict;
        };
    }

    private static Optional<Verdict> contradicted(ResultFile file) {
        return switch (file) {
            case ResultFile.Absent _ -> Optional.empty();
            case ResultFile.Unreadable(String why) -> failed(Reason.AGENT_ERROR, why);
            case ResultFile.Report report ->
                    report.failure().flatMap(why -> failed(Reason.AGENT_ERROR, why));
        };
    }

    static Optional<ResultFile.Report> report(ResultFile file) {
        return file instanceof ResultFile.Report report ? Optional.of(report) : Optional.empty();
    }

    private static Optional<Verdict> failed(Reason reason, String message) {
        return Optional.of(new Verdict.Failed(reason, message));
    }

    private static String quoted(String words) {
        String text = words.strip();
        if (text.isEmpty()) {
            return "";
        }
        return ": " + Excerpt.end(text, QUOTED_MAX).after("…");
    }
}
