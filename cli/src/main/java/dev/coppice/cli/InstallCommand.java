package dev.coppice.cli;

import dev.coppice.runtime.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Model.CommandSpec;

/// `install`: a link to the launcher where shells look for programs.
final class InstallCommand implements Action {
    @Override
    public void describe(CommandSpec spec) {
        Options.of(spec).flag(Options.JSON, "Print one JSON document");
    }

    /// Where the link is, or would be.
    static Path link(Surroundings world) {
        return world.home().resolve(".local/bin/coppice");
    }

    @Override
    public int run(Invocation call) {
        Path launcher =
                call.world()
                        .launcher()
                        .orElseThrow(() ->
                                CommandFailure.of(
                                        ExitCode.UNUSABLE,
                                        "install",
                                        "Start it by its launcher, ./coppice."));
        Path link = link(call.world());
        Path folder = Objects.requireNonNull(link.getParent());
        try {
            Files.createDirectories(folder);
            if (Files.isSymbolicLink(link)) {
                Files.delete(link);
            } else if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                throw CommandFailure.of(
                        ExitCode.INVALID,
                        link.toString(),
                        "Something else is there; it stays as it is.");
            }
            Files.createSymbolicLink(link, launcher);
        } catch (IOException e) {
            throw CommandFailure.of(ExitCode.UNUSABLE, link.toString(), "It can't be made: " + e);
        }
        String path = call.world().environment().getOrDefault("PATH", "");
        boolean isOnPath = List.of(path.split(":")).contains(folder.toString());
        call.out()
                .line(
                        call.isJson()
                                ? Json.write(
                                        Json.object(
                                                "link", link,
                                                "program", launcher,
                                                "on_path", isOnPath))
                                : link + " -> " + launcher);
        if (!isOnPath) {
            call.out().say(folder + " is not on your PATH yet");
        }
        return ExitCode.DONE.number();
    }
}
