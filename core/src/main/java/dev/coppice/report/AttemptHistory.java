package dev.coppice.report;

import dev.coppice.model.CommitId;
import dev.coppice.model.Event;
import dev.coppice.model.Outcome;
import dev.coppice.model.ProcessIdentity;
import dev.coppice.model.Resources;
import dev.coppice.model.Usage;
import dev.coppice.report.AttemptView.Phase;
import dev.coppice.report.AttemptView.Span;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is known of one attempt so far. Its owner is [TaskHistory].
///
/// Each event says what the time before it went to: before a process started the workspace was
/// prepared, before its end the agent worked, before a check's end the check ran. That holds over
/// fix rounds, in which the same attempt starts, ends and checks again.
final class AttemptHistory {
    private final Event.AttemptStarting starting;
    private final Instant dueAt;
    private final Instant startingAt;
    private final List<Span> spans = new ArrayList<>();
    private final List<AttemptView.Check> checks = new ArrayList<>();
    private Instant since;
    private Phase phase;
    private Optional<Instant> claimedUntil = Optional.empty();
    private Optional<CommitId> base = Optional.empty();
    private Optional<String> branch = Optional.empty();
    private Optional<String> path = Optional.empty();
    private Optional<ProcessIdentity> process = Optional.empty();
    private Optional<String> session = Optional.empty();
    private Optional<String> rescue = Optional.empty();
    private Optional<Outcome> outcome = Optional.empty();
    private Optional<Instant> endedAt = Optional.empty();
    private Usage usage = Usage.NONE;
    private Resources resources = Resources.NONE;

    /// @param first what it does to begin with
    AttemptHistory(Event.AttemptStarting starting, Phase first, Instant dueAt, Instant startingAt) {
        this.starting = starting;
        this.dueAt = dueAt;
        this.startingAt = startingAt;
        since = startingAt;
        phase = first;
    }

    int number() {
        return starting.attempt();
    }

    void ready(Event.WorkspaceReady ready, Instant at) {
        base = ready.base();
        branch = ready.branch();
        path = Optional.of(ready.path());
        spent(Phase.PREPARING, at);
    }

    void started(ProcessIdentity identity, Instant at) {
        process = Optional.of(identity);
        spent(Phase.PREPARING, at);
        phase = Phase.WORKING;
    }

    void claimedUntil(Instant until) {
        claimedUntil = Optional.of(until);
    }

    void session(String opened) {
        session = Optional.of(opened);
    }

    void agentEnded(Instant at) {
        spent(Phase.WORKING, at);
        phase = Phase.CHECKING;
    }

    void checked(Event.Checked checked, Instant at) {
        checks.add(
                new AttemptView.Check(
                        checked.round(),
                        checked.command(),
                        checked.exitCode(),
                        checked.took(),
                        checked.output(),
                        at));
        spent(Phase.CHECKING, at);
    }

    void ended(Event.AttemptEnded ended, Instant at) {
        // What follows the last check is the commit; an attempt cut off before was still at it.
        spent(phase == Phase.CHECKING ? Phase.INTEGRATING : phase, at);
        outcome = Optional.of(ended.outcome());
        usage = ended.usage();
        resources = ended.resources();
        session = ended.session().or(() -> session);
        rescue = ended.rescue();
        endedAt = Optional.of(at);
    }

    private void spent(Phase on, Instant until) {
        // A clock that was set back while the attempt ran makes no span of negative length.
        Instant to = until.isBefore(since) ? since : until;
        if (!spans.isEmpty() && spans.getLast().phase() == on) {
            spans.set(spans.size() - 1, new Span(on, spans.getLast().from(), to));
        } else if (to.isAfter(since)) {
            spans.add(new Span(on, since, to));
        }
        since = to;
    }

    AttemptView view() {
        return new AttemptView(
                starting.attempt(),
                starting.agent(),
                starting.timeout(),
                starting.resumes(),
                claimedUntil,
                dueAt,
                startingAt,
                endedAt,
                spans,
                phase,
                base,
                branch,
                path,
                process,
                checks,
                outcome,
                usage,
                resources,
                session,
                rescue);
    }
}
