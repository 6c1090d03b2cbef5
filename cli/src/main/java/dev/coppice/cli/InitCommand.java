package dev.coppice.cli;

import dev.coppice.config.Template;
import dev.coppice.git.Discovery;
import dev.coppice.git.Repositories;
import dev.coppice.process.Processes;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import picocli.CommandLine.Model.CommandSpec;

/// `init`: a configuration to begin with.
final class InitCommand implements Action {
    private static final String NAME = "coppice.yaml";

    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec).flag(Options.JSON, "Print one JSON document");
    }

    @Override
    public int run(Invocation call) {
        Path file = top(call).resolve(NAME);
        try {
            Files.writeString(file, Template.text(), StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException _) {
            throw CommandFailure.of(
                    ExitCode.INVALID, NAME, "There is one already; it stays as it is.");
        } catch (IOException e) {
            throw CommandFailure.of(ExitCode.UNUSABLE, NAME, "It can't be written: " + e);
        }
        call.out()
                .line(
                        call.isJson()
                                ? Json.write(Json.object("file", file))
                                : "wrote " + file + ": every line in it shows a default");
        return ExitCode.DONE.number();
    }

    /// Where a configuration is looked for: the top of the repository, or the folder where there is none.
    private static Path top(Invocation call) {
        Path here = call.world().folder();
        try (Processes processes = Processes.open()) {
            return new Repositories(processes, call.world().environment()).discover(here)
                            instanceof Discovery.Found found
                    ? found.topLevel()
                    : here;
        }
    }
}
