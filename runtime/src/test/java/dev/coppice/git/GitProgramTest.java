package dev.coppice.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coppice.process.Child;
import dev.coppice.process.ChildFiles;
import dev.coppice.process.Exit;
import dev.coppice.process.Launch;
import dev.coppice.process.Limits;
import dev.coppice.process.Marker;
import dev.coppice.process.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitProgramTest {
    private static final String MARK = "COPPICE_GIT_MARK";

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
    void whatGitStartsSeesNoSecretOfTheUsers() throws IOException {
        GitProgram git =
                program(
                        "env",
                        Map.of(
                                "HOME", "/home/ada",
                                "XDG_CONFIG_HOME", "/home/ada/.config",
                                "ANTHROPIC_API_KEY", "secret",
                                "SSH_AUTH_SOCK", "/tmp/agent"));

        assertThat(git.in(home, "status").done().text())
                .contains("HOME=/home/ada", "XDG_CONFIG_HOME=/home/ada/.config")
                .doesNotContain("ANTHROPIC_API_KEY", "SSH_AUTH_SOCK");
    }

    @Test
    void whatAnOrchestratorThatDiedLeftIsEndedAndNothingElse() throws Exception {
        GitProgram git = program("env", Map.of());
        Path repository = home.resolve("a repository/.git");
        String own = git.marker(repository).value();
        String dead = own.replaceFirst("^[0-9]+/[0-9]+", "1/1");
        try (Child orphan = marked(dead);
                Child living = marked(own);
                Child elsewhere = marked(dead + "2")) {

            assertThat(git.endOrphans(repository, Duration.ZERO)).isZero();

            assertThat(orphan.await().exit()).isInstanceOf(Exit.Signaled.class);
            assertThat(processes.isAlive(living.identity())).isTrue();
            assertThat(processes.isAlive(elsewhere.identity())).isTrue();
        }
    }

    private Child marked(String value) {
        Path output = home.resolve("output.log");
        Child child =
                processes.start(
                        new Launch(
                                List.of("sleep", "600"),
                                home,
                                Map.of("PATH", System.getenv("PATH")),
                                new ChildFiles(
                                        Path.of("/dev/null"), output, output, Optional.empty()),
                                new Marker(MARK, value),
                                Limits.of(Duration.ofMinutes(10))));
        // its environment is seen a moment after it was started
        while (!processes.marked(MARK).containsKey(child.identity().pid())) {
            Thread.onSpinWait();
        }
        return child;
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
