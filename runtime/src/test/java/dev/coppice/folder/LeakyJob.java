package dev.coppice.folder;

import static dev.coppice.testkit.JobStory.CLAUDE;
import static dev.coppice.testkit.JobStory.created;
import static dev.coppice.testkit.JobStory.described;
import static dev.coppice.testkit.JobStory.task;

import dev.coppice.model.Event;
import dev.coppice.model.Integration.Delivery;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Outcome;
import dev.coppice.model.Reason;
import dev.coppice.model.Recorded;
import dev.coppice.model.TaskId;
import dev.coppice.model.WorkResult;
import dev.coppice.testkit.JobStory;
import java.util.List;
import java.util.Optional;

/// A job in which everybody talks about one secret, wherever there is text.
final class LeakyJob {
    static final TaskId TASK = new TaskId("login");

    private LeakyJob() {}

    static List<Recorded> events(String secret) {
        String text = "it is \"" + secret + "\" <" + secret + "> _" + secret + "_";
        JobStory story =
                new JobStory("Log in: " + text)
                        .planned(
                                described("login", text),
                                described("mail", text, "login"),
                                task("ui"))
                        .begins("login")
                        .discovers("login", text, secret)
                        .checks("login", "curl -H " + secret, 1, 1, text)
                        .stumbles("login", Reason.CHECK_FAILED, text)
                        .begins("login");
        story.ends("login", new Outcome.RateLimited(Optional.empty(), text, WorkResult.of(text)))
                .happens(new Event.AgentPaused(CLAUDE, story.now().plusSeconds(9), text))
                .begins("login")
                .ends("login", new Outcome.Stopped(WorkResult.of(text)))
                .begins("login")
                .fails("login", Reason.AGENT_ERROR, text, created(secret))
                .blocks("mail", "login")
                .begins("ui")
                .ends("ui", new Outcome.Deferred(List.of(described("more", text)), text))
                .begins("ui")
                .finishes("ui", created("src/" + secret))
                .happens(new Event.CheckoutChanged(List.of(secret)))
                .happens(new Event.Noted(Event.Level.WARNING, Optional.of(TASK), text))
                .integrates(
                        new Delivery.Refused("main", text, "git " + secret),
                        List.of("ui"),
                        List.of());
        return story.ends(JobStatus.PARTIAL, text).events();
    }
}
