package dev.coppice.cli;

import dev.coppice.client.ConflictException;
import dev.coppice.document.Form;
import dev.coppice.engine.Engine;
import dev.coppice.model.JobStatus;
import dev.coppice.model.TaskId;
import dev.coppice.model.TaskStatus;
import dev.coppice.report.JobView;
import dev.coppice.report.TaskView;
import dev.coppice.runtime.Coppice;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// `retry`: another try of what did not succeed, followed to its end.
final class RetryCommand implements Action {
    private static final String LIMIT = "--timeout";
    private static final String NOTHING = "there is nothing to try again: all of it is completed";

    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec)
                .parameter("JOB", "Its id")
                .optional("TASK", "Its id; without one all that did not succeed")
                .value(LIMIT, "TIME", "The new limit of an attempt: seconds, 90s, 10m, 2h")
                .usual();
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        Optional<Duration> limit = call.value(LIMIT).map(RetryCommand::time);
        if (NamedServer.isNamed(call.world())) {
            return retryThere(call, limit);
        }
        try (Coppice coppice = call.open()) {
            JobView job = call.job(coppice);
            List<TaskId> tasks = call.task(job).map(TaskView::id).stream().toList();
            Follow follow = new Follow(call, coppice);
            return switch (coppice.engine().retry(job.id(), tasks, limit)) {
                case Engine.Answer.ACCEPTED -> follow.on(coppice.resume(job.id()), job.id());
                case Engine.Answer.ALREADY_OVER -> {
                    call.out().say(NOTHING);
                    yield follow.toTheEnd(job.id());
                }
                case Engine.Answer.NOBODY_WAITS ->
                        throw CommandFailure.of(
                                ExitCode.INVALID,
                                job.id().value(),
                                job.request().parent().orElseThrow().whyNotAgain());
                case Engine.Answer.NO_SUCH_JOB, Engine.Answer.NO_SUCH_TASK ->
                        throw CommandFailure.of(ExitCode.UNKNOWN, job.id().value(), "It is gone.");
            };
        }
    }

    private static int retryThere(Invocation call, Optional<Duration> limit)
            throws InterruptedException {
        try (DistantServer server = call.server()) {
            JobView job = call.job(server);
            Optional<TaskView> task = call.task(job);
            List<String> tasks = task.map(TaskView::id).map(TaskId::value).stream().toList();
            try {
                server.client().retry(job.id().value(), tasks, limit);
            } catch (ConflictException e) {
                if (job.status() != JobStatus.COMPLETED
                        && task.filter(t -> t.status() == TaskStatus.COMPLETED).isEmpty()) {
                    throw CommandFailure.of(
                            ExitCode.INVALID, job.id().value(), String.valueOf(e.getMessage()));
                }
                call.out().say(NOTHING);
            }
            return new Attendance(call, server).toTheEnd(job.id());
        }
    }

    private static Duration time(String text) {
        return Form.TIME_SPAN
                .read(text)
                .orElseThrow(() ->
                        CommandFailure.of(
                                ExitCode.INVALID, LIMIT, "A time is seconds, or 90s, 10m, 2h."));
    }
}
