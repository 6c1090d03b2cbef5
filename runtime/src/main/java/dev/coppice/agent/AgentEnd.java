package dev.coppice.agent;

import dev.coppice.model.Reason;
import dev.coppice.model.Usage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How a run of an agent ended, as far as the agent's program shows it. Whether the work is there is another question.
///
/// @param output what the agent said at its end; of a failed one what it said so far. May be as long as a result file
///     or an answer is; `WorkResult.of` cuts it
/// @param session the session that a later attempt can resume
/// @param usage what this run used; without a price where it is not known
/// @param denied the tools it wanted and was not allowed, with what it wanted of them
/// @param report what it left in its result file
public record AgentEnd(
        Verdict verdict,
        String output,
        Optional<String> session,
        Usage usage,
        List<String> denied,
        Optional<ResultFile.Report> report) {

    public AgentEnd {
        denied = List.copyOf(denied);
    }

    public sealed interface Verdict {
        /// It came to its end.
        ///
        /// @param structured the JSON text of the structured answer, where one was asked for and the agent can give it
        record Succeeded(Optional<String> structured) implements Verdict {}

        /// It failed; `message` is for a person.
        record Failed(Reason reason, String message) implements Verdict {}

        /// Its provider wants a pause.
        ///
        /// @param until empty where the provider did not say
        record RateLimited(Optional<Instant> until, String message) implements Verdict {}

        /// We stopped it.
        record Stopped() implements Verdict {}
    }
}
