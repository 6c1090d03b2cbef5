package dev.coppice.report;

import static dev.coppice.testkit.JobStory.created;
import static dev.coppice.testkit.JobStory.modified;
import static dev.coppice.testkit.JobStory.task;

import dev.coppice.model.Event;
import dev.coppice.model.Integration.Delivery;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Reason;
import dev.coppice.testkit.JobStory;
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
}
