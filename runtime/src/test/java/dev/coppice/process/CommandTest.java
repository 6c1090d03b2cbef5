package dev.coppice.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/bin:/bin");

    @TempDir Path directory;
    private final Processes processes = Processes.open();

    @AfterEach
    void close() {
        processes.close();
    }

    private Command sh(String script) {
        return Command.of(directory, ENVIRONMENT, List.of("sh", "-c", script));
    }

    @Test
    void bothStreamsAndTheExitCodeComeBack() throws InterruptedException {
        Finished finished = processes.run(sh("printf out; printf err >&2; exit 3"));

        assertThat(finished.exitCode()).isEqualTo(3);
        assertThat(finished.exit()).isEqualTo(new Exit.Exited(3));
        assertThat(finished.stdoutText()).isEqualTo("out");
        assertThat(finished.stderr()).isEqualTo("err");
    }

    @Test
    void standardInputArrivesUnchanged() throws InterruptedException {
        String text = "\"quotes\" $(date) `x`\n🌳 ".repeat(10_000);

        Finished finished = processes.run(sh("cat").withStdin(text));

        assertThat(finished.stdoutText()).isEqualTo(text);
    }

    @Test
    void onlyTheNamedVariablesReachTheProgram() throws InterruptedException {
        Finished finished =
                processes.run(
                        Command.of(directory, Map.of("ONLY", "this"), List.of("/usr/bin/env")));

        assertThat(finished.stdoutText()).isEqualTo("ONLY=this\n");
    }

    @Test
    void aMissingProgramIsNamed() {
        assertThatThrownBy(() ->
                        processes.run(
                                Command.of(directory, ENVIRONMENT, List.of("no-such-program"))))
                .isInstanceOf(CannotStartException.class)
                .hasMessageContaining("no-such-program")
                .hasMessageContaining("/usr/bin:/bin");
    }

    @Test
    void aMissingDirectoryIsNamed() {
        Path gone = directory.resolve("gone");

        assertThatThrownBy(() -> processes.run(Command.of(gone, ENVIRONMENT, List.of("sh"))))
                .isInstanceOf(CannotStartException.class)
                .hasMessageContaining(gone.toString());
    }

    @Test
    void aCommandThatTakesTooLongIsEndedAndItsOutputKept() throws InterruptedException {
        Finished finished =
                processes.run(sh("echo so far; sleep 60").withTimeout(Duration.ofMillis(300)));

        assertThat(finished.exit()).isEqualTo(new Exit.TimedOut(Exit.Limit.WALL));
        assertThat(finished.stdoutText()).isEqualTo("so far\n");
    }
}
