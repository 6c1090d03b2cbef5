package dev.coppice.cli;

import dev.coppice.client.ConflictException;
import dev.coppice.engine.Engine;
import dev.coppice.model.JobId;
import dev.coppice.report.JobView;
import dev.coppice.report.TaskView;
import dev.coppice.runtime.Coppice;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// `cancel`: the end of a job, or of one task.
final class CancelCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec)
                .parameter("JOB", "Its id")
                .optional("TASK", "Its id; without one the whole job")
                .usual();
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        if (NamedServer.isNamed(call.world())) {
            return cancelThere(call);
        }
        try (Coppice coppice = call.open()) {
            JobView job = call.job(coppice);
            Optional<TaskView> task = call.task(job);
            Interruption interruption = Interruption.of(coppice.engine(), call.out());
            Engine.Answer answer = coppice.engine().cancel(job.id(), task.map(TaskView::id));
            if (answer == Engine.Answer.ACCEPTED
                    && task.isEmpty()
                    && coppice.resume(job.id()) instanceof Engine.Resumption.Resumed) {
                // Nobody drove the job, so it was taken up here to bring it to its end.
                interruption.catchUp();
                coppice.await(job.id());
            }
            String said =
                    switch (answer) {
                        case ACCEPTED -> "is asked to end";
                        case ALREADY_OVER, NOBODY_WAITS -> "is over already";
                        case NO_SUCH_JOB, NO_SUCH_TASK ->
                                throw CommandFailure.of(
                                        ExitCode.UNKNOWN, job.id().value(), "It is gone.");
                    };
            String what = task.map(t -> "task " + t.id()).orElse("job " + job.id());
            tell(call, job.id(), answer == Engine.Answer.ACCEPTED, what + " " + said);
            return interruption.exitCode().orElse(ExitCode.DONE.number());
        }
    }

    private static int cancelThere(Invocation call) throws InterruptedException {
        if (call.parameter(1).isPresent()) {
            throw CommandFailure.of(
                    ExitCode.INVALID,
                    "TASK",
                    "At a server only whole jobs can be canceled. Leave the task out, or unset COPPICE_API_URL where the job's repository is.");
        }
        try (DistantServer server = call.server()) {
            JobId job = call.job(server).id();
            try {
                server.client().cancel(job.value());
                tell(call, job, true, "job " + job + " is asked to end");
            } catch (ConflictException _) {
                tell(call, job, false, "job " + job + " is over already");
            }
            return ExitCode.DONE.number();
        }
    }

    private static void tell(Invocation call, JobId job, boolean isAccepted, String said) {
        call.out()
                .line(
                        call.isJson()
                                ? Json.write(Json.object("job_id", job, "accepted", isAccepted))
                                : said);
    }
}
