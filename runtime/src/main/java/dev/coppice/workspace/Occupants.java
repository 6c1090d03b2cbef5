package dev.coppice.workspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The processes that work in workspaces, as one look at `/proc` finds them: their current folder is there, or their
/// environment names it. Of other users' processes nothing can be seen.
final class Occupants {
    private static final String VARIABLE = "\0COPPICE_WORKSPACE_PATH=";

    private record Occupant(String process, Path folder, String environment) {
        boolean isIn(Path workspace) {
            return folder.startsWith(workspace)
                    || environment.contains(VARIABLE + workspace + "\0");
        }
    }

    private final List<Occupant> all;

    private Occupants(List<Occupant> all) {
        this.all = all;
    }

    /// Looks at all processes; finds none where the system has no `/proc`.
    static Occupants now() {
        Path processes = Path.of("/proc");
        List<Occupant> all = new ArrayList<>();
        if (Files.isDirectory(processes.resolve("self"))) {
            try (DirectoryStream<Path> each = Files.newDirectoryStream(processes, "[0-9]*")) {
                each.forEach(process -> all.add(look(process)));
            } catch (IOException e) {
                throw new UncheckedIOException(processes + " can't be read", e);
            }
        }
        return new Occupants(all);
    }

    /// Why a workspace must stay, if a process works in it.
    Optional<String> in(Path workspace) {
        return all.stream()
                .filter(occupant -> occupant.isIn(workspace))
                .findFirst()
                .map(occupant -> "process " + occupant.process() + " works in it");
    }

    private static Occupant look(Path process) {
        return new Occupant(
                process.getFileName().toString(), folderOf(process), environment(process));
    }

    private static Path folderOf(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd"));
        } catch (IOException _) {
            return process; // it ended meanwhile, or is another user's
        }
    }

    private static String environment(Path process) {
        try {
            byte[] bytes = Files.readAllBytes(process.resolve("environ"));
            String text = "\0" + new String(bytes, StandardCharsets.UTF_8);
            return text.contains(VARIABLE) ? text : "";
        } catch (IOException _) {
            return ""; // it ended meanwhile, or is another user's
        }
    }
}
