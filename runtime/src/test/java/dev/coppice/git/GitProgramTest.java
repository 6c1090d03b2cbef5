package dev.coppice.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitProgramTest {
    private final Processes processes = Processes.open();

    @TempDir private Path home;

    @AfterEach
    void close() {
        processes.close();
    }

    /// A program in git's place.
    private GitProgram program(String script, Map<String, String> environment) throws IOException {
        Path git = Files.writeString(home.resolve("git"), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(git, PosixFilePermissions.fromString("rwx------"));
        Map<String, String> variables = new java.util.HashMap<>(environment);
        variables.put("PATH", home + ":" + System.getenv("PATH"));
        return new GitProgram(processes, variables);
    }

    @Test
    void noVariableOfTheCallersLeadsGitAstrayAndNoProgramOfOthersRuns() throws IOException {
        GitProgram git =
                program(
                        "env | grep -E '^(GIT_|LC_|LANG)' | sort; printf '%s\\n' \"$@\"",
                        Map.of(
                                "GIT_DIR", "/elsewhere",
                                "GIT_CONFIG_COUNT", "1",
                                "GIT_CONFIG_GLOBAL", "/the/users/own",
                                "GIT_COMMITTER_NAME", "Ada",
                                "GIT_SSH_COMMAND", "x",
                                "LANGUAGE", "de"));

        List<String> lines = git.in(home, "status", "two words").done().lines();

        assertThat(lines)
                .startsWith(
                        "GIT_COMMITTER_NAME=Ada",
                        "GIT_CONFIG_GLOBAL=/the/users/own",
                        "GIT_EDITOR=:",
                        "GIT_OPTIONAL_LOCKS=0",
                        "GIT_TERMINAL_PROMPT=0",
                        "LC_ALL=C.UTF-8")
                .contains(
                        "core.hooksPath=/dev/null", "core.quotePath=false", "core.fsmonitor=false")
                .endsWith("status", "two words");
    }

    @Test
    void aLockOfAnotherGitIsWaitedFor() throws IOException {
        GitProgram git =
                program(
                        """
                        echo >> tries
                        if [ $(wc -l < tries) -lt 4 ]; then
                            echo "fatal: Unable to create '/x/.git/index.lock': File exists." >&2
                            exit 128
                        fi
                        cat
                        """,
                        Map.of());

        GitAnswer answer = git.in(home, "update-index").input("the input").done();

        assertThat(answer.text()).isEqualTo("the input");
        assertThat(home.resolve("tries")).hasContent("\n\n\n\n");
    }

    @Test
    void anyOtherFailureIsToldAtOnceInGitsOwnWords() throws IOException {
        GitProgram git = program("echo >> tries; echo 'fatal: no luck' >&2; exit 3\n", Map.of());

        assertThatThrownBy(() -> git.in(home, "status").done())
                .isInstanceOf(GitException.class)
                .hasMessageContaining("git status")
                .hasMessageContaining("exit code 3")
                .hasMessageContaining("no luck");
        assertThat(home.resolve("tries")).hasContent("\n");
    }

    @Test
    void aFolderThatWentAwayIsAnErrorOfGitNotOfItsProgram() throws IOException {
        GitProgram git = program("true", Map.of());

        assertThatThrownBy(() -> git.in(home.resolve("gone"), "status").done())
                .isInstanceOf(GitException.class)
                .hasMessageContaining("gone");
    }
}
