package dev.coppice.attempt;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.model.JobId;
import dev.coppice.model.TaskId;
import dev.coppice.process.Marker;
import java.util.Optional;

/// The mark by which every process of an attempt is known, whoever started it.
public final class AttemptMark {
    /// The variable that every mark is in.
    public static final String NAME = "COPPICE_ATTEMPT_MARK";

    /// The variable that says in which checkout's name an agent, or what it started, runs.
    public static final String ROOT = "COPPICE_ROOT_PATH";

    private AttemptMark() {}

    static Marker of(AttemptOrder order) {
        return of(order.job(), order.task().id(), order.attempt());
    }

    /// The mark of one attempt.
    public static Marker of(JobId job, TaskId task, int attempt) {
        return new Marker(NAME, job + "/" + task + "/" + attempt);
    }

    /// The job whose attempt has this mark; empty where it is none of ours.
    public static Optional<JobId> job(String mark) {
        return JobId.parse(mark.split("/", 2)[0]);
    }
}
