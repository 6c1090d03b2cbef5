package dev.coppice.cli;

import dev.coppice.lead.PlanReader;
import dev.coppice.model.Task;
import dev.coppice.plan.Verdict;
import dev.coppice.runtime.Coppice;
import picocli.CommandLine.Model.CommandSpec;

/// `validate`: a plan's check without a run.
final class ValidateCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec).parameter("FILE", "The plan").usual();
    }

    @Override
    public int run(Invocation call) {
        String file = call.parameter(0).orElseThrow();
        try (Coppice coppice = call.open()) {
            return switch (coppice.check(PlanReader.file(file, call.read(file)))) {
                case Verdict.Invalid invalid ->
                        throw new CommandFailure(ExitCode.INVALID, invalid.problems());
                case Verdict.Valid valid -> {
                    valid.warnings().forEach(warning -> call.out().say("warning: " + warning));
                    print(call, file, valid);
                    yield ExitCode.DONE.number();
                }
            };
        }
    }

    private static void print(Invocation call, String file, Verdict.Valid valid) {
        int tasks = valid.plan().tasks().size();
        call.out()
                .line(
                        call.isJson()
                                ? Json.write(
                                        Json.object(
                                                "valid",
                                                true,
                                                "tasks",
                                                valid.plan().tasks().stream()
                                                        .map(Task::id)
                                                        .toList(),
                                                "warnings",
                                                valid.warnings()))
                                : file
                                        + " is a plan of "
                                        + tasks
                                        + (tasks == 1 ? " task" : " tasks"));
    }
}
