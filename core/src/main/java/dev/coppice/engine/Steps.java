package dev.coppice.engine;

import dev.coppice.model.AgentName;
import dev.coppice.model.Event;
import dev.coppice.model.Settings;
import dev.coppice.model.TaskId;
import dev.coppice.schedule.JobState;
import dev.coppice.schedule.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Puts steps into the events that are written for them.
final class Steps {
    /// A provider is spared this long even where retries are set to follow at once.
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);

    private Steps() {}

    /// The event to be written before the step is taken; empty for one that is only acted on.
    static Optional<Event> event(Step step, JobState state, Instant now, RandomGenerator chance) {
        Settings.Backoff backoff = state.settings().workers().backoff();
        return switch (step) {
            case Step.Write(Event event) -> Optional.of(event);
            case Step.Retry(TaskId task, int retry) -> {
                Duration delay = backoff.delay(retry, chance.nextDouble());
                yield Optional.of(new Event.RetryScheduled(task, now.plus(delay)));
            }
            case Step.Pause(AgentName agent, int times, String why) -> {
                Duration drawn = backoff.delay(times, chance.nextDouble());
                Duration delay = drawn.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : drawn;
                yield Optional.of(new Event.AgentPaused(agent, now.plus(delay), why));
            }
            case Step.Start start ->
                    Optional.of(
                            new Event.AttemptStarting(
                                    start.task(),
                                    start.attempt(),
                                    start.agent(),
                                    start.timeout(),
                                    start.resumes()));
            case Step.Delegate child ->
                    Optional.of(
                            new Event.AttemptStarting(
                                    child.task(),
                                    child.attempt(),
                                    child.agent(),
                                    child.timeout(),
                                    Optional.empty()));
            case Step.Stop _ -> Optional.empty();
        };
    }
}
