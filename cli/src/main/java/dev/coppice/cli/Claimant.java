package dev.coppice.cli;

import dev.coppice.engine.WorkQueue;
import dev.coppice.engine.WorkQueue.Answer;
import dev.coppice.model.AgentName;
import dev.coppice.model.TaskId;
import dev.coppice.report.AttemptView;
import dev.coppice.report.JobView;
import dev.coppice.report.TaskView;
import dev.coppice.runtime.Coppice;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// Who works the tasks of a job from a terminal: an agent, or a person. An agent that Coppice started finds job and task in its
/// environment.
///
/// @param name by which the claims are made
record Claimant(Invocation call, Coppice coppice, JobView job, WorkQueue queue, AgentName name) {
    static final String TASK_VARIABLE = "COPPICE_TASK";

    static final String JOB = "--job";
    static final String JOB_VARIABLE = "COPPICE_JOB";
    private static final String AS = "--as";

    /// What all who work a queue say.
    static Options describe(CommandSpec spec) {
        return Options.of(spec)
                .value(JOB, "JOB", "The job's id; unset: $" + JOB_VARIABLE)
                .value(AS, "NAME", "The name by which you claim tasks")
                .usual();
    }

    static Claimant of(Invocation call, Coppice coppice) {
        JobView job = job(call, coppice);
        String name = call.value(AS).orElseThrow(() -> missing(AS, "Say who you are: --as NAME."));
        AgentName agent =
                AgentName.parse(name)
                        .orElseThrow(() ->
                                missing(
                                        AS,
                                        "A name has letters, digits, '.', '_' and '-', at most 64, and begins with a"
                                                + " letter or digit."));
        return new Claimant(call, coppice, job, queue(coppice, job), agent);
    }

    static JobView job(Invocation call, Coppice coppice) {
        String named =
                call.value(JOB)
                        .or(() -> Optional.ofNullable(call.world().environment().get(JOB_VARIABLE)))
                        .orElseThrow(() ->
                                missing(JOB, "Say which: --job JOB. `coppice status` lists them."));
        return call.job(coppice, named);
    }

    static WorkQueue queue(Coppice coppice, JobView job) {
        return coppice.engine().queue(job.id()).orElseThrow();
    }

    static CommandFailure missing(String option, String advice) {
        return CommandFailure.of(ExitCode.INVALID, option, advice);
    }

    /// The id of the task that the first parameter names.
    TaskId task() {
        return call.task(job, call.parameter(0).orElseThrow()).id();
    }

    /// Tells that what was asked is done.
    ///
    /// @param what about the task, to follow its id
    /// @throws CommandFailure where it is not
    int told(TaskId task, Answer answer, String what) throws InterruptedException {
        require(task, answer);
        JobView now = coppice.afterClaim(job.id());
        call.out()
                .line(
                        call.isJson()
                                ? Json.write(
                                        Json.object(
                                                "job_id",
                                                now.id(),
                                                "task",
                                                task,
                                                "accepted",
                                                true,
                                                "job_status",
                                                now.status().wire()))
                                : "task " + task + " " + what);
        return ExitCode.DONE.number();
    }

    private void require(TaskId task, Answer answer) {
        switch (answer) {
            case ACCEPTED -> {}
            case NO_SUCH_TASK, NO_SUCH_AGENT ->
                    throw refused(
                            ExitCode.UNKNOWN,
                            task,
                            name + " has not claimed a task of job " + job.id() + ".");
            case NOT_YOURS, TAKEN, NOT_READY ->
                    throw refused(
                            ExitCode.FAILED, task, name + " does not have it: " + state(task));
        }
    }

    static CommandFailure refused(ExitCode code, TaskId task, String why) {
        return CommandFailure.of(code, "task " + task, why);
    }

    /// How it stands with a task: `running, by ann`.
    String state(TaskId task) {
        TaskView now = coppice.view(job.id()).flatMap(view -> view.task(task)).orElseThrow();
        String by =
                now.lastAttempt()
                        .filter(AttemptView::isRunning)
                        .map(attempt -> ", by " + attempt.agent())
                        .orElse("");
        return "it is " + now.status().wire() + by + ".";
    }
}
