package dev.coppice.report;

import static dev.coppice.testkit.JobStory.created;
import static dev.coppice.testkit.JobStory.modified;
import static dev.coppice.testkit.JobStory.task;

import dev.coppice.model.Event;
import dev.coppice.model.Integration.Delivery;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Outcome;
import dev.coppice.model.Reason;
import dev.coppice.model.TaskStatus;
import dev.coppice.model.WorkResult;
import dev.coppice.testkit.JobStory;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Jobs that the tests of this room tell again and again.
final class Stories {
    private Stories() {}

    /// Four tasks, one of them retried, all merged.
    static JobStory merged() {
        return new JobStory("Add input validation to the REST layer")
                .using("0.05", 12_000, 2.5)
                .planned(
                        task("model"),
                        task("api", "model"),
                        task("docs"),
                        task("tests", "api", "model"))
                .passes(0.2)
                .begins("model")
                .begins("docs")
                .passes(3)
                .discovers("model", "Dates are stored in UTC", "time")
                .checks("model", "./mvnw -q test", 0, 1.5, "ok")
                .passes(0.1)
                .finishes("model", created("src/model/User.java"), created("src/model/Order.java"))
                .begins("api")
                .passes(2)
                .stumbles("docs", Reason.NO_CHANGES, "the agent changed no file")
                .passes(2)
                .begins("docs")
                .passes(4)
                .finishes("docs", modified("README.md"))
                .using("", 0, 0.3)
                .passes(3)
                .finishes("api", modified("src/Api.java"))
                .begins("tests")
                .passes(5)
                .finishes("tests", created("src/test/UserTest.java"))
                .integrates(
                        new Delivery.NotAsked(),
                        List.of("model", "api", "docs", "tests"),
                        List.of())
                .ends(JobStatus.COMPLETED, "");
    }

    /// One task fails, one is blocked by it, one conflicts; the checkout changed meanwhile.
    static JobStory partial() {
        return new JobStory("Split the shop into services\n\nKeep the API as it is.")
                .using("0.02", 900, 1)
                .planned(task("core"), task("billing"), task("mail", "billing"))
                .begins("core")
                .begins("billing")
                .passes(6)
                .finishes("core", created("src/Shared.java"))
                .checks("billing", "make check", 2, 1, "compiling\nBillTest.java:7: 3 is not 4\n")
                .fails(
                        "billing",
                        Reason.CHECK_FAILED,
                        "`make check` ended with exit code 2",
                        created("src/Bill.java"))
                .blocks("mail", "billing")
                .happens(new Event.CheckoutChanged(List.of("notes.txt")))
                .happens(
                        new Event.Noted(
                                Event.Level.WARNING,
                                Optional.empty(),
                                "max_workers is 3, but there are 2 cores"))
                .integrates(
                        new Delivery.Refused(
                                "main", "notes.txt is changed there", "git merge coppice/result"),
                        List.of(),
                        List.of("core"))
                .ends(JobStatus.PARTIAL, "1 of 3 tasks completed");
    }

    /// Two tasks, the first of which starts a job of two, the second of which starts one that fails.
    static Kin family() {
        JobStory root =
                new JobStory("Build a shop")
                        .using("0.10", 2_000, 1)
                        .lays(task("backend"), task("frontend"))
                        .begins("backend")
                        .passes(3)
                        .begins("frontend");
        JobStory child = root.startsJob("backend", "Split the backend");
        root.ends(
                "backend",
                new Outcome.Done(
                        new WorkResult(
                                "I started a job.",
                                false,
                                Optional.empty(),
                                Optional.empty(),
                                List.of(created("src/Routes.java")))));
        child.using("0.03", 700, 1)
                .lays(task("models"), task("migrations"))
                .begins("models")
                .begins("migrations")
                .passes(4)
                .finishes("models", created("src/Model.java"));
        JobStory grandchild = child.startsJob("migrations", "Migrate each table");
        grandchild.lays(task("users")).begins("users").passes(2);
        return new Kin(root, child, grandchild);
    }

    /// The stories of a job, of one that it started, and of one that this started.
    record Kin(JobStory root, JobStory child, JobStory grandchild) {
        JobView view() {
            return JobView.of(root.events());
        }

        List<JobView> descendants() {
            return List.of(JobView.of(child.events()), JobView.of(grandchild.events()));
        }

        Instant now() {
            return root.now().isAfter(grandchild.now()) ? root.now() : grandchild.now();
        }

        /// They all end: the youngest without success, which the others are told of.
        Kin ended() {
            grandchild
                    .fails("users", Reason.NO_CHANGES, "nothing was done")
                    .ends(JobStatus.FAILED, "No task is done.");
            child.learnsOf(
                            grandchild,
                            new Outcome.Failed(
                                    Reason.CHILD_FAILED, "The job ended failed.", WorkResult.NONE))
                    .ends("migrations", new Outcome.Done(WorkResult.of("I did it myself.")))
                    .over("migrations", TaskStatus.COMPLETED, Optional.empty())
                    .integrates(new Delivery.NotAsked(), List.of("models", "migrations"), List.of())
                    .ends(JobStatus.COMPLETED, "All tasks are done.");
            root.learnsOf(child, new Outcome.Done(WorkResult.of("models: completed")))
                    .begins("backend")
                    .passes(1)
                    .finishes("backend", created("src/Routes.java"), created("src/Model.java"))
                    .finishes("frontend", created("web/index.html"))
                    .integrates(new Delivery.NotAsked(), List.of("backend", "frontend"), List.of())
                    .ends(JobStatus.COMPLETED, "All tasks are done.");
            return this;
        }
    }
}
