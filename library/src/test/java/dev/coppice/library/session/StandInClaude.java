package dev.coppice.library.session;

import dev.coppice.runtime.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A program called `claude` that writes down what it is told, and does what the last line of its prompt says where that
/// begins with `do: `; else it prints that line. It stands in a folder of its own, beside the folder that it works in.
final class StandInClaude {
    private static final String PROGRAM =
            """
            #!/bin/bash
            told=%s/$COPPICE_TASK
            printf '%%s\\n' "$@" > "$told.arguments"
            prompt=
            while [ $# -gt 0 ]; do
                if [ "$1" = -p ] && [ $# -gt 1 ] && [ "$2" != --model ]; then prompt=$2; fi
                shift
            done
            if [ -z "$prompt" ]; then prompt=$(cat); fi
            printf '%%s' "$prompt" > "$told.prompt"
            line=$(printf '%%s' "$prompt" | tail -n 1)
            case $line in
                'do: '*) eval "${line#do: }" ;;
                *) printf '%%s\\n' "$line" ;;
            esac
            """;

    private final Path told;
    private final Surroundings surroundings;

    /// @param scratch an existing folder
    StandInClaude(Path scratch) {
        try {
            told = Files.createDirectories(scratch.resolve("told"));
            Path programs = Files.createDirectories(scratch.resolve("programs"));
            Path program = Files.writeString(programs.resolve("claude"), PROGRAM.formatted(told));
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
            surroundings =
                    new Surroundings(
                            Files.createDirectories(scratch.resolve("a project")),
                            scratch,
                            Map.of(
                                    "PATH",
                                    programs + ":" + System.getenv("PATH"),
                                    "COPPICE_HOME",
                                    scratch.resolve("coppice").toString()),
                            Optional.empty(),
                            InstantSource.system());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// Where it is found.
    Surroundings surroundings() {
        return surroundings;
    }

    Path folder() {
        return surroundings.folder();
    }

    OrchestratorSession session() {
        return OrchestratorSession.named("test").surroundings(surroundings).open();
    }

    /// The prompt with which a process ran last.
    String prompt(String processId) throws IOException {
        return Files.readString(told.resolve(processId + ".prompt"));
    }

    List<String> arguments(String processId) throws IOException {
        return Files.readAllLines(told.resolve(processId + ".arguments"));
    }

    boolean wasStarted(String processId) {
        return Files.exists(told.resolve(processId + ".prompt"));
    }
}
