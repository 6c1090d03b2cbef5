package dev.coppice.cli;

import dev.coppice.lead.PlanWriter;
import dev.coppice.model.Outcome;
import dev.coppice.model.Plan;
import dev.coppice.plan.Problem;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Preparation;
import dev.coppice.runtime.RunOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/// `plan`: the lead's plan, to be read and changed before it is run.
final class PlanCommand implements Action {
    private static final String OUTPUT = "-o";

    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec)
                .parameter("REQUEST", "What is to be done")
                .value(OUTPUT, "FILE", "Where the plan goes; else it is printed")
                .value("--lead-agent", "NAME", "The agent that plans")
                .value("--timeout", "TIME", "Its limit: seconds, 90s, 10m, 2h")
                .value(
                        RunCommand.BASE,
                        "REVISION",
                        "Where tasks start; else the commit you stand on")
                .usual();
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        Thread asking = Thread.currentThread();
        Interruption interruption =
                new Interruption(
                                call.out(),
                                "the lead is asked to end",
                                asking::interrupt,
                                asking::interrupt)
                        .begin();
        try {
            return plan(call);
        } catch (InterruptedException e) {
            return interruption.exitCode().orElseThrow(() -> e);
        } catch (RuntimeException e) {
            // What broke because of the signal is none of the user's business.
            return interruption.exitCode().orElseThrow(() -> e);
        }
    }

    private static int plan(Invocation call) throws InterruptedException {
        try (Coppice coppice = call.open()) {
            RunOrder order =
                    new RunOrder(
                            call.parameter(0).orElseThrow(),
                            Optional.empty(),
                            call.value(RunCommand.BASE));
            return switch (coppice.prepare(order)) {
                case Preparation.Refused refused -> throw CommandFailure.of(refused.refusal());
                case Preparation.Ready ready -> {
                    Plan plan = plan(coppice.plan(ready));
                    write(call, plan, PlanWriter.write(plan, ready.request().settings()));
                    yield ExitCode.DONE.number();
                }
            };
        }
    }

    private static Plan plan(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Planned planned -> planned.plan();
            case Outcome.Failed failed -> throw failure(failed.message());
            case Outcome.RateLimited limited -> throw failure(limited.message());
            case Outcome.Stopped _ -> throw failure("The lead was stopped.");
            case Outcome.Done _, Outcome.Integrated _, Outcome.Deferred _ ->
                    throw failure("The lead gave no plan.");
        };
    }

    private static CommandFailure failure(String message) {
        return new CommandFailure(ExitCode.FAILED, List.of(new Problem("the lead", message)));
    }

    private static void write(Invocation call, Plan plan, String text) {
        Optional<String> file = call.value(OUTPUT);
        if (file.isPresent()) {
            Path path = call.world().folder().resolve(file.get());
            try {
                Files.writeString(path, text);
            } catch (IOException e) {
                throw new CommandFailure(
                        ExitCode.INVALID,
                        List.of(new Problem(file.get(), "The plan can't be written there: " + e)));
            }
        }
        if (call.isJson()) {
            call.out()
                    .line(
                            Json.write(
                                    Json.object(
                                            "goal",
                                            plan.goal(),
                                            "tasks",
                                            plan.tasks().size(),
                                            "plan",
                                            text)));
        } else if (file.isPresent()) {
            call.out().line("A plan of " + plan.tasks().size() + " tasks is in " + file.get());
        } else {
            call.out().line(text.stripTrailing());
        }
    }
}
