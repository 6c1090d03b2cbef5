package dev.coppice.attempt;

import dev.coppice.engine.AttemptOrder;
import dev.coppice.model.JobId;
import dev.coppice.model.TaskId;
import dev.coppice.process.Marker;

/// The mark by which every process of an attempt is known, whoever started it.
public final class AttemptMark {
    private static final String NAME = "COPPICE_ATTEMPT_MARK";

    private AttemptMark() {}

    static Marker of(AttemptOrder order) {
        return of(order.job(), order.task().id(), order.attempt());
    }

    /// The mark of one attempt.
    public static Marker of(JobId job, TaskId task, int attempt) {
        return new Marker(NAME, job + "/" + task + "/" + attempt);
    }
}
