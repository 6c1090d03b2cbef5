package dev.coppice.cli;

import dev.coppice.model.JobId;
import dev.coppice.runtime.Coppice;
import dev.coppice.runtime.Surroundings;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/// Loads what usual commands need, so that the launcher can keep it ready; prints nothing, and leaves
/// nothing behind.
final class WarmUpCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {}

    @Override
    public int run(Invocation call) throws InterruptedException {
        Surroundings there = call.world().in(DemoCommand.makeRepository());
        Invocation here = new Invocation(call.arguments(), there, call.out(), false);
        Beginning.make(here, DemoCommand.order());
        JobId job = leaveJob(here);
        Shell silent =
                new Shell(
                        there,
                        new Output(
                                OutputStream.nullOutputStream(), OutputStream.nullOutputStream()),
                        false);
        silent.run(List.of("--help"));
        silent.run(List.of("run", "--help"));
        silent.run(List.of("status"));
        silent.run(List.of("status", job.value()));
        silent.run(List.of("status", job.value(), Options.JSON));
        silent.run(List.of("events", job.value()));
        remove(Objects.requireNonNull(there.folder().getParent()));
        return ExitCode.DONE.number();
    }

    private static JobId leaveJob(Invocation here) throws InterruptedException {
        try (Coppice coppice = here.open()) {
            return coppice.leave(DemoCommand.prepare(coppice));
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw CommandFailure.of(
                    ExitCode.UNUSABLE, folder.toString(), "It can't be removed: " + e);
        }
    }
}
