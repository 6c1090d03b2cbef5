package dev.coppice.report;

import dev.coppice.model.Integration.Fate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The few words in which a job or a task is summed up, the same in every text.
final class Headline {
    private Headline() {}

    /// `5 of 6 tasks · 2 min 13 s · $0.42 · 12.3 k tokens`.
    static String of(JobView job, Instant now) {
        List<String> parts = new ArrayList<>();
        Counts counts = job.counts();
        parts.add("%s of %s".formatted(counts.completed(), Figures.number(counts.total(), "task")));
        parts.add(Figures.duration(job.elapsed(now)));
        parts.add(cost(job));
        if (job.usage().tokens() > 0) {
            parts.add(Figures.count(job.usage().tokens()) + " tokens");
        }
        return String.join(" · ", parts);
    }

    /// The job's cost; where the price of some attempts is not known it says how many.
    static String cost(JobView job) {
        String known = Figures.usd(job.usage().usd());
        if (job.usage().usd().isEmpty()) {
            return "cost " + known;
        }
        return job.unpricedAttempts() == 0
                ? known
                : "%s and %s of unknown cost"
                        .formatted(known, Figures.number(job.unpricedAttempts(), "attempt"));
    }

    /// The task's cost; empty before it was attempted.
    static String cost(TaskView task) {
        return task.attempts().isEmpty() ? "" : Figures.usd(task.usage().usd());
    }

    /// `failed (check_failed)`, `blocked (by model)`, `completed, conflicts`.
    static String standing(TaskView task) {
        Optional<String> because =
                task.blockedBy()
                        .map(cause -> "by " + cause)
                        .or(() -> task.reason().map(reason -> reason.wire()));
        String left = task.fate().filter(Headline::isLeft).map(_ -> ", conflicts").orElse("");
        return task.status().wire() + because.map(why -> " (" + why + ")").orElse("") + left;
    }

    private static boolean isLeft(Fate fate) {
        return switch (fate) {
            case Fate.In() -> false;
            case Fate.Left left -> true;
        };
    }
}
