package dev.coppice.report;

import dev.coppice.model.AgentName;
import dev.coppice.model.CommitId;
import dev.coppice.model.Outcome;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Reason;
import dev.coppice.model.Resources;
import dev.coppice.model.Usage;
import dev.coppice.model.WorkResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One try of a task, running or ended.
///
/// @param number from 1
/// @param timeout its wall clock limit
/// @param resumes the agent's session that it resumed
/// @param claimedUntil when the claim of whoever does it outside is stale; empty for our own attempts
/// @param dueAt since when only a slot, a back-off or a pause held it up
/// @param startingAt when it was decided to start it
/// @param spans what its time went to from `startingAt` on, without gaps, in order
/// @param phase what it does now; of an ended one, what it did last
/// @param path its workspace
/// @param checks in the order in which they ran
/// @param outcome empty while it runs
public record AttemptView(
        int number,
        AgentName agent,
        Duration timeout,
        Optional<String> resumes,
        Optional<Instant> claimedUntil,
        Instant dueAt,
        Instant startingAt,
        Optional<Instant> endedAt,
        List<Span> spans,
        Phase phase,
        Optional<CommitId> base,
        Optional<String> branch,
        Optional<String> path,
        Optional<ProcessIdentity> process,
        List<Check> checks,
        Optional<Outcome> outcome,
        Usage usage,
        Resources resources,
        Optional<String> session,
        Optional<String> rescue) {

    public AttemptView {
        spans = List.copyOf(spans);
        checks = List.copyOf(checks);
    }

    /// What an attempt's time goes to. The wire form is the name in lower case.
    public enum Phase {
        /// Nothing but a free slot, a back-off or a provider's pause is missing.
        WAITING,
        /// The workspace is made.
        PREPARING,
        /// The agent works.
        WORKING,
        /// Checks run.
        CHECKING,
        /// The work is committed; of the engine's own tasks: joined with the others.
        INTEGRATING;

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// A stretch of time that went to one thing.
    public record Span(Phase phase, Instant from, Instant to) {
        public Duration length() {
            return Duration.between(from, to);
        }
    }

    /// A check that ran.
    ///
    /// @param round 0 after the agent's first end, then one more for each fix round
    public record Check(
            int round, String command, int exitCode, Duration took, String output, Instant at) {}

    public boolean isRunning() {
        return outcome.isEmpty();
    }

    /// From its start to its end, or to `now`.
    public Duration duration(Instant now) {
        Duration duration = Duration.between(startingAt, endedAt.orElse(now));
        return duration.isNegative() ? Duration.ZERO : duration;
    }

    /// All its time: the wait before it, then its spans, the last of a running one up to `now`.
    public List<Span> allSpans(Instant now) {
        List<Span> all = new ArrayList<>();
        if (startingAt.isAfter(dueAt)) {
            all.add(new Span(Phase.WAITING, dueAt, startingAt));
        }
        all.addAll(spans);
        Instant until = spans.isEmpty() ? startingAt : spans.getLast().to();
        if (isRunning() && now.isAfter(until)) {
            all.add(new Span(phase, until, now));
        }
        return all;
    }

    /// What it brought, also when it failed; nothing while it runs.
    public WorkResult result() {
        return outcome.map(AttemptView::resultOf).orElse(WorkResult.NONE);
    }

    /// Why it did not succeed; empty where it did, was stopped, or had to wait.
    public Optional<Reason> reason() {
        return outcome.flatMap(AttemptView::reasonOf);
    }

    /// What a person is told about its end; empty for a success.
    public String message() {
        return outcome.map(AttemptView::messageOf).orElse("");
    }

    /// The check that failed last, unless a later round of it succeeded.
    public Optional<Check> failedCheck() {
        return checks.isEmpty() || checks.getLast().exitCode() == 0
                ? Optional.empty()
                : Optional.of(checks.getLast());
    }

    private static WorkResult resultOf(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Done done -> done.result();
            case Outcome.Planned planned -> planned.result();
            case Outcome.Failed failed -> failed.partial();
            case Outcome.RateLimited limited -> limited.partial();
            case Outcome.Stopped stopped -> stopped.partial();
            case Outcome.Integrated integrated -> WorkResult.NONE;
            case Outcome.Deferred deferred -> WorkResult.NONE;
        };
    }

    private static Optional<Reason> reasonOf(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Failed failed -> Optional.of(failed.reason());
            case Outcome.Done done -> Optional.empty();
            case Outcome.Planned planned -> Optional.empty();
            case Outcome.RateLimited limited -> Optional.empty();
            case Outcome.Stopped stopped -> Optional.empty();
            case Outcome.Integrated integrated -> Optional.empty();
            case Outcome.Deferred deferred -> Optional.empty();
        };
    }

    private static String messageOf(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Failed failed -> failed.message();
            case Outcome.RateLimited limited -> limited.message();
            case Outcome.Deferred deferred -> deferred.why();
            case Outcome.Stopped stopped -> "stopped";
            case Outcome.Done done -> "";
            case Outcome.Planned planned -> "";
            case Outcome.Integrated integrated -> "";
        };
    }
}
