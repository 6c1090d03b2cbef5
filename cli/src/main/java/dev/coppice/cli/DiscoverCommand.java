package dev.coppice.cli;

import dev.coppice.model.Discovery;
import dev.coppice.model.TaskId;
import dev.coppice.report.JobView;
import dev.coppice.report.TaskView;
import dev.coppice.runtime.Coppice;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// `discover`: whoever works on a task has found something that the others should know.
final class DiscoverCommand implements Action {
    private static final String TASK = "--task";
    private static final String TAG = "--tag";

    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec)
                .parameter("TEXT", "What was found")
                .value(Claimant.JOB, "JOB", "The job's id; unset: $" + Claimant.JOB_VARIABLE)
                .value(TASK, "TASK", "The task worked on; unset: $" + Claimant.TASK_VARIABLE)
                .values(TAG, "TAG", "A word to find it by; may be given several times")
                .usual();
    }

    @Override
    public int run(Invocation call) {
        try (Coppice coppice = call.open()) {
            JobView job = Claimant.job(call, coppice);
            TaskView task = task(call, job);
            String text = call.parameter(0).orElseThrow();
            if (text.isBlank()) {
                throw Claimant.missing("TEXT", "Say what was found.");
            }
            return told(
                    call,
                    job,
                    task.id(),
                    switch (Claimant.queue(coppice, job)
                            .discover(task.id(), new Discovery(text, call.values(TAG)))) {
                        case ACCEPTED -> true;
                        case NO_SUCH_TASK, TAKEN, NOT_READY, NOT_YOURS, NO_SUCH_AGENT -> false;
                    });
        }
    }

    private static TaskView task(Invocation call, JobView job) {
        return call.value(TASK)
                .or(() ->
                        Optional.ofNullable(call.world().environment().get(Claimant.TASK_VARIABLE)))
                .map(named -> call.task(job, named))
                .orElseThrow(() -> Claimant.missing(TASK, "Say which you work on: --task TASK."));
    }

    private static int told(Invocation call, JobView job, TaskId task, boolean isAccepted) {
        if (!isAccepted) {
            throw Claimant.refused(
                    ExitCode.FAILED, task, "Nobody works on it now, so it can't tell anything.");
        }
        call.out()
                .line(
                        call.isJson()
                                ? Json.write(
                                        Json.object(
                                                "job_id", job.id(), "task", task, "accepted", true))
                                : "shared with those who begin later");
        return ExitCode.DONE.number();
    }
}
