package dev.coppice.cli;

import dev.coppice.client.JobOrder;
import dev.coppice.client.Submission;
import dev.coppice.lead.PlanReader;
import dev.coppice.model.JobId;
import dev.coppice.model.JobRequest;
import dev.coppice.plan.PlanDraft;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Preparation;
import dev.coppice.runtime.RunOrder;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// `run`: the main job.
final class RunCommand implements Action {
    static final String PLAN = "--plan";
    static final String BASE = "--base";

    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec)
                .optional("REQUEST", "What is to be done; the lead makes a plan of it")
                .value(PLAN, "FILE", "A plan, in place of the lead's")
                .value("--agent", "NAME", "The agent that does tasks")
                .value("--model", "NAME", "Its model")
                .value("--lead-agent", "NAME", "The agent that plans and resolves conflicts")
                .value("--max-workers", "N", "Attempts that run at once")
                .value("--timeout", "TIME", "An attempt's limit: seconds, 90s, 10m, 2h")
                .value("--job-timeout", "TIME", "The whole job's limit")
                .value("--idle-timeout", "TIME", "How long an attempt may do nothing")
                .value("--max-retries", "N", "Further attempts of a task")
                .value("--max-depth", "N", "How deep jobs may start jobs")
                .value("--budget-usd", "USD", "When so much is spent nothing more starts")
                .value(BASE, "REVISION", "Where tasks start; else the commit you stand on")
                .value("--target", "BRANCH", "The branch that the result is for")
                .value("--integrate", "HOW", "merge, branch (for review) or none")
                .value("--isolation", "HOW", "worktree for each task, or none: all in this folder")
                .flag("--keep", "Keep all workspaces")
                .flag("--detach", "Go on in a process of its own, and print the job's id")
                .flag(
                        "--queue",
                        "Leave the plan's tasks to those who claim them, and print the job's id")
                .flag("--init", "Make a repository with a commit first, where there is none")
                .usual();
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        if (NamedServer.isNamed(call.world())) {
            return runThere(call);
        }
        RunOrder order = order(call);
        if (call.has("--init")) {
            Beginning.make(call, order);
        }
        try (Coppice coppice = call.open()) {
            Preparation.Ready ready = prepare(call, coppice, order);
            ready.warnings().forEach(warning -> call.out().say("warning: " + warning));
            if (call.has("--queue")) {
                return leave(call, coppice, ready);
            }
            if (call.has("--detach")) {
                return Detached.start(call, coppice, ready);
            }
            Follow follow = new Follow(call, coppice);
            return follow.toTheEnd(coppice.submit(ready));
        }
    }

    /// At a server the job goes on whether or not anybody follows it.
    private static int runThere(Invocation call) throws InterruptedException {
        JobOrder order = OrderForm.of(call);
        try (DistantServer server = call.server()) {
            Submission taken = server.client().orchestrate(order);
            taken.warnings().forEach(warning -> call.out().say("warning: " + warning));
            JobId job = new JobId(taken.jobId());
            if (call.has("--detach")) {
                return tellId(call, job, taken.status());
            }
            return new Attendance(call, server).toTheEnd(job);
        }
    }

    private static int tellId(Invocation call, JobId job, String status) {
        call.out()
                .line(
                        call.isJson()
                                ? Json.write(Json.object("job_id", job, "status", status))
                                : job.value());
        return ExitCode.DONE.number();
    }

    private static RunOrder order(Invocation call) {
        Optional<PlanDraft> plan =
                call.value(PLAN).map(file -> PlanReader.file(file, call.read(file)));
        if (call.has("--queue") && plan.isEmpty()) {
            throw CommandFailure.of(
                    ExitCode.INVALID, "--queue", "Give the tasks to be claimed with --plan FILE.");
        }
        return new RunOrder(call.parameter(0).orElse(""), plan, call.value(BASE));
    }

    private static Preparation.Ready prepare(Invocation call, Coppice coppice, RunOrder order)
            throws InterruptedException {
        return switch (coppice.prepare(order)) {
            case Preparation.Refused refused -> throw CommandFailure.of(refused.refusal());
            case Preparation.Ready ready -> {
                if (!call.isJson()) {
                    tellBase(call, ready.request());
                }
                yield ready;
            }
        };
    }

    private static int leave(Invocation call, Coppice coppice, Preparation.Ready ready) {
        JobId job = coppice.leaveToClaimants(ready);
        return tellId(call, job, "running");
    }

    private static void tellBase(Invocation call, JobRequest request) {
        request.base().ifPresent(base -> call.out().say("base: " + base.abbreviated()));
    }
}
