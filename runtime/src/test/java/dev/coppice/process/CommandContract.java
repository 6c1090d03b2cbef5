package dev.coppice.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a short command may rely on, whatever way it is started.
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class CommandContract {
    private static final Map<String, String> ENVIRONMENT = Map.of("PATH", "/usr/bin:/bin");

    @TempDir Path directory;
    Processes processes = Processes.open();

    abstract Processes open();

    @BeforeEach
    void openTheDoor() {
        processes = open();
    }

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
    void aProgramIsFoundByASlashRelativeToTheDirectory() throws Exception {
        Path script = Files.writeString(directory.resolve("hello"), "#!/bin/sh\necho hello\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));

        Finished finished = processes.run(Command.of(directory, ENVIRONMENT, List.of("./hello")));

        assertThat(finished.stdoutText()).isEqualTo("hello\n");
    }

    @Test
    void aCommandThatTakesTooLongIsEndedWithItsTreeAndItsOutputKept() throws Exception {
        Path pid = directory.resolve("pid");
        Pace.find(beat -> {
            Files.deleteIfExists(pid);

            Finished finished =
                    processes.run(
                            sh("echo so far; setsid sh -c 'echo $$ >pid; exec sleep 600' & sleep 600")
                                    .withTimeout(beat));

            assertThat(finished.exit()).isEqualTo(new Exit.TimedOut(Exit.Limit.WALL));
            assertThat(finished.exitCode()).isEqualTo(124);
            assertThat(finished.stdoutText()).isEqualTo("so far\n");
            assertThat(pid).isNotEmptyFile();
            long grandchild = Long.parseLong(Files.readString(pid).strip());
            assertThat(Survivors.isAlive(grandchild)).isFalse();
        });
    }

    @Test
    void aCommandThatPrintsTooMuchIsEnded() throws Exception {
        Finished finished =
                processes.run(sh("yes | head -c 200000000; sleep 600").withOutputBytesMax(100_000));

        assertThat(finished.exit()).isEqualTo(new Exit.OutputLimit(100_000));
        assertThat(finished.stdout()).hasSize(100_000);
    }

    @Test
    void aGrandchildThatHoldsTheOutputDelaysNothing() throws Exception {
        Finished finished = processes.run(sh("sleep 600 & echo $!"));

        assertThat(finished.isSuccess()).isTrue();
        ProcessHandle.of(Long.parseLong(finished.stdoutText().strip()))
                .ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void anInterruptEndsIt() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread caller =
                Thread.ofVirtual()
                        .start(() ->
                                thrown.complete(
                                        catchThrowable(() ->
                                                processes.run(
                                                        sh("echo $$ >pid; exec sleep 600")))));
        Path pid = directory.resolve("pid");
        while (!Files.exists(pid) || Files.size(pid) == 0) {
            Thread.onSpinWait();
        }

        caller.interrupt();

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(Survivors.isAlive(Long.parseLong(Files.readString(pid).strip()))).isFalse();
    }

    @Test
    void whoIsInterruptedAlreadyStartsNothing() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> processes.run(sh("touch started")))
                .isInstanceOf(InterruptedException.class);

        assertThat(Thread.interrupted()).isFalse();
        assertThat(directory.resolve("started")).doesNotExist();
    }

    @Test
    void manyAtOnceGetTheirOwnOutput() throws Exception {
        List<Future<String>> outputs = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 50; i++) {
                Command command = sh("echo " + i);
                outputs.add(threads.submit(() -> processes.run(command).stdoutText()));
            }
        }

        for (int i = 0; i < 50; i++) {
            assertThat(outputs.get(i).get()).isEqualTo(i + "\n");
        }
    }
}
