package dev.coppice.attempt;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.model.Event;
import dev.coppice.model.JobRequest;
import dev.coppice.testkit.JobStory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// An order for those to whom it does not matter which.
final class SomeOrder {
    private SomeOrder() {}

    /// The first attempt at the task `a`, which needs nothing and may cost anything.
    static AttemptOrder first() {
        JobRequest request =
                ((Event.JobSubmitted) new JobStory("Do it").events().getFirst().event()).request();
        return new AttemptOrder(
                JobStory.JOB,
                request,
                "Do it",
                JobStory.task("a"),
                1,
                1,
                Duration.ofMinutes(1),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty());
    }
}
