package dev.coppice.schedule;

import dev.coppice.model.AgentName;
import dev.coppice.model.Event;
import dev.coppice.model.TaskId;
import java.time.Duration;
import java.util.Optional;

/// One thing to be done next. Steps are decided from the state alone; the driver carries them out.
public sealed interface Step {
    /// A fact that follows from the state is to be written down.
    record Write(Event event) implements Step {}

    /// The task is to be tried again after a wait, whose length the driver draws.
    ///
    /// @param retry 0 for the first retry
    record Retry(TaskId task, int retry) implements Step {}

    /// A provider named no time: the agent is to pause, for a length that the driver draws.
    ///
    /// @param times how often in a row it asked for a pause, from 0
    record Pause(AgentName agent, int times, String why) implements Step {}

    /// An attempt is to be started: first its intent is written, then it is dispatched.
    record Start(
            TaskId task, int attempt, AgentName agent, Duration timeout, Optional<String> resumes)
            implements Step {}

    /// A child job is to be seen to, which takes no slot. Written and dispatched like an attempt.
    record Delegate(TaskId task, int attempt, AgentName agent, Duration timeout) implements Step {}

    /// A running attempt is to end.
    record Stop(TaskId task, int attempt) implements Step {}
}
