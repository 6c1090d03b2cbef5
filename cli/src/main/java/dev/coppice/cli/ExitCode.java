package dev.coppice.cli;

import dev.coppice.model.Integration;
import dev.coppice.model.JobStatus;
import dev.coppice.model.Reason;
import dev.coppice.report.JobView;
import dev.coppice.report.TaskView;
import java.util.Optional;

/// What the program's exit code says; scripts rely on the numbers.
enum ExitCode {
    DONE(0),
    /// A task failed, or the event chain is broken.
    FAILED(1),
    /// Wrong use, an invalid plan or configuration, a missing input file.
    INVALID(2),
    /// There is no such job or task.
    UNKNOWN(3),
    /// A conflict is left to resolve, or the target could not take the result.
    CONFLICT(4),
    /// The job was canceled, or its time was over.
    STOPPED(5),
    /// The environment is not usable: git, the repository, an agent.
    UNUSABLE(6);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /// How a job ended. One in which nothing was done is never [#DONE]; one that was completed although
    /// its end was asked for is.
    static ExitCode of(JobView job) {
        if (job.status() == JobStatus.CANCELED) {
            return STOPPED;
        }
        if (leavesConflicts(job)) {
            return CONFLICT;
        }
        boolean isDone = job.status() == JobStatus.COMPLETED && job.counts().completed() > 0;
        return isDone ? DONE : FAILED;
    }

    private static boolean leavesConflicts(JobView job) {
        boolean isRefused =
                job.integration()
                        .map(Integration::delivery)
                        .filter(Integration.Delivery.Refused.class::isInstance)
                        .isPresent();
        return isRefused || job.tasks().stream().anyMatch(ExitCode::leavesConflict);
    }

    /// Its branch is not in the result, or could not be made of what others brought.
    private static boolean leavesConflict(TaskView task) {
        return !task.conflictedFiles().isEmpty()
                || task.reason().equals(Optional.of(Reason.CONFLICT));
    }
}
