package dev.coppice.library.session;

import dev.coppice.runtime.Surroundings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A program called `claude` that writes down what it is told, and does what the last line of its prompt says that begins
/// with `do: `; where there is none, it prints the last line. It stands beside the folder that it works in.
final class StandInClaude {
    private static final String PROGRAM =
            """
            #!/bin/bash
            told=FOLDER/$COPPICE_TASK
            printf '%s\\n' "$@" > "$told.arguments"
            prompt=
            while [ $# -gt 0 ]; do
                if [ "$1" = -p ] && [ $# -gt 1 ] && [ "$2" != --model ]; then prompt=$2; fi
                shift
            done
            if [ -z "$prompt" ]; then prompt=$(cat); fi
            printf '%s' "$prompt" > "$told.prompt"
            line=$(printf '%s' "$prompt" | grep '^do: ' | tail -n 1)
            if [ -n "$line" ]; then eval "${line#do: }"; else printf '%s\\n' "$prompt" | tail -n 1; fi
            """;

    private final Path told;
    private final Surroundings surroundings;

    /// @param scratch an existing folder
    StandInClaude(Path scratch) {
        try {
            told = Files.createDirectories(scratch.resolve("told"));
            Path programs = Files.createDirectories(scratch.resolve("programs"));
            Path program =
                    Files.writeString(
                            programs.resolve("claude"), PROGRAM.replace("FOLDER", told.toString()));
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
            throw new UncheckedIOException(e);
        }
    }

    /// A line that has it say this text, in which `\\n` begins a new line.
    static String saying(String text) {
        return "do: printf '%b\\n' '" + text + "'";
    }

    /// The same where it is a process of this id; any other runs the second line.
    static String saying(String processId, String text, String others) {
        return "do: if [ $COPPICE_TASK = %s ]; then printf '%%b\\n' '%s'; else %s; fi"
                .formatted(processId, text, others);
    }

    /// Where it is found.
    Surroundings surroundings() {
        return surroundings;
    }

    Path folder() {
        return surroundings.folder();
    }

    /// A session that passes nothing on.
    OrchestratorSession session() {
        return OrchestratorSession.named("test")
                .surroundings(surroundings)
                .streamOutput(false)
                .open();
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
