package dev.coppice.schedule;

import dev.coppice.model.Event;
import dev.coppice.model.Outcome;
import dev.coppice.model.Reason;
import dev.coppice.model.Resources;
import dev.coppice.model.Usage;
import dev.coppice.model.WorkResult;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How tasks are taken back from those who claimed them.
final class Claims {
    private Claims() {}

    /// The ends of the claims that are stale, the oldest first.
    static List<Step> stale(JobState state, Instant now) {
        return state.claimed().stream()
                .takeWhile(task -> task.claim().filter(c -> now.isBefore(c.until())).isEmpty())
                .limit(Scheduler.FACTS_MAX)
                .<Step>map(task -> new Step.Write(takenBack(task, lost(task))))
                .toList();
    }

    private static Outcome lost(TaskState task) {
        String agent = task.claim().map(claim -> claim.agent().value()).orElse("");
        return new Outcome.Failed(
                Reason.LOST, agent + " was not heard of for too long.", WorkResult.NONE);
    }

    static Event takenBack(TaskState task, Outcome outcome) {
        return new Event.AttemptEnded(
                task.task().id(),
                task.attempt(),
                outcome,
                Usage.NONE,
                Resources.NONE,
                Optional.empty(),
                Optional.empty());
    }
}
