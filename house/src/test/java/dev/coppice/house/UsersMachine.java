package dev.coppice.house;

import dev.coppice.testkit.Wheels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The machine of a user who copies what our documents show: there is a `claude`, and pip finds the packages that they
/// name, without a network.
final class UsersMachine {
    /// A stand-in for claude. With `-p PROMPT` it repeats the last line of what it is told; as Coppice's agent it makes a
    /// file, or a plan of two tasks where it is asked for one, and succeeds at once.
    private static final String CLAUDE =
            """
            #!/bin/sh
            case " $* " in
            *' --version '*)
                echo '2.1.329 (Claude Code)'
                exit ;;
            *' --json-schema '*)
                cat > /dev/null
                printf '%s' '{"type": "result", "subtype": "success", "is_error": false, "result": "", '
                echo '"structured_output": {"tasks": [{"description": "Do it"}, {"description": "Test it"}]}}'
                exit ;;
            *' stream-json '*)
                cat > /dev/null
                echo "$COPPICE_TASK" > "made-$COPPICE_TASK.txt"
                echo '{"status": "completed", "output": "done", "results": {"summary": "done"}}' > "$COPPICE_RESULT"
                echo '{"type": "result", "subtype": "success", "is_error": false, "result": "done"}'
                exit ;;
            esac
            while [ $# -gt 0 ]; do
                if [ "$1" = -p ]; then prompt=$2; fi
                shift
            done
            printf '%s\\n' "$prompt" | tail -n 1
            """;

    private UsersMachine() {}

    /// The environment of the user's programs, complete.
    ///
    /// @param folder where the home folder and the programs are made
    static Map<String, String> environment(Path folder) throws IOException {
        Path programs = Files.createDirectories(folder.resolve("bin"));
        Path claude = Files.writeString(programs.resolve("claude"), CLAUDE);
        Files.setPosixFilePermissions(claude, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path wheels = folder.resolve("wheels");
        for (String name : List.of("requests", "numpy", "pandas")) {
            Wheels.write(wheels, name, "1.0");
        }
        Map<String, String> environment = new HashMap<>(Wheels.environment(wheels));
        environment.put("PATH", programs + ":" + System.getenv("PATH"));
        environment.put("HOME", Files.createDirectories(folder.resolve("home")).toString());
        environment.put("LC_ALL", "C.UTF-8");
        return environment;
    }

    /// What a program printed, without the lines of the audit log, which stand on standard output too.
    static String withoutAudit(String output) {
        return output.replaceAll("(?m)^\\S+Z \\[[A-Z]+] orchestrator\\.\\w+: .*\\n", "");
    }
}
