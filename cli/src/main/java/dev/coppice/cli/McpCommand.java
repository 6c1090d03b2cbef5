package dev.coppice.cli;

import dev.coppice.model.JobId;
import dev.coppice.runtime.Coppice;
import dev.coppice.server.access.Caller;
import dev.coppice.server.access.Scope;
import dev.coppice.server.jobs.Jobs;
import dev.coppice.server.jobs.Views;
import dev.coppice.server.mcp.McpDoor;
import dev.coppice.server.mcp.McpRelay;
import dev.coppice.server.rest.WorkerDoor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Model.CommandSpec;

/// `mcp`: the Model Context Protocol on standard input and output, a message a line, until the input ends. Where a server
/// is named, messages are passed on to it; else they are answered here.
final class McpCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec).usual();
        spec.usageMessage()
                .footer(
                        "",
                        "Give it to an agent, for example: claude mcp add coppice -- coppice mcp",
                        "With $"
                                + NamedServer.URL
                                + " (and $"
                                + NamedServer.KEY
                                + ") set, it speaks for that server;",
                        "else for the repository that it is started in.");
    }

    /// Answers a message, on one line.
    @FunctionalInterface
    private interface Answers {
        Optional<String> line(String message) throws InterruptedException;
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        Optional<NamedServer> server = NamedServer.of(call.world());
        try {
            if (server.isPresent()) {
                passOn(call, server.get());
            } else {
                answerHere(call);
            }
            return ExitCode.DONE.number();
        } catch (IOException e) {
            throw CommandFailure.of(
                    ExitCode.UNUSABLE,
                    "mcp",
                    Optional.ofNullable(e.getMessage()).orElseGet(e::toString));
        }
    }

    private static void passOn(Invocation call, NamedServer server)
            throws IOException, InterruptedException {
        try (McpRelay relay = new McpRelay(server.address(), server.key())) {
            answerLines(call, relay::line);
        }
    }

    /// With the rights of somebody who may submit. The jobs that it drives are laid down at the end.
    private static void answerHere(Invocation call) throws IOException, InterruptedException {
        try (Coppice coppice = call.open()) {
            CountDownLatch end = new CountDownLatch(1);
            new Interruption(
                            call.out(),
                            "agents are asked to end, their work is kept",
                            end::countDown,
                            coppice.engine()::killAll)
                    .begin();
            Optional<WorkerDoor> workers = Follow.openDoor(call, coppice, LogFile.open(coppice));
            try (Views views = new Views(coppice, call.world().clock())) {
                Jobs jobs = new Jobs(coppice, views);
                McpDoor mcp = new McpDoor(coppice, jobs, views, call.world().clock(), Main.VERSION);
                Caller caller = new Caller.KeyHolder("mcp", Scope.SUBMIT);
                Thread.ofPlatform()
                        .daemon()
                        .name("mcp")
                        .start(() -> answerUntilTheEnd(call, mcp, caller, end));
                end.await();
                Set<JobId> laidDown = jobs.layDown();
                jobs.open()
                        .filter(job -> job.depth() == 0 && laidDown.contains(job.job()))
                        .forEach(job -> call.out().say(goesOn(job.job())));
            } finally {
                workers.ifPresent(WorkerDoor::close);
            }
        }
    }

    private static String goesOn(JobId job) {
        return "job " + job + " is not over; go on with it by: coppice resume " + job;
    }

    private static void answerUntilTheEnd(
            Invocation call, McpDoor mcp, Caller caller, CountDownLatch end) {
        try {
            answerLines(call, message -> mcp.line(message, caller));
        } catch (IOException | InterruptedException e) {
            call.out().say("what comes in can't be read: " + e);
        } finally {
            end.countDown();
        }
    }

    private static void answerLines(Invocation call, Answers answers)
            throws IOException, InterruptedException {
        call.out().goOnAlone();
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (!line.isBlank()) {
                answers.line(line).ifPresent(call.out()::line);
            }
        }
    }
}
